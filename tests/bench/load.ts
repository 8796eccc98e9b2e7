/**
 * Throughput with W messages in flight, a closed loop:
 *
 * K = min(8, W, N - 1) clients of the channel are senders, each with W / K messages of 100 bytes outstanding (W is
 * rounded down to a multiple of K). The last client to join is the witness: when it has seen a message, the sender
 * of that message sends its next one; what one read of the witness sets free goes out in one write per sender.
 * So a server has at most W messages at the witness's end of the pipe, and its own queues stay short.
 *
 * After a warm-up a window is measured: lines counted at all clients, wall time, and CPU time of the server's process.
 * The load itself runs in the benchmark's process, on another core where there is one, so it does not count; where it
 * is slower than the server, deliveries per wall second say what both reach together, per CPU second what the server
 * needs. At the end no client sends; the measurement fails if a client has not received everything within 5 s.
 */

import { cpuSeconds } from "./cpu.ts";
import { channel } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import { benchLine, senderAt } from "./line.ts";
import type { LoadClient } from "./load_client.ts";
import type { Server } from "./servers.ts";

export interface LoadOptions {
  readonly inFlight: number;
  readonly warmMs: number;
  readonly windowMs: number;
}

export interface Throughput {
  readonly perWallSecond: number;
  readonly perCpuSecond: number;
}

const maxSenders = 8;
const drainLimitMs = 5_000;

export async function measureLoad(server: Server, crowd: Crowd, options: LoadOptions): Promise<Throughput> {
  const loop = new ClosedLoop(crowd, options.inFlight);
  await pause(options.warmMs);
  const before = sample(server, crowd);
  await pause(options.windowMs);
  const after = sample(server, crowd);
  await loop.drain();
  const deliveries = after.delivered - before.delivered;
  return {
    perWallSecond: deliveries / (after.seconds - before.seconds),
    perCpuSecond: deliveries / (after.cpu - before.cpu),
  };
}

class ClosedLoop {
  readonly #crowd: Crowd;
  readonly #witness: LoadClient;
  readonly #senders: readonly Sender[];
  readonly #deliveredBefore: number;
  #stopped = false;

  constructor(crowd: Crowd, inFlight: number) {
    const [witness] = crowd.peers.slice(-1);
    if (!witness || crowd.peers.length < 2) {
      throw new RangeError("Cannot load a channel of fewer than 2 clients");
    }
    const count = Math.min(maxSenders, inFlight, crowd.peers.length - 1);
    const each = Math.floor(inFlight / count);
    this.#crowd = crowd;
    this.#witness = witness;
    this.#deliveredBefore = crowd.delivered;
    this.#senders = crowd.peers.slice(0, count).map((peer, digit) => new Sender(peer, digit, each));
    witness.onDelivery = (buffer, end) => this.#senders[senderAt(buffer, end)]?.free();
    witness.onRead = () => this.#sendFreed();
    this.#sendFreed();
  }

  /** Stops sending and waits for the messages in flight. */
  async drain(): Promise<void> {
    this.#stopped = true;
    const receivers = this.#crowd.peers.length - 1;
    const giveUpAt = performance.now() + drainLimitMs;
    for (;;) {
      await pause(10);
      const sent = this.#senders.reduce((sum, sender) => sum + sender.sent, 0);
      const missing = sent * receivers - (this.#crowd.delivered - this.#deliveredBefore);
      if (missing === 0) break;
      if (missing < 0) throw new Error(`Cannot trust this server: ${-missing} deliveries too many`);
      if (performance.now() > giveUpAt) {
        throw new Error(`Cannot trust this server: ${missing} deliveries lost`);
      }
    }
    this.#witness.onDelivery = undefined;
    this.#witness.onRead = undefined;
  }

  #sendFreed(): void {
    if (this.#stopped) return;
    for (const sender of this.#senders) sender.sendFreed();
  }
}

/** One of the K senders, with its line ready `each` times in a row. */
class Sender {
  sent = 0;
  readonly #peer: LoadClient;
  readonly #lineBytes: number;
  readonly #lines: Uint8Array;
  #freed: number;

  constructor(peer: LoadClient, digit: number, each: number) {
    const line = benchLine(channel, digit);
    this.#peer = peer;
    this.#lineBytes = line.length;
    this.#lines = new Uint8Array(line.length * each);
    for (let i = 0; i < each; i++) this.#lines.set(line, i * line.length);
    this.#freed = each;
  }

  free(): void {
    this.#freed++;
  }

  sendFreed(): void {
    if (this.#freed === 0) return;
    this.#peer.send(this.#lines.subarray(0, this.#freed * this.#lineBytes));
    this.sent += this.#freed;
    this.#freed = 0;
  }
}

function sample(server: Server, crowd: Crowd): { seconds: number; cpu: number; delivered: number } {
  return { seconds: performance.now() / 1000, cpu: cpuSeconds(server.pid), delivered: crowd.delivered };
}
