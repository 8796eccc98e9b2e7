/** The server program: options → chat, hub and listeners; it prints how to join, and ends cleanly on a signal. */
// deno-lint-ignore-file no-console
import { deadlines } from "./lib/deadlines.ts";
import { completionScript, type Shell, shells } from "./lib/completions.ts";
import { makeOwnerCode } from "./lib/server/hub/owner_code.ts";
import { settingRows, type Settings } from "./lib/server/settings/settings.ts";
import { Flusher } from "./lib/net/send_queue.ts";
import type { TlsListener } from "./lib/net/tls_listener.ts";
import { readEnvironment } from "./lib/environment.ts";
import { helpText, type OptionRow, parseOptions } from "./lib/options.ts";
import { runCommand } from "./lib/run_command.ts";
import { checkSettings } from "./lib/server/start/settings_check.ts";
import { type ChatSide, openChat } from "./lib/server/start/chat_side.ts";
import { openPlain, openTls, shareParts } from "./lib/server/start/listeners.ts";
import { exitCodes, StartError } from "./lib/server/start/start_error.ts";
import { banner, qrCode } from "./lib/server/start/banner.ts";
import { endProcess, flushMs } from "./lib/server/start/end_process.ts";
import { type LogOutput, openLog } from "./lib/server/start/log.ts";
import { openWeb, type WebSide } from "./lib/server/start/web_side.ts";
import { version } from "./lib/version.ts";

type Hub = ChatSide["hub"];

const optionRows = {
  ...settingRows,
  makeVerifier: {
    kind: "flag",
    group: "Other",
    help: "read a password (from a pipe: one line), print its verifier for --oper, and exit",
  },
  newOwner: {
    kind: "flag",
    group: "Other",
    help: "print a code that makes an account the owner, also if there is an owner already",
  },
  qr: { kind: "flag", group: "Other", help: "also print the address of the web page as a QR code" },
  completions: {
    kind: "text",
    choices: shells,
    group: "Other",
    help:
      "print a script that completes these flags in your shell: source <(parley-server --completions bash)",
  },
  help: { kind: "flag", short: "h", group: "Other", help: "print this help and exit" },
  version: { kind: "flag", short: "V", group: "Other", help: "print the version and exit" },
} as const;

/** The environment variables of the settings. */
const variables = Object.values<OptionRow>(optionRows).flatMap(({ env }) => env ?? []);
/** The name and version for other programs. */
const name = `parley-${version}`;
const sweepMs = 2_000;
/** Timers that are late by this show that the server did not run: it was stopped, or its computer slept. */
const standstillMs = 1_000;
/** A certificate is due long before its end; but a clock that was wrong when it was made can be set at any time. */
const renewMs = 600_000;
/** How often a stop looks whether the last connection is closed, and tries to save the last rows. */
const closedCheckMs = 10;
const saveRetryMs = 100;
/** The lines of the log; main() replaces it as the settings say. */
let output = openLog({ log: "text", logLevel: "info" }, Date.now);

function main(): void {
  surviveSignals();
  const environment = readEnvironment(variables, `--allow-env='PARLEY_*'`);
  if ("fault" in environment) return stopNow(environment.fault, exitCodes.usage);
  const parsed = parseOptions(optionRows, Deno.args, environment.values);
  if ("fault" in parsed) return stopNow(parsed.fault, exitCodes.usage);
  const { values, positional, given } = parsed;
  if (values.help) return console.log(help());
  if (values.version) return console.log(`parley ${version}`);
  if (values.completions !== undefined) return console.log(completions(values.completions));
  if (values.makeVerifier) return void printVerifier();
  if (positional.length > 0) {
    return stopNow(`Cannot use "${positional[0]}": the server takes flags only; see --help`, exitCodes.usage);
  }
  output = openLog(values, Date.now);
  start(values, { ...values, given }).catch(async (error) => {
    await output.flush(flushMs);
    if (!(error instanceof StartError)) throw error;
    stopNow(error.message, error.code);
  });
}

const log: LogOutput["log"] = (level, text) => output.log(level, text);

async function start(
  settings: Settings,
  { newOwner, qr, given }: { newOwner: boolean; qr: boolean; given: ReadonlySet<PropertyKey> },
): Promise<void> {
  checkSettings(settings, { qr });
  const opened: { secure?: TlsListener | undefined; web?: WebSide | undefined } = {};
  const { store, hub, machines } = await openChat(settings, {
    version: name,
    given,
    log,
    logEntry: output.entry,
    openedLater: {
      tlsPort: () => opened.secure?.port,
      webUrl: () => opened.web?.url,
      uploadUrl: () => opened.web?.uploadUrl,
      files: () => opened.web?.files,
    },
  });
  const flusher = new Flusher();
  flusher.onFailure = (error) => log("error", String(error));
  // Users see only messages that are on disk.
  flusher.before = () => void store.commit();
  const parts = shareParts(hub, {
    flusher,
    limits: { tagBytes: 4096, bodyBytes: settings.lineBytes },
    maxQueueBytes: settings.sendQueue,
  });
  const listener = openPlain(hub, parts);
  const secure = opened.secure = await openTls(hub, parts);
  const web = opened.web = settings.web === "on" ? openWeb(hub, parts, machines?.sharedFiles) : undefined;
  output.entry("server started", {
    version,
    irc: listener.port,
    tls: secure?.port,
    web: web?.port,
    machine: settings.machine,
  });
  say(banner(settings, listener, web, secure));
  if (qr && web !== undefined) say(await qrCode(web.url));
  if (newOwner || machines?.isFirst !== false) await printOwnerCode(hub, newOwner);
  const stopTimers = startTimers(hub, store, { machines, secure });
  onSignals({
    stop(signal) {
      output.entry("server stopping", { signal, connections: hub.chat.sessions.size });
      stopTimers();
      return stop({ hub, store, machines, listener, secure, web });
    },
    reread() {
      rehash(hub);
      renew(secure);
    },
  });
}

/** The parts that end at a stop. */
interface RunningParts extends Pick<ChatSide, "hub" | "store" | "machines"> {
  readonly listener: ReturnType<typeof openPlain>;
  readonly secure: TlsListener | undefined;
  readonly web: WebSide | undefined;
}

/** Closes the connections, saves everything, and ends the process after deadlines.serverStopMs at the latest. */
async function stop({ hub, store, machines, listener, secure, web }: RunningParts): Promise<void> {
  let ending: Promise<never> | undefined;
  const end = () => void (ending ??= endProcess(store, { isShared: machines !== undefined, output }));
  const timeout = setTimeout(end, deadlines.serverStopMs - flushMs);
  const closed = Promise.all([listener.close(), secure?.close()]);
  hub.close("The server is stopping");
  await closed;
  await web?.close();
  while ([listener, secure, web].some((side) => side !== undefined && side.connections > 0)) {
    await new Promise((resolve) => setTimeout(resolve, closedCheckMs));
  }
  await machines?.leave();
  while (ending === undefined && !store.commit()) {
    await new Promise((resolve) => setTimeout(resolve, saveRetryMs));
  }
  clearTimeout(timeout);
  end();
}

/** Starts the work of every few seconds and of every ten minutes; the returned function stops both. */
function startTimers(
  hub: Hub,
  store: ChatSide["store"],
  { machines, secure }: { machines: ChatSide["machines"]; secure: TlsListener | undefined },
): () => void {
  let dueMs = performance.now() + sweepMs;
  const sweeping = setInterval(() => {
    const now = performance.now();
    const lateMs = now - dueMs;
    dueMs = now + sweepMs;
    hub.sweep(lateMs < standstillMs ? 0 : lateMs);
    machines?.sweep();
    store.upkeep().catch((error) => log("error", `Cannot clean up the data: ${error}`));
  }, sweepMs);
  const renewing = setInterval(() => renew(secure), renewMs);
  return () => {
    clearInterval(sweeping);
    clearInterval(renewing);
  };
}

/**
 * Two signals do not end the process, not even while it starts: SIGHUP, because a reload then has nothing to read again,
 * and SIGXFSZ, because a write beyond a limit of the file size (ulimit -f) is then an error. Deno opens the file
 * descriptors for all signals with the first listener, and the process would end if none were free later (Deno 2.9.6).
 */
function surviveSignals(): void {
  if (Deno.build.os === "windows") return;
  for (const signal of ["SIGHUP", "SIGXFSZ"] as const) Deno.addSignalListener(signal, () => {});
}

function onSignals(
  { stop, reread }: { stop: (signal: "SIGINT" | "SIGTERM") => Promise<void>; reread: () => void },
): void {
  let stopping = false;
  const once = (signal: "SIGINT" | "SIGTERM") => {
    if (!stopping) void stop(signal);
    stopping = true;
  };
  Deno.addSignalListener("SIGINT", () => once("SIGINT"));
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGTERM", () => once("SIGTERM"));
  Deno.addSignalListener("SIGHUP", reread);
}

function renew(secure: TlsListener | undefined): void {
  secure?.renew().then((renewed) => {
    if (renewed) log("info", `The server now uses a new certificate: ${secure.certificate.fingerprint}`);
  }).catch((error) => log("error", `${error.message}; the server still uses the previous certificate`));
}

/**
 * Until there is an owner, each start makes a code; the user who sends it becomes owner. Only its digest is stored.
 */
async function printOwnerCode(hub: Hub, again: boolean): Promise<void> {
  const code = await makeOwnerCode(hub, again);
  if (code === undefined) return;
  say(
    `To become the owner of this server: join, create an account with /register, then send: /quote OWNER ${code}`,
  );
}

function rehash(hub: Hub): void {
  try {
    hub.rehash();
    log("info", "The message of the day, the password and the operators were read again");
  } catch (error) {
    log("error", (error as Error).message);
  }
}

/** Reads a password and prints its verifier for `--oper`; the password is not stored. */
async function printVerifier(): Promise<void> {
  const { readVerifier } = await import("./lib/server/start/new_verifier.ts");
  const read = await readVerifier(Deno.stdin);
  if ("fault" in read) return stopNow(`Cannot make a verifier: ${read.fault}`, exitCodes.usage);
  console.log(read.verifier);
}

function help(): string {
  const command = runCommand("server.ts");
  return helpText({
    usage: "Parley server: a chat over IRC for everybody on your network",
    examples: [
      [command, "start for this machine only"],
      [`${command} --host 0.0.0.0`, "start for the whole network"],
    ],
    rows: optionRows,
  });
}

function completions(shell: Shell): string {
  return completionScript(shell, { program: "parley-server", rows: optionRows, words: [] }).trimEnd();
}

/** Prints for people at the start. Nobody reads a line that cannot be written; the server works without it. */
function say(text: string): void {
  try {
    console.log(text);
  } catch {
    log("error", "Cannot print how to join: the output is closed or its disk is full");
  }
}

function stopNow(sentence: string, code: number): never {
  console.error(sentence);
  Deno.exit(code);
}

main();
