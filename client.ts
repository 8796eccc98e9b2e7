/**
 * The terminal client: flags → a client and its face at the terminal, or without one when its input or output is a
 * pipe. Everything else is in lib/client and lib/terminal.
 *
 * Exit codes: 0 asked to quit, or all input said · 1 something was refused · 2 wrong flags, or a name that cannot be
 * had · 69 no server, or the connection was lost · 130 C-c · 129 and 143 SIGHUP and SIGTERM.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { plain } from "./lib/client/plain.ts";
import { dial, DialError } from "./lib/net/dial.ts";
import type { OptionTable } from "./lib/options.ts";
import { helpText, parseOptions } from "./lib/options.ts";
import type { Leaving } from "./lib/terminal/desk.ts";
import { Desk, nameFault } from "./lib/terminal/desk.ts";
import { colorDepth, themeOf } from "./lib/terminal/paint.ts";
import type { Outcome } from "./lib/terminal/pipe.ts";
import { Pipe } from "./lib/terminal/pipe.ts";
import { isInteractive, Terminal } from "./lib/terminal/terminal.ts";
import { version } from "./lib/version.ts";

const rows = {
  user: {
    kind: "text",
    short: "u",
    metavar: "NAME",
    env: "PARLEY_USER",
    help: "Your name; asked for when absent",
  },
  host: { kind: "text", default: "127.0.0.1", env: "PARLEY_HOST", help: "Where the server is" },
  port: {
    kind: "number",
    short: "p",
    default: 6667,
    min: 1,
    max: 65535,
    env: "PARLEY_PORT",
    help: "Its port",
  },
  room: { kind: "list", short: "r", metavar: "#ROOM", default: ["#lobby"], help: "Room to enter" },
  color: {
    kind: "text",
    choices: ["auto", "always", "never"],
    default: "auto",
    help: "Colours; NO_COLOR turns them off too",
    group: "Looks",
  },
  theme: {
    kind: "text",
    choices: ["dark", "light"],
    env: "PARLEY_THEME",
    help: "The background of your terminal; found out when it says",
    group: "Looks",
  },
  bell: {
    kind: "flag",
    env: "PARLEY_BELL",
    help: "Rings when your name is said, and for private messages",
    group: "Looks",
  },
  timestamps: {
    kind: "text",
    choices: ["short", "seconds", "iso", "off"],
    help: "How the time is shown; short at a terminal, off in a pipe",
    group: "Looks",
  },
  help: { kind: "flag", short: "h", help: "Prints this", group: "Program" },
  version: { kind: "flag", short: "V", help: "Prints the version", group: "Program" },
} as const satisfies OptionTable;

const help = {
  usage: "Parley: chat in your terminal. client.ts [OPTIONS] [irc://HOST:PORT/#ROOM]",
  examples: [
    ["deno run -A client.ts --user alice", "Joins #lobby on this machine"],
    ["deno run -A client.ts irc://chat.example:6667/#tea", "Joins #tea there, and asks for your name"],
    ["echo 'build done' | deno run -A client.ts --user bot", "Says one line, and ends when it has arrived"],
  ],
  rows,
} as const;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(rows, args, Deno.env.toObject());
  if ("fault" in parsed) return fail(parsed.fault, 2);
  const { values } = parsed;
  if (values.help) return say(helpText(help));
  if (values.version) return say(`parley ${version}\n`);
  const place = placeOf(parsed.positional, values);
  if (typeof place === "string") return fail(place, 2);
  const name = values.user?.trim();
  const interactive = isInteractive();
  const fault = name === undefined ? "" : nameFault(name);
  if (fault !== "") {
    return fail(`Cannot use --user "${name}": ${fault[0]?.toLowerCase()}${fault.slice(1)}`, 2);
  }
  if (name === undefined && !interactive) return fail("Cannot join without a name: write --user NAME", 2);
  const environment = Deno.env.toObject();
  const look = {
    depth: colorDepth(values.color, interactive, environment),
    theme: values.theme ?? themeOf(environment),
  };
  const client = {
    connect: (signal: AbortSignal) => dial(place.address, { signal }),
    nick: name ?? "",
    channels: place.rooms,
  };
  return interactive
    ? await atTerminal({ client, look, timestamps: values.timestamps ?? "short" }, values.bell, place.address)
    : await inPipe({ client, look, timestamps: values.timestamps ?? "off" }, place.address);
}

interface Place {
  readonly address: string;
  readonly rooms: readonly string[];
}

/** From irc://host:port/#room,#room, or from the flags; a sentence when it is no place. */
function placeOf(
  positional: readonly string[],
  { host, port, room }: { readonly host: string; readonly port: number; readonly room: readonly string[] },
): Place | string {
  const [written, more] = positional;
  if (more !== undefined) return `Cannot use "${more}": only one address is taken`;
  const flagRooms = room.map(roomName);
  const wrong = flagRooms.find((name) => /[\s,]/.test(name));
  if (wrong !== undefined) return `Cannot enter "${wrong}": a room's name has no spaces and no commas`;
  if (written === undefined) {
    return { address: `irc://${host.includes(":") ? `[${host}]` : host}:${port}`, rooms: flagRooms };
  }
  const url = URL.parse(written);
  if (url === null || url.protocol !== "irc:" || url.hostname === "") {
    return `Cannot use "${written}": an address looks like irc://127.0.0.1:6667/#lobby`;
  }
  const path = decoded(url.pathname.slice(1) || url.hash);
  const rooms = path.split(",").filter((name) => name !== "").map(roomName);
  return {
    address: `irc://${url.hostname}:${url.port || port}`,
    rooms: rooms.length > 0 ? rooms : flagRooms,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** "#" may be left out, as shells take it for a comment. */
function roomName(written: string): string {
  return /^[#&]/.test(written) ? written : `#${written}`;
}

type FaceParts = Pick<ConstructorParameters<typeof Pipe>[0], "client" | "look" | "timestamps">;

async function atTerminal(
  { client, look, timestamps }: FaceParts,
  bell: boolean,
  address: string,
): Promise<number> {
  const terminal = new Terminal();
  const outlet = { write: (text: string) => terminal.write(text), size: () => terminal.size(), look };
  const desk = new Desk({ client, outlet, timestamps, bell, suspend: () => terminal.suspend() });
  let interruption = 130;
  terminal.open({
    key: (key) => desk.key(key),
    resized: () => desk.redraw(),
    resumed: () => desk.redraw(),
    gone: () => interruptWith(0),
  });
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    Deno.addSignalListener(signal, () => interruptWith(code));
  }
  try {
    return codeOf(await desk.run(), address);
  } finally {
    terminal.restore();
  }

  function interruptWith(code: number): void {
    interruption = code;
    desk.interrupt();
  }

  function codeOf(leaving: Leaving, server: string): number {
    terminal.restore();
    switch (leaving.kind) {
      case "left":
        return 0;
      case "interrupted":
        return interruption;
      case "refused":
        return fail(entryFault(leaving.reason, server), 69);
      case "unreachable":
        return fail(dialFault(leaving.error, server), 69);
    }
  }
}

async function inPipe(parts: FaceParts, address: string): Promise<number> {
  const closed = Promise.withResolvers<Outcome>();
  const out = (line: string): void => {
    if (!print(Deno.stdout, `${line}\n`)) closed.resolve({ kind: "done" });
  };
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const pipe = new Pipe({ ...parts, input, out, err: (line) => void print(Deno.stderr, `${line}\n`) });
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, () => Deno.exit(code));
  }
  const outcome = await Promise.race([pipe.run(), closed.promise]);
  switch (outcome.kind) {
    case "done":
      return 0;
    case "refused":
      return 1;
    case "bad name":
      return 2;
    case "not let in":
      return fail(entryFault(outcome.reason, address), 69);
    case "lost":
      return fail(`The connection to ${shortAddress(address)} is lost: ${plain(outcome.reason)}`, 69);
    case "unreachable":
      return fail(dialFault(outcome.error, address), 69);
  }
}

function shortAddress(address: string): string {
  return address.replace("irc://", "");
}

function entryFault(reason: string, address: string): string {
  return `The server ${shortAddress(address)} did not let you in: ${plain(reason)}`;
}

function dialFault(error: unknown, address: string): string {
  const where = shortAddress(address);
  if (!(error instanceof DialError)) {
    return `Cannot connect to ${where}: ${error instanceof Error ? error.message : error}`;
  }
  if (error.reason === "refused") {
    return `Cannot connect to ${where}: nothing is listening there; start a server with: deno run -A server.ts`;
  }
  return error.message.replace(address, where);
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
