/**
 * A client that stops reading: does the server disconnect it, and are the others slower? A hundred people talk at a
 * steady rate while one sender streams private messages to one more client, which first reads and then does not.
 * The latency of the others is measured in both halves. The stream is needed because the kernel buffers some
 * megabytes before the server's own queue grows.
 */

import { Crowd, nickOf } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import { median, warmMs } from "./figures.ts";
import { benchLine } from "./line.ts";
import type { LoadClient } from "./load_client.ts";
import { Pulse } from "./pulse.ts";
import { type ServerName, startServer } from "./servers.ts";

export interface Stuck {
  /** The others' p99 while every client reads. */
  readonly readingP99Ms: number;
  /** The others' p99 after one stopped reading, until after its disconnection. */
  readonly stuckP99Ms: number;
  /** The second divided by the first, in each round. */
  readonly ratio: number;
  /** The time until the others saw it quit; Infinity when that took over 10 s. */
  readonly cutOffMs: number;
}

export interface StuckOptions {
  /** Messages per second. */
  readonly rate: number;
  /** Each has a sender and a reader of its own, because ngIRCd slows the sender when the reader is disconnected. */
  readonly rounds: number;
}

const talkers = 100;
const halfMs = 1_500;
const giveUpMs = 10_000;
const streamTextBytes = 400;
const streamLines = 25;
const streamEveryMs = 2.5;

/** The median of the rounds. */
export async function measureStuck(name: ServerName, { rate, rounds }: StuckOptions): Promise<Stuck> {
  const server = await startServer(name);
  try {
    using crowd = await Crowd.gather(server, { count: talkers + 2 * rounds });
    const pulse = new Pulse(crowd, { rate, leaveOut: 2 * rounds });
    const found: Stuck[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        found.push(await measureRound(crowd, pulse, talkers + 2 * round));
      }
    } finally {
      pulse.stop();
    }
    return {
      readingP99Ms: median(found.map(({ readingP99Ms }) => readingP99Ms)),
      stuckP99Ms: median(found.map(({ stuckP99Ms }) => stuckP99Ms)),
      ratio: median(found.map(({ ratio }) => ratio)),
      cutOffMs: median(found.map(({ cutOffMs }) => cutOffMs)),
    };
  } finally {
    await server.stop();
  }
}

async function measureRound(crowd: Crowd, pulse: Pulse, index: number): Promise<Stuck> {
  const [first, streamer, reader] = [0, index, index + 1].map((each) => crowd.peers[each]);
  if (!first || !streamer || !reader) throw new Error("Cannot find the one who reads");
  const stream = startStream(streamer, nickOf(index + 1));
  try {
    await pause(warmMs);
    pulse.take();
    await pause(halfMs);
    const readingP99Ms = pulse.take().p99Ms;
    const stoppedAt = performance.now();
    const quit = first.heard("QUIT").then(() => performance.now() - stoppedAt, () => Infinity);
    reader.pause();
    const cutOffMs = await Promise.race([quit, pause(giveUpMs).then(() => Infinity)]);
    clearInterval(stream);
    await pause(warmMs);
    const stuckP99Ms = pulse.take().p99Ms;
    return { readingP99Ms, stuckP99Ms, ratio: stuckP99Ms / readingP99Ms, cutOffMs };
  } finally {
    clearInterval(stream);
  }
}

/** 4 MB a second to one nick. */
function startStream(from: LoadClient, nick: string): ReturnType<typeof setInterval> {
  const line = benchLine(nick, 0, 0, streamTextBytes);
  const lines = new Uint8Array(line.length * streamLines);
  for (let i = 0; i < streamLines; i++) lines.set(line, i * line.length);
  return setInterval(() => from.send(lines), streamEveryMs);
}
