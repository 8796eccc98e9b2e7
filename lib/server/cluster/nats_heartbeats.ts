/**
 * The heartbeats of the machines: each sends six per lease to all, and to itself. They go past the stream, because they
 * are many and nobody needs the old ones. What a missing heartbeat means is decided in suspicions.ts.
 */
import type { NatsConnection } from "@nats-io/transport-node";
import { heartbeatsPerLease, SilenceWatch } from "./silence_watch.ts";

/** The connection, the machine and the times of the heartbeats. */
export interface HeartbeatOptions {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly machine: string;
  /** The time without a heartbeat after which a machine counts as lost. */
  readonly leaseMs: number;
  /** The machines that should send heartbeats. */
  readonly expected: () => Iterable<string>;
  /** Called after each heartbeat of this machine. */
  readonly onTick: () => void;
}

/** Sends the heartbeats of this machine and hears all. */
export class NatsHeartbeats {
  readonly silence: SilenceWatch;
  readonly #options: HeartbeatOptions;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    const { connection, prefix, leaseMs } = options;
    this.silence = new SilenceWatch(options, () => performance.now());
    connection.subscribe(`${prefix}.alive`, {
      callback: (error, message) => {
        if (!error) this.silence.onHeartbeat(message.string());
      },
    });
    this.#timer = setInterval(() => this.#tick(), leaseMs / heartbeatsPerLease);
    this.#tick();
  }

  /** Sends a heartbeat now: the others do not wait for the next one after a break. */
  beat(): void {
    const { connection, prefix, machine } = this.#options;
    // It uses any open connection: a machine that cannot read the stream at the moment still has its users.
    if (!connection.isClosed()) connection.publish(`${prefix}.alive`, machine);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.beat();
    this.silence.expect(this.#options.expected());
    this.#options.onTick();
  }
}
