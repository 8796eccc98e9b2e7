/**
 * The health check of the bus. The connection to NATS can work while the stream does not: servers of a NATS cluster
 * failed, the stream has no leader, or the consumer ended. So the bus checks each second that the stream answers and
 * that its events arrive. A reader that is behind and receives nothing is resumed; other failures fail the check.
 */
import type { BusFigures } from "../hub/bus.ts";
import type { NatsOutbox } from "./nats_outbox.ts";
import type { NatsReader } from "./nats_reader.ts";
import type { NatsStream } from "./nats_stream.ts";

/** The parts that the check uses. */
export interface HealthCheckOptions<E> {
  readonly stream: NatsStream;
  readonly reader: NatsReader<E>;
  readonly outbox: NatsOutbox<E>;
  readonly figures: () => BusFigures;
  /** The bus has to resync. Called only while it is up. */
  readonly onFailure: () => void;
}

const intervalMs = 1000;
/** A reader that is behind and receives nothing for this time is resumed. */
const resumeMs = 2000;
/** It is a failure if an event of this machine does not arrive for this time, and no other event does. */
const lostMs = 6000;
/** NATS remembers ids for two minutes. An older event is published again only after the stream is read to its end. */
const staleMs = 60_000;
/** The number of failures in a row that fails the check. */
const maxFailures = 2;

/** Checks until close(). */
export class NatsHealthCheck<E> {
  readonly #options: HealthCheckOptions<E>;
  readonly #timer: ReturnType<typeof setInterval>;
  #isRunning = false;
  #failures = 0;

  constructor(options: HealthCheckOptions<E>) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#run(), intervalMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { figures, onFailure } = this.#options;
    const { reconnects } = figures();
    // A resync in the meantime makes the answer invalid.
    const isCurrent = () => figures().reconnects === reconnects;
    try {
      await this.#check(isCurrent);
    } catch {
      if (++this.#failures >= maxFailures && figures().isUp && isCurrent()) onFailure();
    } finally {
      this.#isRunning = false;
    }
  }

  async #check(isCurrent: () => boolean): Promise<void> {
    const { stream, reader, outbox, figures, onFailure } = this.#options;
    const { stream: name, last } = await stream.ends();
    const { isUp } = figures();
    if (!isCurrent() || (!isUp && !reader.isCatchingUp)) return;
    if (name !== reader.position.stream || outbox.ageMs > staleMs) {
      if (isUp) onFailure();
      return;
    }
    if (isUp) outbox.verify((id, sequence) => this.#found(id, sequence));
    reader.extend(last);
    if (Math.min(outbox.ageMs, reader.silentMs) > lostMs) throw new Error("No event arrives");
    if (reader.lag > 0 && reader.silentMs > resumeMs) await reader.resume();
    this.#failures = 0;
  }

  #found(id: string, sequence: number): void {
    const { reader, outbox } = this.#options;
    reader.extend(sequence);
    if (sequence <= reader.position.sequence) outbox.settle(id);
  }
}
