/**
 * Faults and their order: a table with one row for each kind, and a schedule that breaks and mends at random times. A
 * seed gives the same faults at the same times.
 */
import { closeQuietly } from "../../lib/net/close_quietly.ts";
import { pause } from "../support/deadline.ts";
import type { FaultyCluster, Machine, Means } from "./faulty_cluster.ts";
import type { Chance } from "./chance.ts";

/** Ends a fault. */
type Mend = () => void | Promise<void>;

/** One kind of fault. */
interface Fault {
  /** Two faults of one part never meet at one machine; "nats" is one part for all, and "all" meets no other fault. */
  readonly part: "all" | "nats" | "link" | "process" | "disk" | "clock" | "sockets";
  /** Whether sessions of this machine can be closed by it. */
  readonly throwsOut: boolean;
  /** From and to how long it lasts. */
  readonly ms: readonly [number, number];
  readonly needs?: keyof Means;
  readonly begin: (machine: Machine, cluster: FaultyCluster, chance: Chance) => Mend | Promise<Mend>;
}

const hour = 3600;
const silentHandshakes = 100;
const refusedConnections = 40;

/** Every kind, by its name in the log of a run. */
export const faults: Readonly<Record<string, Fault>> = {
  "link frozen": {
    part: "link",
    throwsOut: true,
    ms: [1_000, 12_000],
    begin({ link }) {
      link.freeze();
      return () => link.thaw();
    },
  },
  "link frozen one way": {
    part: "link",
    throwsOut: true,
    ms: [1_000, 12_000],
    begin({ link }, _, chance) {
      link.freeze([chance.of(["up", "down"])]);
      return () => link.thaw();
    },
  },
  "link cut": {
    part: "link",
    throwsOut: true,
    ms: [1_000, 12_000],
    begin({ link }) {
      link.refuse();
      return () => link.thaw();
    },
  },
  "link slow": {
    part: "link",
    throwsOut: false,
    ms: [3_000, 10_000],
    begin({ link }, _, chance) {
      link.delayMs = 20 + chance.below(300);
      return () => link.thaw();
    },
  },
  "killed": {
    part: "process",
    throwsOut: true,
    ms: [500, 9_000],
    async begin(machine) {
      await machine.end("kill");
      return () => machine.start();
    },
  },
  "stopped": {
    part: "process",
    throwsOut: true,
    ms: [500, 5_000],
    async begin(machine) {
      await machine.stop({ isFull: machine.disk?.isFull ?? false });
      return () => machine.start();
    },
  },
  "paused": {
    part: "process",
    throwsOut: true,
    ms: [1_000, 12_000],
    begin({ server }) {
      if (server === undefined) return () => {};
      Deno.kill(server.pid, "SIGSTOP");
      return () => Deno.kill(server.pid, "SIGCONT");
    },
  },
  "disk full": {
    part: "disk",
    throwsOut: false,
    ms: [3_000, 12_000],
    needs: "disk",
    async begin({ disk }) {
      await disk?.fill();
      return () => disk?.free();
    },
  },
  "clock stepped": {
    part: "clock",
    throwsOut: false,
    ms: [4_000, 15_000],
    needs: "clock",
    begin(machine, _, chance) {
      machine.setClock(chance.of([hour, -hour, 24 * hour, -24 * hour, 365 * 24 * hour]));
      return () => machine.setClock(0);
    },
  },
  "silent handshakes": {
    part: "sockets",
    throwsOut: false,
    ms: [3_000, 15_000],
    async begin({ ports }) {
      const sockets = await openMany(ports.tls, silentHandshakes);
      return () => sockets.forEach(closeQuietly);
    },
  },
  "descriptors short": {
    part: "sockets",
    throwsOut: false,
    ms: [2_000, 6_000],
    needs: "descriptors",
    async begin({ server, ports }) {
      if (server === undefined) return () => {};
      const open = [...Deno.readDirSync(`/proc/${server.pid}/fd`)].length;
      const before = await limitDescriptors(server.pid, String(open + 2));
      const sockets = [
        ...await openMany(ports.irc, refusedConnections),
        ...await openMany(ports.web, refusedConnections),
      ];
      return async () => {
        sockets.forEach(closeQuietly);
        await limitDescriptors(server.pid, before);
      };
    },
  },
  "NATS frozen": {
    part: "nats",
    throwsOut: false,
    ms: [1_000, 12_000],
    begin(_, { machines, nats }) {
      const fromMs = performance.now();
      nats.pause();
      return () => {
        nats.resume();
        for (const machine of machines) machine.lengthenExcuse(performance.now() - fromMs);
      };
    },
  },
  "everything killed": {
    part: "all",
    throwsOut: true,
    ms: [500, 3_000],
    async begin(_, { machines, nats }) {
      const excused = machines.map((machine) => machine.excuse());
      await Promise.all([nats.kill(), ...machines.map((machine) => machine.end("kill"))]);
      return async () => {
        await nats.again();
        await Promise.all(machines.map((machine) => machine.start()));
        for (const isOver of excused) isOver();
      };
    },
  },
  "NATS killed": {
    part: "nats",
    throwsOut: false,
    ms: [500, 6_000],
    async begin(_, { machines, nats }) {
      const fromMs = performance.now();
      await nats.kill();
      return async () => {
        await nats.again();
        for (const machine of machines) machine.lengthenExcuse(performance.now() - fromMs);
      };
    },
  },
};

/** At most so many faults at a time. */
const together = 3;
const betweenMs: readonly [number, number] = [500, 4_000];

/** The options of a schedule. */
export interface ScheduleOptions {
  readonly cluster: FaultyCluster;
  readonly means: Means;
  readonly chance: Chance;
  readonly ms: number;
  /** Only these kinds. @default {all} */
  readonly only?: readonly string[] | undefined;
  readonly log: (words: string) => void;
}

/** Breaks and mends until the time is over; then everything is mended. Returns how often each fault happened. */
export async function breakThings(options: ScheduleOptions): Promise<Map<string, number>> {
  const { cluster, chance, ms, means, only = Object.keys(faults), log } = options;
  const names = only.filter((name) => faults[name]?.needs === undefined || means[faults[name].needs]);
  const count = new Map(names.map((name) => [name, 0]));
  const broken = new Map<string, Promise<void>>();
  const endMs = performance.now() + ms;
  let deck: string[] = [];
  for (;;) {
    await pause(between(chance, betweenMs));
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) break;
    if (deck.length === 0) deck = shuffled(names, chance);
    const name = deck.pop() ?? "";
    const fault = faults[name];
    const machine = chance.of(cluster.machines);
    const lengthMs = Math.min(leftMs, between(chance, fault?.ms ?? [0, 0]));
    const isCommon = fault?.part === "nats" || fault?.part === "all";
    const place = isCommon ? fault.part : `${machine.name} ${fault?.part}`;
    const isAlone = fault?.part === "all" || broken.has("all");
    if (fault === undefined || broken.size >= (isAlone ? 1 : together) || broken.has(place)) {
      deck.unshift(name);
      continue;
    }
    count.set(name, (count.get(name) ?? 0) + 1);
    log(`${isCommon ? "" : `${machine.name}: `}${name} for ${(lengthMs / 1000).toFixed(1)} s`);
    const over = happen(fault, lengthMs, machine, options).finally(() => broken.delete(place));
    broken.set(place, over);
  }
  await Promise.all(broken.values());
  return count;
}

async function happen(
  fault: Fault,
  ms: number,
  machine: Machine,
  { cluster, chance }: ScheduleOptions,
): Promise<void> {
  const end = fault.throwsOut ? machine.excuse() : undefined;
  const mend = await fault.begin(machine, cluster, chance);
  await pause(ms);
  await mend();
  end?.();
}

function between(chance: Chance, [from, to]: readonly [number, number]): number {
  return from + chance.next() * (to - from);
}

function shuffled(names: readonly string[], chance: Chance): string[] {
  return names.map((name) => ({ name, at: chance.next() })).sort((one, other) => one.at - other.at)
    .map(({ name }) => name);
}

/** Connections that say nothing; those that are refused do not count. */
async function openMany(port: number, count: number): Promise<Deno.Conn[]> {
  const dials = Array.from({ length: count }, () => Deno.connect({ hostname: "127.0.0.1", port }));
  const settled = await Promise.allSettled(dials);
  return settled.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
}

/** Sets the soft limit of a running process, and returns the one it had. */
async function limitDescriptors(pid: number, soft: string): Promise<string> {
  const before = await prlimit(pid, "--nofile", "--noheadings", "--raw", "--output", "SOFT");
  if (before !== "") await prlimit(pid, `--nofile=${soft}:`);
  return before;
}

/** The output of prlimit; "" if the process has ended meanwhile. */
async function prlimit(pid: number, ...words: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("prlimit", { args: ["--pid", String(pid), ...words] }).output();
  return new TextDecoder().decode(stdout).trim();
}
