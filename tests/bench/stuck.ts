/**
 * A client that stops reading: is it cut off, and do the others notice? A hundred people talk at a steady rate while
 * somebody sends a stream of private messages to one client more, first while it reads and then while it does not.
 * The others' latency is taken in both halves, so all that differs is the reading. The stream is there because the
 * kernel takes some megabytes before a server's own queue begins to grow.
 */

import { Crowd, nickOf } from "./crowd.ts";
import { pause } from "./figures.ts";
import { benchLine } from "./line.ts";
import type { Peer } from "./peer.ts";
import { Pulse } from "./pulse.ts";
import { type ServerName, startServer } from "./servers.ts";

export interface Stuck {
  /** The others' p99 while everybody reads. */
  readonly readingP99Ms: number;
  /** The others' p99 from when one stops reading until after it was cut off. */
  readonly stuckP99Ms: number;
  /** From when it stopped reading until the others saw it quit; undefined when that did not happen within 20 s. */
  readonly cutOffMs: number | undefined;
}

const talkers = 100;
const halfMs = 2_000;
const giveUpMs = 20_000;
const streamTextBytes = 400;
const streamLines = 100;
const streamEveryMs = 10;

export async function measureStuck(name: ServerName, rate: number): Promise<Stuck> {
  const server = await startServer(name);
  try {
    using crowd = await Crowd.gather(server, { count: talkers + 2 });
    const [first, streamer, reader] = [0, talkers, talkers + 1].map((index) => crowd.peers[index]);
    if (!first || !streamer || !reader) throw new Error("Cannot find the one who reads");
    const stream = startStream(streamer, nickOf(talkers + 1));
    const pulse = new Pulse(crowd, { rate, leaveOut: 2 });
    await pause(halfMs);
    pulse.take();
    await pause(halfMs);
    const reading = pulse.take();
    const stoppedAt = performance.now();
    const quit = first.heard("QUIT").then(() => performance.now() - stoppedAt, () => undefined);
    reader.pause();
    const cutOffMs = await Promise.race([quit, pause(giveUpMs).then(() => undefined)]);
    await pause(Math.max(500, halfMs - (performance.now() - stoppedAt)));
    const stuck = pulse.take();
    pulse.stop();
    clearInterval(stream);
    return { readingP99Ms: reading.p99Ms, stuckP99Ms: stuck.p99Ms, cutOffMs };
  } finally {
    await server.stop();
  }
}

/** 4 MB a second to one nick. */
function startStream(from: Peer, nick: string): ReturnType<typeof setInterval> {
  const line = benchLine(nick, 0, 0, streamTextBytes);
  const lines = new Uint8Array(line.length * streamLines);
  for (let i = 0; i < streamLines; i++) lines.set(line, i * line.length);
  return setInterval(() => from.send(lines), streamEveryMs);
}
