/**
 * The terminal client: flags → a client and its face at the terminal, without one when its input or output is a pipe,
 * or one job for a script. Everything else is in lib/client.
 *
 * Exit codes: 0 asked to quit, or all done · 1 something was refused · 2 wrong flags, or a name that cannot be had ·
 * 68 no such host · 69 no server, or the connection was lost · 76 the server speaks no TLS · 77 the login was refused,
 * or the server is not the one it was · 130 C-c · 129 and 143 SIGHUP and SIGTERM.
 */

import type { Account } from "./lib/client/core/login.ts";
import type { ClientOptions } from "./lib/client/core/client_options.ts";
import { plain, plainName } from "./lib/client/text/plain.ts";
import { completionScript } from "./lib/completions.ts";
import { DialError } from "./lib/net/dial.ts";
import { TrustError } from "./lib/net/dial_tls.ts";
import { knownHostsPath } from "./lib/net/known_hosts.ts";
import { connectToServer, isFinal, UnknownServer } from "./lib/net/connect_to_server.ts";
import { helpText } from "./lib/options.ts";
import { clientFlags } from "./lib/client/cli/flags.ts";
import { nameFault } from "./lib/client/terminal/terminal_ui.ts";
import { findAccount } from "./lib/client/cli/password_source.ts";
import { colorDepth, themeOf } from "./lib/client/terminal/paint.ts";
import type { Outcome } from "./lib/client/cli/pipe.ts";
import { Pipe } from "./lib/client/cli/pipe.ts";
import type { Destination, Fault, Job } from "./lib/client/cli/arguments.ts";
import { jobOf, jobs, placeOf, timeOf } from "./lib/client/cli/arguments.ts";
import type { ClientValues } from "./lib/client/cli/read_options.ts";
import { readOptions } from "./lib/client/cli/read_options.ts";
import { Script } from "./lib/client/cli/script.ts";
import { onSignals } from "./lib/client/cli/signals.ts";
import type { TerminalSessionResult } from "./lib/client/terminal/terminal_session.ts";
import { runTerminalSession } from "./lib/client/terminal/terminal_session.ts";
import { complain, inputLines, inputText, print, runInStreams } from "./lib/client/cli/streams.ts";
import { isInteractive } from "./lib/client/terminal/tty.ts";
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

const environment = Deno.env.toObject();

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const parsed = readOptions(args, environment);
  if ("fault" in parsed) return fail(parsed.fault, 2);
  const { values, positional } = parsed;
  if (values.help) return say(helpText(help));
  if (values.version) return say(`parley ${version}\n`);
  if (values.completions !== undefined) {
    return say(completionScript(values.completions, { program: "parley", rows: clientFlags, words: jobs }));
  }
  if (values.utc) Deno.env.set("TZ", "UTC");
  const errand = errandOf(values, positional);
  if ("fault" in errand) return fail(errand.fault, 2);
  let account: Account | undefined;
  try {
    account = await findAccount(values, errand.name, environment);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), 2);
  }
  if (values.restricted) giveUpFiles();
  return await start(errand, values, account);
}

/** Who goes where, to do what. */
interface Errand {
  readonly place: Destination;
  /** Undefined when the person is asked for it. */
  readonly name: string | undefined;
  readonly job: Job | undefined;
  readonly since: number | undefined;
  /** A person sits at a terminal. */
  readonly interactive: boolean;
}

function errandOf(values: ClientValues, words: readonly string[]): Errand | Fault {
  const found = jobOf(words);
  if ("fault" in found) return found;
  const place = placeOf(found.rest, values);
  if ("fault" in place) return place;
  const name = (values.user ?? values.account)?.trim();
  const interactive = found.job === undefined && isInteractive() && environment["TERM"] !== "dumb";
  const fault = name === undefined ? "" : nameFault(name);
  if (fault !== "") {
    return { fault: `Cannot use --user "${name}": ${fault[0]?.toLowerCase()}${fault.slice(1)}` };
  }
  if (name === undefined && !interactive) return { fault: "Cannot join without a name: write --user NAME" };
  const since = values.since === undefined ? undefined : timeOf(values.since, Date.now());
  if (found.job !== undefined && values.since !== undefined && since === undefined) {
    return { fault: `Cannot use --since "${values.since}": write 2h, 3d or 2026-01-31T12:00Z` };
  }
  return { place, name, job: found.job, since, interactive };
}

/** From here on not even a mistake of ours could touch them. */
function giveUpFiles(): void {
  for (const name of ["run", "write", "read", "ffi", "sys"] as const) Deno.permissions.revokeSync({ name });
}

async function start(
  { place, name, job, since, interactive }: Errand,
  values: ClientValues,
  account: Account | undefined,
): Promise<number> {
  const { address, rooms } = place;
  const { restricted, fingerprint, json, limit } = values;
  let tell = (words: string): void => void complain(words);
  const client: Omit<ClientOptions, "onEvent"> = {
    connect: (signal) =>
      connectToServer(address, {
        signal,
        knownHosts: restricted ? undefined : knownHostsPath(environment, Deno.build.os),
        fingerprint,
        refusesUnknown: restricted,
        onNotice: (words) => tell(plain(words)),
      }),
    isFinal,
    nick: name ?? "",
    channels: rooms,
    backlog: interactive ? values.backlog : 0,
    ...(account && { account }),
  };
  const look = {
    depth: colorDepth(values.color, interactive, environment),
    theme: values.theme ?? themeOf(environment),
  };
  if (interactive) {
    const seated = (note: typeof tell): void => void (tell = note);
    return endOfSitting(await runTerminalSession({ client, look, values, environment, seated }), address);
  }
  onSignals((code) => Deno.exit(code));
  const parts = { client, look, timestamps: values.timestamps ?? "off", restricted, json };
  const outcome = await runInStreams((streams) =>
    job === undefined
      ? new Pipe({ ...parts, ...streams, input: inputLines() })
      : new Script({ ...parts, ...streams, job, input: inputText, since, limit })
  );
  return endOfStreams(outcome, address);
}

function endOfSitting({ leaving, interruption }: TerminalSessionResult, address: string): number {
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

function endOfStreams(outcome: Outcome, address: string): number {
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
  print(text);
  return 0;
}

function fail(sentence: string, code: number): number {
  complain(sentence);
  return code;
}
