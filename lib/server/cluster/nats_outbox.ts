/**
 * Events that were committed on this machine and have not come back in the stream yet. The events of one tick travel in
 * one message (event_message.ts): NATS and every machine handle a message, so its events together cost little more than
 * one. A message is published under an id that NATS accepts once. So a message with an unknown result can be published
 * again, and its events still happen once.
 */
import type { BusFault } from "./bus_fault.ts";
import { eventText, messageText } from "./event_message.ts";
import { NatsError } from "./nats_faults.ts";
import type { NatsStream } from "./nats_stream.ts";

/** The parts that an outbox uses. */
export interface OutboxOptions<E> {
  readonly stream: Pick<NatsStream, "put" | "publish" | "maxEventBytes">;
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

/** An event that has not come back. */
interface Entry<E> {
  /** Becomes the id of its message, if the event is the first one in it. */
  readonly id: string;
  readonly event: E;
  /** As in the message. */
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** A message with events that have not come back. */
interface Waiting<E> {
  readonly id: string;
  readonly entries: Entry<E>[];
  /** The time of its first event. */
  readonly atMs: number;
  /** The length of the texts of its events. */
  length: number;
  /** See AddOptions. */
  readonly lapses: boolean;
  /** The start of its wait while NATS is reachable, by performance.now(). */
  sinceMs: number;
  sentMs: number;
}

/** The way in which an event is sent. */
export interface AddOptions {
  /** Publishes it in this tick, or with the next republish(). */
  readonly atOnce: boolean;
  /** It is never published a second time: what it says can be wrong by then. @default {false} */
  readonly lapses?: boolean;
  /** It has a message of its own, for example because several machines commit under its id. @default {lapses} */
  readonly alone?: boolean;
}

/** A message that has not come back after this time is verified. */
const overdueMs = 2000;
/** The most messages that are verified at a time, so that a slow NATS does not become slower. */
const maxVerified = 200;
/** After a refusal, events are published with an answer for this time, so that the next person is told at once. */
const carefulMs = 10_000;
/** The length of a message that gets no further events; a larger message delays the first of its events. */
const fullLength = 32_768;
/** "}," between two events. */
const separatorLength = 2;
/** The part of a message that is not an event. */
const frameLength = 64;
/** A letter has at most three bytes in UTF-8 for each unit of a string. */
const bytesPerUnit = 3;
/** Rounds of microtasks until the events of a tick are published: as many as lines need from their reads to here. */
const rounds = 4;

/** The messages that have not come back, by id, oldest first. */
export class NatsOutbox<E> {
  readonly #options: OutboxOptions<E>;
  readonly #waiting = new Map<string, Waiting<E>>();
  #size = 0;
  /** The message of this tick, which is not published yet. */
  #open: Waiting<E> | undefined;
  #rounds = 0;
  /** When NATS last refused an event, by performance.now(). */
  #refusedMs = -Infinity;
  #isRefusing = false;

  constructor(options: OutboxOptions<E>) {
    this.#options = options;
  }

  /** The number of events. */
  get size(): number {
    return this.#size;
  }

  /** Whether a message with this id waits. */
  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** The time that the oldest event has waited while NATS was reachable; 0 if no event waits. */
  get ageMs(): number {
    const [oldest] = this.#waiting.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** Publishes an event with the others of this tick. Resolves with settle(). */
  add(
    id: string,
    event: E,
    by: string,
    { atOnce, lapses = false, alone = lapses }: AddOptions,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = { id, event, text: eventText(event, by), resolve, reject };
    this.#size++;
    if (alone || !atOnce) {
      // Events keep their order.
      this.#publishOpen();
      const waiting = this.#wait(entry, lapses);
      if (atOnce) this.#publish(waiting);
      return promise;
    }
    const open = this.#open;
    if (open !== undefined && this.#hasSpace(open, entry)) {
      open.entries.push(entry);
      open.length += entry.text.length + separatorLength;
      return promise;
    }
    this.#publishOpen();
    this.#open = this.#wait(entry);
    this.#rounds = rounds;
    queueMicrotask(this.#round);
    return promise;
  }

  readonly #round = (): void => {
    if (--this.#rounds === 0) this.#publishOpen();
    else if (this.#rounds > 0) queueMicrotask(this.#round);
  };

  #hasSpace({ length }: Waiting<E>, { text }: Entry<E>): boolean {
    const maxLength = Math.min(fullLength, this.#options.stream.maxEventBytes / bytesPerUnit);
    return length + text.length <= maxLength - frameLength;
  }

  #wait(entry: Entry<E>, lapses = false): Waiting<E> {
    const { id, text } = entry;
    const atMs = this.#options.now();
    const times = { sinceMs: performance.now(), sentMs: -Infinity };
    const waiting = { id, entries: [entry], atMs, length: text.length, lapses, ...times };
    this.#waiting.set(id, waiting);
    return waiting;
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

  /** Publishes overdue messages again, and calls `found` with the id of each and its sequence in the stream. */
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

  /** The events of this message are applied on this machine. */
  settle(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#remove(waiting);
    if (this.#isRefusing && performance.now() - this.#refusedMs > carefulMs) this.#accept();
    for (const { resolve } of waiting.entries) resolve();
  }

  /** Rejects all events. */
  clear(fault: BusFault): void {
    for (const waiting of this.#waiting.values()) this.#drop(waiting, fault);
  }

  #publishOpen(): void {
    if (this.#open !== undefined) this.#publish(this.#open);
  }

  /** It requests no answer: an event comes back in the stream, and verify() checks events that do not. */
  #publish(waiting: Waiting<E>): void {
    this.#close(waiting);
    if (performance.now() - this.#refusedMs < carefulMs) return void this.#publishWithAnswer(waiting);
    waiting.sentMs = performance.now();
    try {
      this.#options.stream.put(messageText(waiting.entries, waiting.atMs), waiting.id);
    } catch (error) {
      this.#refuse(waiting, error);
    }
  }

  async #publishWithAnswer(
    waiting: Waiting<E>,
    found?: (id: string, sequence: number) => void,
  ): Promise<void> {
    this.#close(waiting);
    waiting.sentMs = performance.now();
    try {
      const text = messageText(waiting.entries, waiting.atMs);
      const sequence = await this.#options.stream.publish(text, waiting.id);
      found?.(waiting.id, sequence);
    } catch (error) {
      if (error instanceof NatsError && error.isRefusal) this.#refuse(waiting, error);
    }
  }

  /** Gets no further events: one id always has the same message. */
  #close(waiting: Waiting<E>): void {
    if (this.#open === waiting) this.#open = undefined;
  }

  #refuse(waiting: Waiting<E>, error: unknown): void {
    const fault: BusFault = error instanceof NatsError ? error.fault : { kind: "unreachable" };
    const { mustHappen, onRefused } = this.#options;
    const { entries, lapses } = waiting;
    if (fault.kind === "too large" && entries.length > 1) return this.#divide(waiting);
    onRefused(fault);
    if (fault.kind === "too large") return this.#drop(waiting, fault);
    this.#refusedMs = performance.now();
    this.#isRefusing = true;
    if (!this.#remove(waiting)) return;
    for (const entry of entries) {
      if (lapses || !mustHappen(entry.event)) this.#reject(entry, fault);
      else this.#keep(entry);
    }
  }

  /** The event is certainly not in the stream, so it does not grow old; verify() publishes it again. */
  #keep(entry: Entry<E>): Waiting<E> {
    this.#size++;
    const waiting = this.#wait(entry);
    waiting.sentMs = performance.now();
    return waiting;
  }

  /** The limit of NATS is smaller than when the events were put together. */
  #divide(waiting: Waiting<E>): void {
    if (!this.#remove(waiting)) return;
    for (const entry of waiting.entries) this.#publish(this.#keep(entry));
  }

  #accept(): void {
    this.#isRefusing = false;
    this.#options.onAccepted();
  }

  #drop(waiting: Waiting<E>, fault: BusFault): void {
    if (this.#remove(waiting)) { for (const entry of waiting.entries) this.#reject(entry, fault); }
  }

  #reject({ event, reject }: Entry<E>, fault: BusFault): void {
    reject(this.#options.refusal(event, fault));
  }

  /** False if it does not wait any more. */
  #remove(waiting: Waiting<E>): boolean {
    this.#close(waiting);
    if (this.#waiting.get(waiting.id) !== waiting) return false;
    this.#waiting.delete(waiting.id);
    this.#size -= waiting.entries.length;
    return true;
  }
}
