/**
 * Events that were committed on this machine and have not come back in the stream yet. Each is published under an id
 * that NATS accepts once. So an event with an unknown result can be published again, and still happens once.
 */
import type { BusFault } from "./bus_fault.ts";
import { NatsError } from "./nats_faults.ts";
import type { NatsStream } from "./nats_stream.ts";

/** The parts that an outbox uses. */
export interface OutboxOptions<E> {
  readonly stream: Pick<NatsStream, "put" | "publish">;
  /** The rejection of an event that NATS refused. */
  readonly refusal: (event: E, fault: BusFault) => unknown;
  /** Whether an event that NATS refused waits until NATS accepts it. */
  readonly mustHappen: (event: E) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** NATS refused an event. */
  readonly onRefused: (fault: BusFault) => void;
  /** NATS stored events again after it had refused some. */
  readonly onAccepted: () => void;
}

interface Waiting<E> {
  readonly id: string;
  readonly event: E;
  readonly data: string;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** See AddOptions. */
  readonly lapses: boolean;
  /** The start of its wait while NATS is reachable, by performance.now(). */
  sinceMs: number;
  sentMs: number;
}

/** The way in which an event is sent. */
export interface AddOptions {
  /** Publishes it at once, or with the next republish(). */
  readonly atOnce: boolean;
  /** It is never published a second time: what it says can be wrong by then. @default {false} */
  readonly lapses?: boolean;
}

/** An event that has not come back after this time is verified. */
const overdueMs = 2000;
/** The most events that are verified at a time, so that a slow NATS does not become slower. */
const maxVerified = 200;
/** After a refusal, events are published with an answer for this time, so that the next person is told at once. */
const carefulMs = 10_000;

/** The events that have not come back, by id, oldest first. */
export class NatsOutbox<E> {
  readonly #options: OutboxOptions<E>;
  readonly #waiting = new Map<string, Waiting<E>>();
  /** When NATS last refused an event, by performance.now(). */
  #refusedMs = -Infinity;
  #isRefusing = false;

  constructor(options: OutboxOptions<E>) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** The time that the oldest event has waited while NATS was reachable; 0 if no event waits. */
  get ageMs(): number {
    const [oldest] = this.#waiting.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** Publishes an event. Resolves with settle(). */
  add(id: string, event: E, by: string, { atOnce, lapses = false }: AddOptions): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const data = JSON.stringify({ event, by, at: this.#options.now() });
    const times = { sinceMs: performance.now(), sentMs: -Infinity };
    const waiting = { id, event, data, resolve, reject, lapses, ...times };
    this.#waiting.set(id, waiting);
    if (atOnce) this.#publish(waiting);
    return promise;
  }

  /** Publishes all events again; call it when the connection to NATS is back. */
  republish(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.sinceMs = performance.now();
      this.#publish(waiting);
    }
  }

  /** Rejects the events that lapse. Call it when NATS cannot be reached; one that was sent can still arrive. */
  lapse(fault: BusFault): void {
    for (const waiting of this.#waiting.values()) if (waiting.lapses) this.#drop(waiting, fault);
  }

  /** Publishes overdue events again, and calls `found` with the id of each and its sequence in the stream. */
  verify(found: (id: string, sequence: number) => void): void {
    const before = performance.now() - overdueMs;
    let verified = 0;
    for (const waiting of this.#waiting.values()) {
      if (waiting.sentMs > before) continue;
      if (waiting.lapses) {
        this.#drop(waiting, { kind: "unreachable" });
        continue;
      }
      if (++verified > maxVerified) return;
      void this.#publishWithAnswer(waiting, found);
    }
  }

  /** The event is applied on this machine. */
  settle(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (this.#isRefusing && performance.now() - this.#refusedMs > carefulMs) this.#accept();
    waiting.resolve();
  }

  /** Rejects all events. */
  clear(fault: BusFault): void {
    for (const { event, reject } of this.#waiting.values()) reject(this.#options.refusal(event, fault));
    this.#waiting.clear();
  }

  /** It requests no answer: an event comes back in the stream, and verify() checks events that do not. */
  #publish(waiting: Waiting<E>): void {
    if (performance.now() - this.#refusedMs < carefulMs) return void this.#publishWithAnswer(waiting);
    waiting.sentMs = performance.now();
    try {
      this.#options.stream.put(waiting.data, waiting.id);
    } catch (error) {
      this.#refuse(waiting, error);
    }
  }

  async #publishWithAnswer(
    waiting: Waiting<E>,
    found?: (id: string, sequence: number) => void,
  ): Promise<void> {
    waiting.sentMs = performance.now();
    try {
      const sequence = await this.#options.stream.publish(waiting.data, waiting.id);
      found?.(waiting.id, sequence);
    } catch (error) {
      if (error instanceof NatsError && error.isRefusal) this.#refuse(waiting, error);
    }
  }

  #refuse(waiting: Waiting<E>, error: unknown): void {
    const fault: BusFault = error instanceof NatsError ? error.fault : { kind: "unreachable" };
    this.#options.onRefused(fault);
    if (fault.kind !== "too large") {
      this.#refusedMs = performance.now();
      this.#isRefusing = true;
      if (this.#options.mustHappen(waiting.event) && !waiting.lapses) {
        // It is certainly not in the stream, so it does not grow old; verify() publishes it again.
        waiting.sinceMs = performance.now();
        return;
      }
    }
    this.#drop(waiting, fault);
  }

  #accept(): void {
    this.#isRefusing = false;
    this.#options.onAccepted();
  }

  #drop(waiting: Waiting<E>, fault: BusFault): void {
    if (this.#waiting.delete(waiting.id)) waiting.reject(this.#options.refusal(waiting.event, fault));
  }
}
