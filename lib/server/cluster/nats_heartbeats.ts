/**
 * The detection of a machine that stopped answering: each machine sends six heartbeats per lease, and reports a machine
 * whose heartbeats stopped. The report depends on the heartbeats that this machine received, so it can be wrong; the
 * stream orders the events that follow.
 */
import type { NatsConnection } from "@nats-io/transport-node";

/** The connection, the machines and the times of the heartbeats. */
export interface HeartbeatOptions {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly machine: string;
  /** The time without a heartbeat after which a machine counts as lost. */
  readonly leaseMs: number;
  /** The machines that should send heartbeats. */
  readonly expected: () => Iterable<string>;
  /** Called repeatedly for a silent machine, until it is no longer expected. */
  readonly onSilent: (machine: string) => void;
  /** Whether this machine can receive heartbeats now. */
  readonly isUp: () => boolean;
}

/** Sends the heartbeats of this machine and watches those of the others. */
export class NatsHeartbeats {
  readonly #options: HeartbeatOptions;
  readonly #intervalMs: number;
  readonly #receivedMs = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #tickedMs = performance.now();

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#intervalMs = options.leaseMs / 6;
    const { connection, prefix } = options;
    connection.subscribe(`${prefix}.alive`, {
      callback: (error, message) => {
        if (!error) this.#receivedMs.set(message.string(), performance.now());
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
    // A machine that slept, or received nothing itself, cannot judge the others.
    const wasAway = now - this.#tickedMs > 2 * this.#intervalMs || !isUp();
    this.#tickedMs = now;
    if (wasAway) this.#receivedMs.clear();
    // It uses any open connection: a machine that cannot read the stream at the moment still has its users.
    if (!connection.isClosed()) connection.publish(`${prefix}.alive`, machine);
    for (const other of expected()) {
      if (other === machine) continue;
      const received = this.#receivedMs.get(other);
      if (received === undefined) this.#receivedMs.set(other, now);
      else if (now - received > leaseMs) onSilent(other);
    }
  }
}
