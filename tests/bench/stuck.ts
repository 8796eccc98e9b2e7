/**
 * Clients that stop reading: does the server disconnect them, and are the others slower? People talk at a steady rate
 * while one sender streams private messages to more clients, which first read and then do not. The latency of
 * the others is measured in both halves. The stream is needed because the kernel buffers some megabytes for each
 * before the server's own queue grows.
 */

import { Crowd, nickOf } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import { warmMs } from "./figures.ts";
import { benchLine } from "./line.ts";
import type { LoadClient } from "./load_client.ts";
import { Pulse } from "./pulse.ts";
import type { Report } from "./report.ts";
import { type Kind, type ServerName, startServer } from "./servers.ts";

export interface StuckOptions {
  readonly kind: Kind;
  readonly talkers: number;
  /** Clients that stop reading in each round. */
  readonly stuck: number;
  /** Messages per second. */
  readonly rate: number;
  /** The time with readers only. */
  readonly halfMs: number;
  /** The longest time that they can stay connected. */
  readonly giveUpMs: number;
  /** Each has a sender and readers of its own, because ngIRCd slows the sender when a reader is disconnected. */
  readonly rounds: number;
}

/** A person who does not read, beside a hundred who talk. */
export const onePerson: Omit<StuckOptions, "rounds"> = {
  kind: "plain",
  talkers: 100,
  stuck: 1,
  rate: 200,
  halfMs: 1_500,
  giveUpMs: 10_000,
};

/** Ten pages that do not read, beside a thousand. */
export const tenPages: Omit<StuckOptions, "rounds"> = {
  kind: "websocket",
  talkers: 1_000,
  stuck: 10,
  rate: 10,
  halfMs: 4_000,
  giveUpMs: 30_000,
};

const streamTextBytes = 400;
const streamLines = 25;
const streamEveryMs = 2.5;

interface Round {
  /** The others' p99 while every client reads, and after some stopped, until after their disconnection. */
  readonly readingP99Ms: number;
  readonly stuckP99Ms: number;
  /** The time until the others saw them all quit; Infinity when that took too long. */
  readonly cutOffMs: number;
}

/** The name of a row. */
export function stuckName({ kind, talkers, stuck }: Omit<StuckOptions, "rounds">): string {
  return `${stuck} of ${talkers}${kind === "plain" ? "" : ` ${kind}`}`;
}

export async function measureStuck(
  name: ServerName,
  options: StuckOptions,
  report: Pick<Report, "add">,
): Promise<void> {
  const { kind, talkers, stuck, rate, rounds } = options;
  const server = await startServer(name);
  const others = (1 + stuck) * rounds;
  const found: Round[] = [];
  try {
    using crowd = await Crowd.gather(server, { count: talkers + others, kind });
    const pulse = new Pulse(crowd, { rate, leaveOut: others });
    try {
      for (let round = 0; round < rounds; round++) {
        found.push(await measureRound(crowd, pulse, talkers + (1 + stuck) * round, options));
      }
    } finally {
      pulse.stop();
    }
  } finally {
    await server.stop();
  }
  report.add({ part: "stuck", what: stuckName(options), server: name }, {
    "others' p99 ms": found.map(({ readingP99Ms }) => readingP99Ms),
    "p99 ms then": found.map(({ stuckP99Ms }) => stuckP99Ms),
    ratio: found.map(({ readingP99Ms, stuckP99Ms }) => stuckP99Ms / readingP99Ms),
    "cut off s": found.map(({ cutOffMs }) => cutOffMs / 1000),
  });
}

async function measureRound(
  { peers }: Crowd,
  pulse: Pulse,
  index: number,
  { stuck, halfMs, giveUpMs }: StuckOptions,
): Promise<Round> {
  const [first, streamer] = [peers[0], peers[index]];
  const readers = peers.slice(index + 1, index + 1 + stuck);
  if (!first || !streamer) throw new Error("Cannot find the one who sends");
  const stream = startStream(streamer, readers.map((_, at) => nickOf(index + 1 + at)));
  try {
    await pause(warmMs);
    pulse.takeP99();
    await pause(halfMs);
    const readingP99Ms = pulse.takeP99();
    const stoppedAt = performance.now();
    const quit = first.heardTimes(stuck, "QUIT").then(() => performance.now() - stoppedAt, () => Infinity);
    for (const reader of readers) reader.pause();
    const cutOffMs = await Promise.race([quit, pause(giveUpMs).then(() => Infinity)]);
    await pause(Math.max(warmMs, halfMs - cutOffMs));
    return { readingP99Ms, stuckP99Ms: pulse.takeP99(), cutOffMs };
  } finally {
    clearInterval(stream);
  }
}

/** 4 MB a second to these nicks together, in turn. */
function startStream(from: LoadClient, nicks: readonly string[]): ReturnType<typeof setInterval> {
  const bursts = nicks.map((nick) => {
    const line = benchLine(nick, 0, 0, streamTextBytes);
    const lines = new Uint8Array(line.length * streamLines);
    for (let i = 0; i < streamLines; i++) lines.set(line, i * line.length);
    return lines;
  });
  let turn = 0;
  return setInterval(() => from.send(bursts[turn++ % bursts.length] ?? new Uint8Array()), streamEveryMs);
}
