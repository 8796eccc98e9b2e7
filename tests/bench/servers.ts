/**
 * The servers that are measured and how each is started: its command, its settings in a folder of its own under
 * the temporary folder, a free port of the loopback interface. Each is ready when it accepts a TCP
 * connection. Every started server is killed at the end: stop() stops one, stopAll() all.
 */

import { existsSync } from "node:fs";
import { freePort } from "../support/server.ts";

/** `parley` keeps its history in memory, `parley-disk` on disk, as by default. */
export type ServerName = "parley" | "parley-disk" | "relay" | "inspircd" | "ngircd";

/** In the order of the tables. */
export const serverNames: readonly ServerName[] = ["parley", "parley-disk", "relay", "inspircd", "ngircd"];

export interface Server {
  readonly name: ServerName;
  readonly port: number;
  readonly pid: number;
  /** From the start of the process until it accepted a connection. */
  readonly startMs: number;
  /** False for the bare relay, which neither registers anybody nor knows channels. */
  readonly speaksIrc: boolean;
  stop(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly port: number;
}

interface Recipe {
  /** Programs or scripts of which one must exist. */
  readonly needs: readonly string[];
  command(program: string, place: Place): readonly string[];
}

const here = new URL(".", import.meta.url).pathname;
const parleyScript = new URL("../../server.ts", import.meta.url).pathname;
const startLimitMs = 10_000;

const recipes: Record<ServerName, Recipe> = {
  parley: {
    needs: [parleyScript],
    command: (script, place) => parleyCommand(script, place, ["ephemeral"]),
  },
  "parley-disk": {
    needs: [parleyScript],
    command: (script, place) => parleyCommand(script, place, ["data", "{folder}"]),
  },
  relay: {
    needs: [`${here}relay.ts`],
    command: (script, { port }) => [Deno.execPath(), "run", "-A", script, String(port)],
  },
  inspircd: {
    needs: ["/usr/sbin/inspircd", "/usr/bin/inspircd"],
    command: (program, place) => [
      program,
      "--nofork",
      "--nopid",
      "--nolog",
      "--runasroot",
      "--config",
      writeSettings("inspircd.conf", place),
    ],
  },
  ngircd: {
    needs: ["/usr/sbin/ngircd", "/usr/bin/ngircd"],
    command: (program, place) => [program, "--nodaemon", "--config", writeSettings("ngircd.conf", place)],
  },
};

type Flag = readonly [name: string, value?: string];

/** The flags of Parley; a flag that its --help does not name is left out. */
const wantedFlags: readonly Flag[] = [
  ["host", "127.0.0.1"],
  ["port", "{port}"],
  ["tls-port", "0"],
  ["web-port", "0"],
  ["limit", "20000"],
  ["flood", "0"],
];

/** The running servers, and the folder of each. */
const running = new Map<Deno.ChildProcess, string>();

/** Whether `name` can be started on this machine. */
export function isInstalled(name: ServerName): boolean {
  return programOf(name) !== undefined;
}

/** Throws when the server does not accept a connection within 10 s. */
export async function startServer(name: ServerName): Promise<Server> {
  const program = programOf(name);
  if (program === undefined) throw new Error(`Cannot start ${name}: not installed`);
  const folder = Deno.makeTempDirSync({ prefix: `parley-bench-${name}-` });
  // ngIRCd gives up root and must still be able to read its settings.
  Deno.chmodSync(folder, 0o755);
  const port = freePort();
  const [command = "", ...args] = recipes[name].command(program, { folder, port });
  const startedAt = performance.now();
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  running.set(child, folder);
  const stop = () => kill(child);
  if (!await accepts(port, child)) {
    await stop();
    throw new Error(`Cannot measure ${name}: "${command} ${args.join(" ")}" does not listen`);
  }
  const startMs = performance.now() - startedAt;
  return { name, port, pid: child.pid, startMs, speaksIrc: name !== "relay", stop };
}

/** Runs at every end of the benchmark. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running.keys()].map(kill));
}

function programOf(name: ServerName): string | undefined {
  return recipes[name].needs.find((path) => existsSync(path));
}

function parleyCommand(script: string, place: Place, storage: Flag): string[] {
  const run = ["run", "-A", script];
  const help = new Deno.Command(Deno.execPath(), { args: [...run, "--help"] }).outputSync();
  const known = new TextDecoder().decode(help.stdout);
  const flags = [...wantedFlags, storage]
    .filter(([flag]) => new RegExp(`--${flag}\\b`).test(known))
    .flatMap(([flag, value]) => value === undefined ? [`--${flag}`] : [`--${flag}`, fill(value, place)]);
  return [Deno.execPath(), ...run, ...flags];
}

function writeSettings(file: string, place: Place): string {
  const path = `${place.folder}/${file}`;
  Deno.writeTextFileSync(path, fill(Deno.readTextFileSync(here + file), place));
  return path;
}

function fill(template: string, { folder, port }: Place): string {
  return template.replaceAll("{folder}", folder).replaceAll("{port}", String(port));
}

async function accepts(port: number, child: Deno.ChildProcess): Promise<boolean> {
  let ended = false;
  child.status.then(() => ended = true);
  const giveUpAt = performance.now() + startLimitMs;
  while (!ended && performance.now() < giveUpAt) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((done) => setTimeout(done, 1));
    }
  }
  return false;
}

/** Stops it and removes its folder; does nothing the second time. */
async function kill(child: Deno.ChildProcess): Promise<void> {
  const folder = running.get(child);
  if (folder === undefined) return;
  running.delete(child);
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
  await child.status;
  Deno.removeSync(folder, { recursive: true });
}
