/**
 * Reads the stream of a chat in order and knows this machine's position in it. It applies each event once and reports a
 * sequence gap; the bus (nats_bus.ts) decides what to do then.
 */
import { maxClockFaultMs } from "../../irc/clock.ts";
import { nextStamp } from "../../irc/stamp.ts";
import { type EventMessage, parseMessage } from "./event_message.ts";
import type { Ends, NatsStream, StreamMessage } from "./nats_stream.ts";
import type { Position } from "./replica.ts";

/** The parts that a reader uses. */
export interface ReaderOptions<E> {
  readonly stream: Pick<NatsStream, "follow" | "stop" | "timeOf">;
  /** Applies one event. */
  readonly apply: (event: E, stamp: number, by: string) => void;
  /** All events of a message, which was published under `id`, are applied. */
  readonly onApplied: (id: string) => void;
  /** The stream skipped an event. The reader has stopped. */
  readonly onGap: () => void;
  /** The name of this machine: the ids of its events begin with it. */
  readonly machine: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** The reading end of a bus. */
export class NatsReader<E> {
  readonly #options: ReaderOptions<E>;
  #sequence = 0;
  #stamp = 0;
  #streamName = "";
  /** The newest sequence that is known to be in the stream. */
  #newest = 0;
  /** When NATS got the last message that this machine read; undefined before the first one. */
  #receivedAt: number | undefined;
  /** The time when the last event arrived, or when reading began. */
  #receivedMs = 0;
  #catchUp: PromiseWithResolvers<void> | undefined;
  /** Whether another program published in the stream. */
  #hasForeign = false;
  #clockAheadMs = 0;

  constructor(options: ReaderOptions<E>) {
    this.#options = options;
  }

  get position(): Position {
    return { sequence: this.#sequence, last: this.#stamp, stream: this.#streamName };
  }

  /** Events that are in the stream and not applied here yet. */
  get lag(): number {
    return Math.max(0, this.#newest - this.#sequence);
  }

  /** The time since the last event arrived. */
  get silentMs(): number {
    return performance.now() - this.#receivedMs;
  }

  /** How far the clock of NATS is ahead of this machine's at least, in milliseconds; negative if it is behind. */
  get clockAheadMs(): number {
    return this.#clockAheadMs;
  }

  get isCatchingUp(): boolean {
    return this.#catchUp !== undefined;
  }

  /** Sets the stream that the position belongs to, before seek(). */
  set streamName(name: string) {
    this.#streamName = name;
  }

  /** Moves to a position, or to the next one that the stream has. */
  seek({ sequence, last: stamp, stream }: Position, { stream: name, first, last }: Ends): void {
    const isOther = stream !== name;
    if (sequence > 0 && isOther) {
      this.#options.log("error", "NATS has a new stream; this machine reads it from the beginning");
    } else if (sequence > last) {
      const lost =
        "NATS lost the newest events of its stream, as after a power failure; this machine has them";
      this.#options.log("error", `${lost} (${sequence - last})`);
    } else if (sequence > 0 && sequence < first - 1) {
      const sentence =
        "This machine was away for longer than NATS keeps events; messages of that time are missing";
      this.#options.log("error", sentence);
    }
    this.#sequence = Math.max(isOther ? 0 : Math.min(sequence, last), first - 1);
    this.#receivedAt = undefined;
    this.#stamp = stamp;
    this.#streamName = name;
    this.#newest = last;
  }

  /** Whether the stream still has everything after this position. Throws a NatsError when NATS does not answer. */
  async canResume({ stream, first, last }: Ends): Promise<boolean> {
    if (stream !== this.#streamName || last < this.#sequence || first > this.#sequence + 1) return false;
    // A stream that lost its newest events gives their numbers to others.
    if (this.#receivedAt === undefined || first > this.#sequence) return true;
    const found = await this.#options.stream.timeOf(this.#sequence);
    return found === undefined || found === this.#receivedAt;
  }

  /** The stream has events up to this sequence. */
  extend(last: number): void {
    this.#newest = Math.max(this.#newest, last);
  }

  /**
   * Reads from this position on. Resolves when everything up to `until` is applied; rejects when stop() comes first.
   */
  async catchUp(until: number): Promise<void> {
    this.extend(until);
    const catchUp = this.#catchUp = Promise.withResolvers<void>();
    catchUp.promise.catch(() => {});
    try {
      await this.resume();
      if (this.#sequence < until) await catchUp.promise;
    } finally {
      if (this.#catchUp === catchUp) this.#catchUp = undefined;
    }
  }

  /** Reads from this position on, in place of an earlier reading. */
  resume(): Promise<void> {
    this.#receivedMs = performance.now();
    return this.#options.stream.follow(this.#sequence, (message) => this.#receive(message));
  }

  /** Applies no more events until resume(); catchUp() rejects with the reason. */
  stop(reason: Error): void {
    this.#options.stream.stop();
    this.#catchUp?.reject(reason);
  }

  #receive({ sequence, text, ms, id }: StreamMessage): void {
    if (sequence <= this.#sequence) return;
    if (sequence !== this.#sequence + 1) {
      this.stop(new Error("Events are missing in the stream"));
      return this.#options.onGap();
    }
    this.#sequence = sequence;
    this.#receivedAt = ms;
    this.#receivedMs = performance.now();
    this.extend(sequence);
    if (text !== "") this.#apply(text, ms, id);
    if (sequence >= this.#newest) this.#catchUp?.resolve();
  }

  #apply(text: string, ms: number, id: string): void {
    const parsed = this.#parse(text);
    if (parsed === undefined) return;
    const { events, at = ms } = parsed;
    if (id.startsWith(this.#options.machine)) this.#compareClocks(ms, at);
    // NATS and the machine of the event both know the time. If they differ, the earlier one counts: a stamp in the
    // future would hold back all later ones.
    const agreedMs = ms - at > maxClockFaultMs ? at : ms;
    for (const { event, by } of events) {
      this.#stamp = nextStamp(this.#stamp, agreedMs);
      this.#options.apply(event, this.#stamp, by);
    }
    this.#options.onApplied(id);
  }

  /** Undefined if another program published the message: all machines ignore it. */
  #parse(text: string): EventMessage<E> | undefined {
    const parsed = parseMessage<E>(text);
    if (parsed !== undefined) return parsed;
    if (!this.#hasForeign) {
      const sentence = "Another program publishes in the stream of this chat; its messages are ignored";
      this.#options.log("error", sentence);
    }
    this.#hasForeign = true;
  }

  /** NATS got an own event between its commit and its arrival here; so only more than that is a fault of a clock. */
  #compareClocks(ms: number, committedMs: number): void {
    this.#clockAheadMs = Math.max(0, ms - this.#options.now()) + Math.min(0, ms - committedMs);
  }
}
