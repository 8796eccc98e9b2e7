/**
 * Measures the silence of other machines, and counts it only while this machine's own link is proven: a machine receives
 * its own heartbeats from NATS too, so when they stop, its own link is broken and it knows nothing about the others. This
 * file is pure: it has no timer and no connection, and it decides nothing (suspicions.ts).
 */
import { deadlines } from "../../deadlines.ts";

/** The times of a watch, in milliseconds. */
export interface SilenceWatchOptions {
  /** This machine. */
  readonly machine: string;
  readonly leaseMs: number;
}

/** The questions that other parts ask the watch. */
export interface Silence {
  /** For how long `machine` sent no heartbeat while our own link worked; 0 while our link does not work. */
  silentMs(machine: string): number;
  /** Whether a heartbeat of `machine` arrived a moment ago. */
  hears(machine: string): boolean;
}

/** The number of heartbeats that a machine sends in a lease. */
export const heartbeatsPerLease = 6;

/** The heartbeats that arrived here. All times are by one clock that never jumps. */
export class SilenceWatch implements Silence {
  readonly #options: SilenceWatchOptions;
  readonly #now: () => number;
  /** When our own heartbeat arrived last; undefined if none has. */
  #provenAt: number | undefined;
  /** No silence before this moment counts. */
  #countsFrom: number;
  /** When each expected machine was heard last; at first, when it began to be expected. */
  readonly #silentFrom = new Map<string, number>();
  readonly #heardAt = new Map<string, number>();

  constructor(options: SilenceWatchOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#countsFrom = now();
  }

  /** A heartbeat arrived, our own or that of another machine; or the machine was heard in another way. */
  onHeartbeat(machine: string): void {
    const now = this.#now();
    if (machine === this.#options.machine) return this.#prove(now);
    this.#silentFrom.set(machine, now);
    this.#heardAt.set(machine, now);
  }

  /** Sets the machines that should be heard. A new one is silent from now on. */
  expect(machines: Iterable<string>): void {
    const expected = new Set(machines);
    for (const machine of this.#silentFrom.keys()) {
      if (expected.has(machine)) continue;
      this.#silentFrom.delete(machine);
      this.#heardAt.delete(machine);
    }
    for (const machine of expected) {
      if (!this.#silentFrom.has(machine)) this.#silentFrom.set(machine, this.#now());
    }
  }

  silentMs(machine: string): number {
    const from = this.#silentFrom.get(machine);
    if (from === undefined || !this.#isProven) return 0;
    return Math.max(0, this.#now() - Math.max(from, this.#countsFrom));
  }

  hears(machine: string): boolean {
    const heardAt = this.#heardAt.get(machine) ?? -Infinity;
    return this.#isProven && this.#now() - heardAt < 2 * this.#options.leaseMs / heartbeatsPerLease;
  }

  get #isProven(): boolean {
    return this.#provenAt !== undefined && this.#now() - this.#provenAt < this.#longestGapMs;
  }

  /** Our own heartbeats have shorter gaps than this, or the link was broken. */
  get #longestGapMs(): number {
    return this.#options.leaseMs / 2;
  }

  #prove(now: number): void {
    const wasBroken = this.#provenAt !== undefined && now - this.#provenAt >= this.#longestGapMs;
    // After an own outage the others can need time to connect again too.
    if (wasBroken) this.#countsFrom = now + Math.max(this.#options.leaseMs, deadlines.natsConnectMs);
    this.#provenAt = now;
  }
}
