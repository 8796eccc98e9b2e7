/**
 * The real server.ts as a process of its own, on ports the system chooses, with its data in memory unless the
 * flags say otherwise. It does not connect to the server; a Peer does.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { settingRows } from "../../lib/server/settings/settings.ts";
import { withDeadline } from "./deadline.ts";
import { Inbox } from "./inbox.ts";
import { granted, programPermissions } from "./permissions.ts";
import { hasProgram } from "./programs.ts";

const startMs = 20_000;
const stopMs = 10_000;

/** Where a server runs. */
export interface ServerPlace {
  /** The words before its command, which run it in another network. @default {none} */
  readonly through?: readonly string[];
  /** The address at which the test reaches it. @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** Flags of Deno, such as those of serverPermissions(). @default {-A} */
  readonly permissions?: readonly string[];
}

export interface RunningServer extends AsyncDisposable {
  readonly pid: number;
  readonly hostname: string;
  /** The port of IRC over TCP. */
  readonly port: number;
  /** The port of IRC over TLS; undefined when the server has not said so. */
  readonly tlsPort: number | undefined;
  /** The port of the web page; undefined when the server has not said so. */
  readonly webPort: number | undefined;
  /** The text that it has printed for people so far. */
  readonly stdout: readonly string[];
  /** Its log, so far. */
  stderr(): string;
  /** SIGTERM, as a service manager does; refuses to wait longer than ten seconds. */
  stop(): Promise<Deno.CommandStatus>;
  /** SIGKILL. */
  kill(): Promise<Deno.CommandStatus>;
  /** How it ended, once it has. */
  readonly ended: Promise<Deno.CommandStatus>;
}

/** The steps of a test with its server. */
export type ServerStory = (server: RunningServer) => Promise<void> | void;

/** The options of a test and of its server. */
export interface ServerStoryOptions {
  /** @default {[]} */
  readonly flags?: readonly string[];
  /** A program; without it the test is ignored. */
  readonly needs?: string;
}

/** Registers a test that gets a server, which is killed after it. */
export function serverStory(name: string, act: ServerStory): void;
export function serverStory(name: string, options: ServerStoryOptions, act: ServerStory): void;
export function serverStory(name: string, ...rest: [ServerStory] | [ServerStoryOptions, ServerStory]): void {
  const [{ flags, needs }, act] = rest.length === 1 ? [{} as ServerStoryOptions, rest[0]] : rest;
  Deno.test({
    name,
    ignore: !granted(...programPermissions) || (needs !== undefined && !hasProgram(needs)),
    async fn() {
      await using server = await startServer(flags);
      await act(server);
    },
  });
}

/** Resolves once it listens; throws with its log when it ends first. Later flags win over the standard ones. */
export async function startServer(
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  { through = [], hostname = "127.0.0.1", permissions = ["-A"] }: ServerPlace = {},
): Promise<RunningServer> {
  const script = new URL("../../server.ts", import.meta.url).pathname;
  const [program = "", ...before] = [...through, Deno.execPath()];
  const child = new Deno.Command(program, {
    args: [...before, "run", ...permissions, script, ...standardFlags(flags), ...flags],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env,
  }).spawn();
  const stdout: string[] = [];
  const stderr: string[] = [];
  const inbox = new Inbox();
  const drained = Promise.all([
    drain(child.stdout, (line) => (stdout.push(line), inbox.push(line))).then(() => inbox.end()),
    drain(child.stderr, (line) => stderr.push(line)),
  ]);
  const end = async (signal: Deno.Signal) => {
    signalQuietly(child, signal);
    const status = await withDeadline(
      child.status,
      stopMs,
      () => `The server ignored ${signal}:\n${stderr.join("\n")}`,
    );
    await drained;
    return status;
  };
  try {
    await inbox.until(/\birc:\/\/\S+:\d+/, startMs);
  } catch (error) {
    await end("SIGKILL");
    const log = [...stdout, ...stderr].join("\n");
    throw new Error(`The server did not start with "${flags.join(" ")}":\n${log}`, { cause: error });
  }
  return {
    pid: child.pid,
    hostname,
    port: portOf(stdout, "irc") ?? 0,
    get tlsPort() {
      return portOf(stdout, "ircs");
    },
    get webPort() {
      return portOf(stdout, "https?");
    },
    stdout,
    stderr: () => stderr.join("\n"),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    ended: child.status,
    [Symbol.asyncDispose]: async () => void await end("SIGKILL"),
  };
}

/** Any free port for each listener the server has, and nothing on disk unless a data folder is named. */
function standardFlags(flags: readonly string[]): string[] {
  const names = Object.keys(settingRows).map((key) => key.replace(/[A-Z]/g, "-$&").toLowerCase());
  const ports = names.filter((name) => /(^|-)port$/.test(name)).flatMap((name) => [`--${name}`, "0"]);
  const keepsData = flags.some((flag) => flag.startsWith("--data"));
  const standard = [...ports, "--flood", "0"];
  return names.includes("ephemeral") && !keepsData ? [...standard, "--ephemeral"] : standard;
}

function portOf(lines: readonly string[], scheme: string): number | undefined {
  const [, port] = new RegExp(`\\b${scheme}://\\S+?:(\\d+)`).exec(lines.join("\n")) ?? [];
  return port === undefined ? undefined : Number(port);
}

async function drain(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) take(line);
}

/** A child that has ended already is not an error here. */
function signalQuietly(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * A free port, for addresses that a test must know before the server starts. It is below the ports that the system
 * gives to outgoing connections: one of those could connect to itself.
 */
export function freePort(): number {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
