/**
 * What was committed on this machine and has not come back in the stream yet. Each event is published under an id that
 * NATS takes once, so that publishing it again, when nothing is known of the first time, never doubles it.
 */
import { isRefusal, type NatsStream } from "./nats_stream.ts";

/** What an outbox is made of. */
export interface OutboxOptions<E> {
  readonly stream: NatsStream;
  /** What an event rejects with that NATS refused. */
  readonly refusal: (event: E) => unknown;
  readonly log: (level: "info" | "error", text: string) => void;
}

interface Waiting<E> {
  readonly id: string;
  readonly event: E;
  readonly data: string;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** Since when NATS has been there for it. */
  sinceMs: number;
  sentMs: number;
}

/** What has not come back by then is asked for. */
const patienceMs = 2000;
/** Asked for at a time: who is slow is not to be made slower. */
const maxAsked = 200;

/** Events under way, by id, oldest first. */
export class NatsOutbox<E> {
  readonly #options: OutboxOptions<E>;
  readonly #waiting = new Map<string, Waiting<E>>();

  constructor(options: OutboxOptions<E>) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** For how many milliseconds the oldest has waited while NATS was there; 0 when nothing waits. */
  get ageMs(): number {
    const [oldest] = this.#waiting.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** Publishes an event at once, or with the next publishAgain(). Resolves with settle(). */
  add(id: string, event: E, by: string, { atOnce }: { atOnce: boolean }): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const data = JSON.stringify({ event, by });
    const one = { id, event, data, resolve, reject, sinceMs: performance.now(), sentMs: 0 };
    this.#waiting.set(id, one);
    if (atOnce) this.#publish(one);
    return promise;
  }

  /** To be called when NATS is back. */
  publishAgain(): void {
    for (const one of this.#waiting.values()) {
      one.sinceMs = performance.now();
      this.#publish(one);
    }
  }

  /** Publishes what has not come back for long once more, and tells `found` its id and its sequence in the stream. */
  ask(found: (id: string, sequence: number) => void): void {
    const before = performance.now() - patienceMs;
    let asked = 0;
    for (const one of this.#waiting.values()) {
      if (one.sentMs > before) continue;
      if (++asked > maxAsked) return;
      one.sentMs = performance.now();
      this.#options.stream.publish(one.data, one.id).then((sequence) => found(one.id, sequence))
        .catch((error) => {
          if (isRefusal(error)) this.#refuse(one, error);
        });
    }
  }

  /** It is applied here. */
  settle(id: string): void {
    const one = this.#waiting.get(id);
    if (one === undefined) return;
    this.#waiting.delete(id);
    one.resolve();
  }

  /** Gives up all that waits. */
  clear(): void {
    for (const { event, reject } of this.#waiting.values()) reject(this.#options.refusal(event));
    this.#waiting.clear();
  }

  /** That it comes back is the answer; nothing is known of those that do not, until ask(). */
  #publish(one: Waiting<E>): void {
    one.sentMs = performance.now();
    try {
      this.#options.stream.put(one.data, one.id);
    } catch (error) {
      this.#refuse(one, error);
    }
  }

  #refuse(one: Waiting<E>, error: unknown): void {
    if (!this.#waiting.delete(one.id)) return;
    const fault = error instanceof Error ? error.message : error;
    this.#options.log("error", `NATS refused an event: ${fault}`);
    one.reject(this.#options.refusal(one.event));
  }
}
