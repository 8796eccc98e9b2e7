/**
 * The servers that are measured and how each is started: its command, its settings in a folder of its own under
 * the temporary folder, free ports of the loopback interface. Each is ready when it accepts a TCP
 * connection. Every started server is killed at the end: stop() stops one, stopAll() all.
 */

import { existsSync } from "node:fs";
import { version } from "../../lib/version.ts";
import { testCertificate } from "../support/certificate.ts";
import { untilPageIsJoined } from "../support/browser.ts";
import { findProgram } from "../support/programs.ts";
import { freePort } from "../support/server.ts";

/** `parley` keeps its history in memory, `parley-disk` on disk, as by default; `ws-relay` is npm's `ws`. */
export type ServerName = "parley" | "parley-disk" | "relay" | "ws-relay" | "inspircd" | "ergo" | "ngircd";

/** In the order of the tables. */
export const serverNames: readonly ServerName[] = [
  "parley",
  "parley-disk",
  "relay",
  "ws-relay",
  "inspircd",
  "ergo",
  "ngircd",
];

/** The kinds of connection. */
export type Kind = "plain" | "tls" | "websocket";

export interface Server {
  readonly name: ServerName;
  /** The port of each kind of connection; nothing listens on those that isOffered() denies. */
  readonly ports: Readonly<Record<Kind, number>>;
  readonly pid: number;
  /** From the start of the process until it accepted its first connection; other ports can come later. */
  readonly startMs: number;
  /** False for the bare relays, which neither register anybody nor know channels. */
  readonly speaksIrc: boolean;
  stop(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly ports: Server["ports"];
}

interface Recipe {
  /** Programs or scripts of which one must exist. */
  readonly needs: () => readonly (string | undefined)[];
  readonly kinds: readonly Kind[];
  command(program: string, place: Place): readonly string[];
}

const here = new URL(".", import.meta.url).pathname;
const parleyScript = new URL("../../server.ts", import.meta.url).pathname;
const startLimitMs = 10_000;
const everyKind: readonly Kind[] = ["plain", "tls", "websocket"];

const recipes: Record<ServerName, Recipe> = {
  parley: {
    needs: () => [parleyScript],
    kinds: everyKind,
    command: (script, place) => parleyCommand(script, place, ["--ephemeral"]),
  },
  "parley-disk": {
    needs: () => [parleyScript],
    kinds: everyKind,
    command: (script, place) => parleyCommand(script, place, ["--data", "{folder}"]),
  },
  relay: {
    needs: () => [`${here}relay.ts`],
    kinds: ["plain"],
    command: (script, { ports }) => [Deno.execPath(), "run", "-A", script, String(ports.plain)],
  },
  "ws-relay": {
    needs: () => [`${here}ws_relay.ts`],
    kinds: ["websocket"],
    command: (script, { ports }) => [Deno.execPath(), "run", "-A", script, String(ports.websocket)],
  },
  inspircd: {
    needs: () => ["/usr/sbin/inspircd", "/usr/bin/inspircd"],
    kinds: everyKind,
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
  ergo: {
    needs: () => [ergoProgram ?? findProgram("ergo")],
    kinds: everyKind,
    command: (program, place) => [program, "run", "--conf", writeSettings("ergo.yaml", place)],
  },
  ngircd: {
    needs: () => ["/usr/sbin/ngircd", "/usr/bin/ngircd"],
    kinds: ["plain"],
    command: (program, place) => [program, "--nodaemon", "--config", writeSettings("ngircd.conf", place)],
  },
};

const parleyFlags = [
  ...["--host", "127.0.0.1", "--port", "{port}", "--tls-port", "{tls-port}", "--web-port", "{web-port}"],
  ...["--cert", "{folder}/cert.pem", "--key", "{folder}/key.pem", "--limit", "20000", "--flood", "0"],
];

let ergoProgram: string | undefined;

/** Measures this Ergo, not the one of PATH. */
export function useErgo(path: string): void {
  ergoProgram = path;
}

let pair: ReturnType<typeof testCertificate> | undefined;

/** The certificate of all servers of this run. */
export function certificate(): ReturnType<typeof testCertificate> {
  return pair ??= testCertificate();
}

/** The running servers, and the folder of each. */
const running = new Map<Deno.ChildProcess, string>();

/** Whether `name` can be started on this machine. */
export function isInstalled(name: ServerName): boolean {
  return programOf(name) !== undefined;
}

/** Whether this server accepts this kind of connection. */
export function isOffered(name: ServerName, kind: Kind): boolean {
  return recipes[name].kinds.includes(kind);
}

/** The version, as the program prints it. */
export function versionOf(name: ServerName): string {
  if (name.endsWith("relay")) return `Deno ${Deno.version.deno}`;
  if (name.startsWith("parley")) return `${version}, Deno ${Deno.version.deno}`;
  const { stdout } = new Deno.Command(programOf(name) ?? "", { args: ["--version"] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n")[0] ?? "";
}

/**
 * Throws when the server does not accept a connection within 10 s. With `folder` it uses this data folder, which stays;
 * only Parley has one.
 */
export async function startServer(name: ServerName, { folder: given = "" } = {}): Promise<Server> {
  const program = programOf(name);
  if (program === undefined) throw new Error(`Cannot start ${name}: not installed`);
  const folder = Deno.makeTempDirSync({ prefix: `parley-bench-${name}-` });
  // ngIRCd gives up root and must still be able to read its settings.
  Deno.chmodSync(folder, 0o755);
  const { cert, key } = await certificate();
  Deno.writeTextFileSync(`${folder}/cert.pem`, cert);
  Deno.writeTextFileSync(`${folder}/key.pem`, key);
  const ports = { plain: freePort(), tls: freePort(), websocket: freePort() };
  const [command = "", ...args] = recipes[name].command(program, { folder, ports });
  if (given !== "") args.push("--data", given);
  const startedAt = performance.now();
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  running.set(child, folder);
  const stop = () => kill(child);
  let startMs: number | undefined;
  for (const kind of recipes[name].kinds) {
    if (!await accepts(ports[kind], child)) {
      await stop();
      throw new Error(`Cannot measure ${name}: "${command} ${args.join(" ")}" does not listen`);
    }
    startMs ??= performance.now() - startedAt;
  }
  return { name, ports, pid: child.pid, startMs: startMs ?? NaN, speaksIrc: !name.endsWith("relay"), stop };
}

/** The first start of a version of Parley joins the modules of the page, which takes seconds of a core: done before. */
export async function preparePage(): Promise<void> {
  const { ports, stop } = await startServer("parley");
  await untilPageIsJoined(`http://127.0.0.1:${ports.websocket}/`);
  await stop();
}

/** Runs at every end of the benchmark. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running.keys()].map(kill));
}

function programOf(name: ServerName): string | undefined {
  return recipes[name].needs().find((path) => path !== undefined && existsSync(path));
}

function parleyCommand(script: string, place: Place, storage: readonly string[]): string[] {
  const flags = [...parleyFlags, ...storage].map((word) => fill(word, place));
  return [Deno.execPath(), "run", "-A", script, ...flags];
}

function writeSettings(file: string, place: Place): string {
  const path = `${place.folder}/${file}`;
  Deno.writeTextFileSync(path, fill(Deno.readTextFileSync(here + file), place));
  return path;
}

function fill(template: string, { folder, ports }: Place): string {
  return template.replaceAll("{folder}", folder)
    .replaceAll("{port}", String(ports.plain))
    .replaceAll("{tls-port}", String(ports.tls))
    .replaceAll("{web-port}", String(ports.websocket));
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
