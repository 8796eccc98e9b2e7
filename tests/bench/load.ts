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
 * needs. All clients are read, not only the witness: the senders wait while the others are far behind, so a slow reader
 * of the benchmark does not look like a slow server. At the end no client sends; the measurement fails when deliveries
 * are missing and none comes any more (drain.ts).
 */

import { cpuSeconds } from "./cpu.ts";
import { channel, type Crowd } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import { benchLine, maxSenders, senderAt } from "./line.ts";
import { Drain } from "./drain.ts";
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

/** The senders wait while the clients lack this many times the messages in flight. */
const maxLag = 4;

export async function measureLoad(server: Server, crowd: Crowd, options: LoadOptions): Promise<Throughput> {
  const loop = new ClosedLoop(crowd, options.inFlight);
  await pause(options.warmMs);
  const before = sample(server, crowd);
  await pause(options.windowMs);
  const after = sample(server, crowd);
  await loop.drain();
  if (after.delivered === before.delivered) throw new Error("nothing was delivered");
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
  readonly #maxMissing: number;
  readonly #receivers: number;
  /** Deliveries that the clients lack. */
  #missing = 0;
  #isHeld = false;
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
    this.#receivers = crowd.peers.length - 1;
    this.#maxMissing = maxLag * count * each * this.#receivers;
    for (const peer of crowd.peers) peer.onProgress = (deliveries) => this.#arrived(deliveries);
    this.#senders = crowd.peers.slice(0, count).map((peer, digit) => new Sender(peer, digit, each));
    witness.onDelivery = (buffer, end) => this.#senders[senderAt(buffer, end)]?.free();
    witness.onRead = () => this.#sendFreed();
    this.#sendFreed();
  }

  /** Stops sending and waits for the messages in flight. */
  async drain(): Promise<void> {
    this.#stopped = true;
    const drain = new Drain();
    const missing = () => ({
      deliveries: this.#missing,
      loss: this.#crowd.isWhole ? undefined : this.#crowd.lossSentence,
    });
    try {
      do await pause(10); while (!drain.isDone(missing(), performance.now()));
    } finally {
      this.#witness.onDelivery = undefined;
      this.#witness.onRead = undefined;
      for (const peer of this.#crowd.peers) peer.onProgress = undefined;
    }
  }

  #arrived(deliveries: number): void {
    this.#missing -= deliveries;
    if (this.#isHeld && this.#missing <= this.#maxMissing / 2) this.#sendFreed();
  }

  #sendFreed(): void {
    this.#isHeld = this.#missing > this.#maxMissing;
    if (this.#stopped || this.#isHeld) return;
    for (const sender of this.#senders) this.#missing += sender.sendFreed() * this.#receivers;
  }
}

/** One of the K senders, with its line ready `each` times in a row. */
class Sender {
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

  /** Sends what is free; returns how many messages that were. */
  sendFreed(): number {
    const count = this.#freed;
    this.#freed = 0;
    if (count > 0) this.#peer.send(this.#lines.subarray(0, count * this.#lineBytes));
    return count;
  }
}

function sample(server: Server, crowd: Crowd): { seconds: number; cpu: number; delivered: number } {
  return { seconds: performance.now() / 1000, cpu: cpuSeconds(server.pid), delivered: crowd.delivered };
}
