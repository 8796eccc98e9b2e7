/**
 * The lease of a machine: it says every second that it is there, and who has been silent for long is reported. Judges by
 * what was heard here alone, so it may be wrong about a machine; what follows from it is ordered by the stream.
 */
import type { NatsConnection } from "@nats-io/transport-node";

/** What a lease is about. */
export interface LeaseOptions {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly machine: string;
  /** Silence after which a machine is taken for gone. */
  readonly leaseMs: number;
  /** The machines that should be there. */
  readonly expected: () => Iterable<string>;
  /** Told of a silent machine again and again, until it is expected no more. */
  readonly onSilent: (machine: string) => void;
  /** Whether this machine hears anything at all. */
  readonly isUp: () => boolean;
}

/** Keeps this machine's lease and watches those of others. */
export class NatsLease {
  readonly #options: LeaseOptions;
  readonly #intervalMs: number;
  readonly #heardMs = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #tickedMs = performance.now();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#intervalMs = options.leaseMs / 6;
    const { connection, prefix } = options;
    connection.subscribe(`${prefix}.alive`, {
      callback: (error, message) => {
        if (!error) this.#heardMs.set(message.string(), performance.now());
      },
    });
    this.#timer = setInterval(() => this.#tick(), this.#intervalMs);
    this.#tick();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const { connection, prefix, machine, leaseMs, expected, onSilent, isUp } = this.#options;
    const now = performance.now();
    // Who slept, or heard nothing itself, cannot say that the others were silent.
    const wasAway = now - this.#tickedMs > 2 * this.#intervalMs || !isUp();
    this.#tickedMs = now;
    if (wasAway) this.#heardMs.clear();
    // Said as long as there is a connection: who cannot read the stream just now has its people still.
    if (!connection.isClosed()) connection.publish(`${prefix}.alive`, machine);
    for (const other of expected()) {
      if (other === machine) continue;
      const heard = this.#heardMs.get(other);
      if (heard === undefined) this.#heardMs.set(other, now);
      else if (now - heard > leaseMs) onSilent(other);
    }
  }
}
