/**
 * Messages at a fixed rate, and the latency of each delivery: an open loop, so a slow server does not slow the senders
 * down. Every message is numbered; a delivery's latency runs from the write of the message to the end of the read
 * that brought it, the work of the load's own process included, which is the same for all servers.
 */

import { channel, type Crowd } from "./crowd.ts";
import { percentile } from "./figures.ts";
import { benchLine, maxSenders, sequenceAt } from "./line.ts";

export interface PulseOptions {
  /** Messages per second, by the first clients of the crowd in turn. */
  readonly rate: number;
  /** Clients that are not counted, at the end of the crowd. */
  readonly leaveOut: number;
}

/** Sends from its construction until stop(). */
export class Pulse {
  readonly #crowd: Crowd;
  readonly #rate: number;
  readonly #leaveOut: number;
  readonly #sentAt: number[] = [];
  readonly #startedAt = performance.now();
  #latencies: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(crowd: Crowd, { rate, leaveOut }: PulseOptions) {
    this.#crowd = crowd;
    this.#rate = rate;
    this.#leaveOut = leaveOut;
    for (const peer of this.#counted) {
      peer.onDelivery = (buffer, end) => {
        const sentAt = this.#sentAt[sequenceAt(buffer, end)];
        if (sentAt !== undefined) this.#latencies.push(performance.now() - sentAt);
      };
    }
    this.#send();
  }

  /** The 99th percentile of the latencies since the start or the last call, in milliseconds. */
  takeP99(): number {
    const sorted = Float64Array.from(this.#latencies).sort();
    this.#latencies = [];
    return percentile(sorted, 0.99);
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const peer of this.#counted) peer.onDelivery = undefined;
  }

  get #counted(): Crowd["peers"] {
    return this.#crowd.peers.slice(0, this.#crowd.peers.length - this.#leaveOut);
  }

  #send(): void {
    const { peers } = this.#crowd;
    const sentAt = this.#sentAt;
    const due = (performance.now() - this.#startedAt) * this.#rate / 1000;
    while (sentAt.length <= due) {
      const sequence = sentAt.length;
      const digit = sequence % Math.min(maxSenders, peers.length - 1);
      sentAt.push(performance.now());
      peers[digit]?.send(benchLine(channel, digit, sequence));
    }
    const nextMs = sentAt.length * 1000 / this.#rate - (performance.now() - this.#startedAt);
    this.#timer = setTimeout(() => this.#send(), Math.max(0, nextMs));
  }
}
