/** The server's entry: options → bus, hub and listeners; prints the ways in; ends cleanly on a signal. Nothing else. */
// deno-lint-ignore-file no-console
import { LocalBus } from "./lib/bus/local.ts";
import { allCommands } from "./lib/commands/all.ts";
import { Hub } from "./lib/hub/hub.ts";
import { settingRows, type Settings } from "./lib/hub/settings.ts";
import { encodeLine } from "./lib/net/encode.ts";
import { listen, type Listener, ListenError } from "./lib/net/listen.ts";
import { Flusher } from "./lib/net/queue.ts";
import { helpText, parseOptions } from "./lib/options.ts";
import { version } from "./lib/version.ts";

const optionRows = {
  ...settingRows,
  help: { kind: "flag", short: "h", group: "Other", help: "show this and stop" },
  version: { kind: "flag", short: "v", group: "Other", help: "show the version and stop" },
} as const;

/** Exit codes of sysexits.h, and 2 for a wrong command line. */
const exitCodes = { usage: 2, unavailable: 69 } as const;
const sweepMs = 2_000;
const stopMs = 4_000;

function main(): void {
  const parsed = parseOptions(optionRows, Deno.args, Deno.env.toObject());
  if ("fault" in parsed) return stopNow(parsed.fault, exitCodes.usage);
  const { values, positional } = parsed;
  if (values.help) return console.log(help());
  if (values.version) return console.log(`parley ${version}`);
  if (positional.length > 0) {
    return stopNow(`Unknown argument "${positional[0]}"; see --help`, exitCodes.usage);
  }
  start(values);
}

function start(settings: Settings): void {
  const flusher = new Flusher();
  flusher.onFailure = (error) => log("error", String(error));
  const hub = new Hub({
    settings,
    commands: allCommands,
    bus: new LocalBus(),
    encode: encodeLine,
    log,
    motd: readMotd(settings.motd),
    password: settings.passwordFile && readText(settings.passwordFile, "password file").trim(),
  });
  const listener = open(hub, flusher);
  console.log(waysIn(settings, listener));
  const sweeping = setInterval(() => hub.sweep(), sweepMs);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    clearInterval(sweeping);
    const impatience = setTimeout(() => Deno.exit(0), stopMs);
    const closed = listener.close();
    hub.close("The server is stopping");
    await closed;
    while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    clearTimeout(impatience);
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
}

function open(hub: Hub, flusher: Flusher): Listener {
  const { host, port, limit, lineBytes, sendQueue, name } = hub.settings;
  try {
    const listener: Listener = listen({
      hostname: host,
      port,
      maxConnections: limit,
      stream: {
        flusher,
        limits: { tagBytes: 4096, bodyBytes: lineBytes },
        maxQueueBytes: sendQueue,
        onWrongProtocol: () =>
          `This is ${name}, an IRC server without TLS; connect with irc://${host}:${listener.port}`,
      },
      onConnection: (connection) => void hub.attach(connection),
      onError: (error) =>
        log("error", `Cannot accept a connection: ${error instanceof Error ? error.message : error}`),
    });
    return listener;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    return stopNow(
      `Cannot listen on ${host}:${port}: ${error.reason}; choose another with --port or --host`,
      exitCodes.unavailable,
    );
  }
}

/** What the next person types, ready to copy. */
function waysIn({ name, host, port: wanted }: Settings, { port }: Listener): string {
  const address = host.includes(":") ? `[${host}]` : host;
  const flags = (host === "127.0.0.1" || host === "0.0.0.0" ? "" : ` --host ${host}`) +
    (port === 6667 && wanted === 6667 ? "" : ` --port ${port}`);
  return [
    `${name} is listening. To join:`,
    `  in a terminal   deno run -A client.ts --user YOUR_NAME${flags}`,
    `  in any IRC app  irc://${address}:${port}`,
  ].join("\n");
}

function readMotd(setting: string): string[] {
  if (setting === "") return [];
  return (isFile(setting) ? readText(setting, "motd") : setting).trimEnd().split("\n");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function readText(path: string, what: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    return stopNow(`Cannot read the ${what} "${path}": ${(error as Error).message}`, exitCodes.usage);
  }
}

function help(): string {
  return helpText({
    usage: "Parley server: a chat for everyone on your network, spoken in IRC",
    examples: [
      ["deno run -A server.ts", "start on this machine only"],
      ["deno run -A server.ts --host 0.0.0.0", "let the whole network in"],
    ],
    rows: optionRows,
  });
}

function log(level: "info" | "error", text: string): void {
  console.error(`${new Date().toISOString()} ${level} ${text}`);
}

function stopNow(sentence: string, code: number): never {
  console.error(sentence);
  Deno.exit(code);
}

main();
