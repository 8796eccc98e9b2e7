/**
 * The terminal client: flags → a client and its face at the terminal, without one when its input or output is a pipe,
 * or one job for a script. Everything else is in lib/client and lib/terminal.
 *
 * Exit codes: 0 asked to quit, or all done · 1 something was refused · 2 wrong flags, or a name that cannot be had ·
 * 68 no such host · 69 no server, or the connection was lost · 76 the server speaks no TLS · 77 the login was refused,
 * or the server is not the one it was · 130 C-c · 129 and 143 SIGHUP and SIGTERM.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import type { Account } from "./lib/client/login.ts";
import { plain, plainName } from "./lib/client/plain.ts";
import { Quiet } from "./lib/client/quiet.ts";
import { DialError } from "./lib/net/dial.ts";
import { TrustError } from "./lib/net/dial_tls.ts";
import { knownHostsPath } from "./lib/net/known_hosts.ts";
import { isFinal, reach, UnknownServer } from "./lib/net/reach.ts";
import { completionScript } from "./lib/completions.ts";
import { helpText } from "./lib/options.ts";
import { Attention } from "./lib/terminal/attention.ts";
import { clientFlags } from "./lib/terminal/client_flags.ts";
import type { Leaving } from "./lib/terminal/desk.ts";
import { Desk, nameFault } from "./lib/terminal/desk.ts";
import { findAccount, isPasswordAsked } from "./lib/terminal/login.ts";
import { colorDepth, themeOf } from "./lib/terminal/paint.ts";
import type { Outcome } from "./lib/terminal/pipe.ts";
import { Pipe } from "./lib/terminal/pipe.ts";
import type { Job } from "./lib/terminal/place.ts";
import { jobOf, jobs, placeOf, timeOf } from "./lib/terminal/place.ts";
import type { ClientValues } from "./lib/terminal/read_options.ts";
import { readOptions } from "./lib/terminal/read_options.ts";
import { Script } from "./lib/terminal/script.ts";
import { isInteractive, Terminal } from "./lib/terminal/terminal.ts";
import { version } from "./lib/version.ts";

const help = {
  usage: "Parley: chat in your terminal. client.ts [OPTIONS] [send|tail|history] [irc://HOST:PORT/#ROOM]",
  examples: [
    ["deno run -A client.ts --user alice", "Joins #lobby on this machine"],
    ["deno run -A client.ts irc://chat.example:6667/#tea", "Joins #tea there, and asks for your name"],
    ["deno run -A client.ts ircs://chat.example/#tea --account alice", "Encrypted, and logs in"],
    ["client.ts --user bot send '#builds' 'build done'", "Says one thing, and ends when it has arrived"],
    ["client.ts --user bot tail '#builds' --json", "Prints what is said as JSON until it is stopped"],
    ["client.ts --user bot history '#builds' --since 2h", "Prints what was said in the last two hours"],
    ["echo 'build done' | deno run -A client.ts --user bot", "Says one line, and ends when it has arrived"],
  ],
  rows: clientFlags,
} as const;

/** Thirty frames a second are more than one can read. */
const frameMs = 33;
const environment = Deno.env.toObject();

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const parsed = readOptions(args, environment);
  if ("fault" in parsed) return fail(parsed.fault, 2);
  const { values } = parsed;
  if (values.help) return say(helpText(help));
  if (values.version) return say(`parley ${version}\n`);
  if (values.completions !== undefined) {
    return say(completionScript(values.completions, { program: "parley", rows: clientFlags, words: jobs }));
  }
  if (values.utc) Deno.env.set("TZ", "UTC");
  const found = jobOf(parsed.positional);
  if ("fault" in found) return fail(found.fault, 2);
  const place = placeOf(found.rest, values);
  if ("fault" in place) return fail(place.fault, 2);
  const name = (values.user ?? values.account)?.trim();
  const interactive = found.job === undefined && isInteractive() &&
    environment["TERM"] !== "dumb";
  const fault = name === undefined ? "" : nameFault(name);
  if (fault !== "") {
    return fail(`Cannot use --user "${name}": ${fault[0]?.toLowerCase()}${fault.slice(1)}`, 2);
  }
  if (name === undefined && !interactive) return fail("Cannot join without a name: write --user NAME", 2);
  let account: Account | undefined;
  try {
    account = await findAccount(values, name, environment);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), 2);
  }
  if (values.restricted) giveUpFiles();
  const look = {
    depth: colorDepth(values.color, interactive, environment),
    theme: values.theme ?? themeOf(environment),
  };
  const tell: Tell = { trust: () => {} };
  const client = {
    connect: (signal: AbortSignal) =>
      reach(place.address, {
        signal,
        knownHosts: values.restricted ? undefined : knownHostsPath(environment, Deno.build.os),
        fingerprint: values.fingerprint,
        refusesStrangers: values.restricted,
        tell: (words) => tell.trust(plain(words)),
      }),
    isFinal,
    nick: name ?? "",
    channels: place.rooms,
    backlog: interactive ? values.backlog : 0,
    ...(account && { account }),
  };
  const parts = { client, look, tell };
  if (interactive) {
    return await atTerminal({ ...parts, timestamps: values.timestamps ?? "short" }, values, place.address);
  }
  tell.trust = (words) => void print(Deno.stderr, `${words}\n`);
  const { timestamps = "off", restricted } = values;
  const piped = { ...parts, timestamps, restricted };
  return found.job === undefined
    ? await inPipe(piped, values.json, place.address)
    : await inScript(piped, found.job, values, place.address);
}

/** From here on not even a mistake of ours could touch them. */
function giveUpFiles(): void {
  for (const name of ["run", "write", "read", "ffi", "sys"] as const) Deno.permissions.revokeSync({ name });
}

/** Whom to tell that a server was met for the first time. */
interface Tell {
  trust: (words: string) => void;
}

interface FaceParts
  extends Pick<ConstructorParameters<typeof Pipe>[0], "client" | "look" | "timestamps" | "restricted"> {
  readonly tell: Tell;
}

async function atTerminal(
  { client, look, timestamps, tell }: FaceParts,
  values: ClientValues,
  address: string,
): Promise<number> {
  const { bell, notify, typing, quiet, restricted, theme } = values;
  // The console of Linux would show the question.
  const answers = environment["TERM"] !== "linux" && !environment["COLORFGBG"];
  const background = answers && look.depth !== "none" && theme === undefined;
  const terminal = new Terminal({ focus: bell || notify !== "off", background });
  const inTmux = Boolean(environment["TMUX"]);
  const outlet = {
    write: (text: string) => terminal.write(text),
    size: () => terminal.size(),
    look,
    frameMs,
  };
  const desk = new Desk({
    client,
    outlet,
    timestamps,
    attention: new Attention({ bell, notify, inTmux, now: Date.now }),
    typing: typing === "on",
    asksPassword: isPasswordAsked(values, environment),
    home: environment["HOME"] ?? "",
    quiet: new Quiet(quiet),
    restricted,
    suspend: restricted ? undefined : () => terminal.suspend(),
  });
  tell.trust = (words) => desk.note(words);
  let interruption = 130;
  terminal.open({
    key: (key) => desk.key(key),
    background(found) {
      outlet.look = { ...look, theme: found };
      desk.redraw();
    },
    resized: () => desk.redraw(),
    resumed: () => desk.redraw(),
    gone: () => interruptWith(0),
  });
  onSignals(interruptWith);
  try {
    const leaving = await desk.run();
    terminal.restore();
    return codeOf(leaving, interruption, address);
  } finally {
    terminal.restore();
  }

  function interruptWith(code: number): void {
    interruption = code;
    desk.interrupt();
  }
}

function codeOf(leaving: Leaving, interruption: number, address: string): number {
  switch (leaving.kind) {
    case "left":
      return 0;
    case "interrupted":
      return interruption;
    case "refused":
      return fail(entryFault(leaving.reason, address), 69);
    case "unreachable":
      return dialFault(leaving.error, address);
  }
}

/** What Windows has no signal for is left out there. */
function onSignals(interrupt: (code: number) => void): void {
  const signals = [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const;
  for (const [signal, code] of signals) {
    if (Deno.build.os === "windows" && signal !== "SIGINT") continue;
    Deno.addSignalListener(signal, () => interrupt(code));
  }
}

async function inPipe(parts: FaceParts, json: boolean, address: string): Promise<number> {
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  return await toItsEnd(address, ({ out, err }) => new Pipe({ ...parts, json, input, out, err }));
}

async function inScript(
  parts: FaceParts,
  job: Job,
  { since, limit, json }: ClientValues,
  address: string,
): Promise<number> {
  const from = since === undefined ? undefined : timeOf(since, Date.now());
  if (since !== undefined && from === undefined) {
    return fail(`Cannot use --since "${since}": write 2h, 3d or 2026-01-31T12:00Z`, 2);
  }
  const input = () => new Response(Deno.stdin.readable).text();
  return await toItsEnd(
    address,
    ({ out, err }) => new Script({ ...parts, job, input, since: from, limit, json, out, err }),
  );
}

/** Data goes to standard output, everything else to standard error. */
async function toItsEnd(
  address: string,
  make: (streams: Record<"out" | "err", (line: string) => void>) => { run(): Promise<Outcome> },
): Promise<number> {
  const closed = Promise.withResolvers<Outcome>();
  const out = (line: string): void => {
    if (!print(Deno.stdout, `${line}\n`)) closed.resolve({ kind: "done" });
  };
  const face = make({ out, err: (line) => void print(Deno.stderr, `${line}\n`) });
  onSignals((code) => Deno.exit(code));
  const outcome = await Promise.race([face.run(), closed.promise]);
  switch (outcome.kind) {
    case "done":
      return 0;
    case "refused":
      return 1;
    case "bad name":
      return 2;
    case "login refused":
      return fail(`Cannot log in as ${plainName(outcome.name)}: ${plain(outcome.reason)}`, 77);
    case "not let in":
      return fail(entryFault(outcome.reason, address), 69);
    case "lost":
      return fail(`The connection to ${shortAddress(address)} is lost: ${plain(outcome.reason)}`, 69);
    case "unreachable":
      return dialFault(outcome.error, address);
  }
}

function shortAddress(address: string): string {
  return address.replace(/^ircs?:\/\//, "");
}

function entryFault(reason: string, address: string): string {
  // A port for TLS takes plain text for noise, and hangs up without a word.
  if (address.startsWith("irc:") && /^(Connection closed|Read error)/.test(reason)) {
    const why = "it hung up without a word; if that port is for TLS, write --tls";
    return `Cannot join ${shortAddress(address)}: ${why}`;
  }
  return `The server ${shortAddress(address)} did not let you in: ${plain(reason)}`;
}

/** Says why there is no connection; the answer is the exit code for it. */
function dialFault(error: unknown, address: string): number {
  const where = shortAddress(address);
  if (error instanceof TrustError) return fail(error.message, 77);
  if (!(error instanceof DialError)) {
    const code = error instanceof UnknownServer ? 77 : 69;
    return fail(`Cannot connect to ${where}: ${error instanceof Error ? error.message : error}`, code);
  }
  if (error.reason === "refused") {
    const start = "nothing is listening there; start a server with: deno run -A server.ts";
    return fail(`Cannot connect to ${where}: ${start}`, 69);
  }
  const code = error.reason === "no such host" ? 68 : error.reason === "no TLS" ? 76 : 69;
  return fail(error.message.replace(address, where), code);
}

function say(text: string): number {
  print(Deno.stdout, text);
  return 0;
}

function fail(sentence: string, code: number): number {
  print(Deno.stderr, `${sentence}\n`);
  return code;
}

/** False when nobody reads any more. */
function print(to: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) sent += to.writeSync(bytes.subarray(sent));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
