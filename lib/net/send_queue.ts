/**
 * Send queues: the unsent bytes of each connection. All queues are flushed together, once per tick of the event loop.
 *
 * A write costs 5 to 12 µs, nearly all in the kernel, and joining lines in the shared rope costs 10 to 70 ns per
 * delivery. So the number of lines per write decides the cost. One flush follows all reads of a tick; it waits a few
 * rounds of microtasks, as many as a line needs from its read to its readers.
 * Measured on Deno 2.9.6 (2 shared cores, ±10 %) with 100 readers and 64 messages of 100 bytes in flight: all methods
 * except setTimeout join about 44 lines per write and reach about 4 million deliveries per CPU second (0.12 million if
 * each line awaits its write). They differ with little traffic, at 500 single messages per second:
 *
 *     flush by              median delay    CPU per delivery
 *     await each write          101 µs           44 µs
 *     4 microtasks               98 µs           44 µs
 *     process.nextTick          117 µs           49 µs
 *     setImmediate              133 µs           52 µs
 *     MessageChannel            152 µs           69 µs
 *     setTimeout(0)           2,222 µs           65 µs    60 lines per write under load, but no cheaper
 */
import { setImmediate } from "node:timers";
import type { Urgency } from "./connection.ts";
import { Rope } from "./rope.ts";
import { countWrite } from "./read_scheduler.ts";
import { type SendBatch, sendBatch } from "./send_batch.ts";

const ROUNDS = 4;
/**
 * A flush so soon after the one before waits for an immediate. Sessions that take turns would otherwise each have a flush
 * of their own, because microtasks run between them: 5,000 registrations at once needed 40 % more CPU time.
 */
const soonMs = 0.3;
/**
 * A flush of more queues than `queuesAtOnce` writes for `flushMs`, and continues after a rest. The rest is a timer and
 * not an immediate: while immediates follow each other, Deno does not look for sockets that can be read (Deno 2.9.6).
 */
const queuesAtOnce = 200;
const flushMs = 3;
const restMs = 1;
/** The clock is read once for so many writes. */
const queuesBetweenClocks = 64;
/**
 * Lines that can wait, as the JOIN or QUIT of somebody else, wait only in a crowd: after so many deliveries of them in one
 * pause, the next ones wait for its end or for a line that cannot wait. Without this, when 3,000 clients come back into 20
 * channels, each JOIN is a write of its own for 150 members: 40 % of the CPU time.
 */
const deliveriesWithoutPause = 500;
const usualPauseMs = 50;
/** Fewer queues are written one by one. */
const fewestInBatch = 4;
/** A queue with more bytes does not wait. */
const mostWaiting = 16_384;

/** Takes some of `bytes` and resolves to their number; rejects if the connection is over. */
export interface Writer {
  /** Sends at once what is possible without waiting, and returns how many bytes. Called only while no write runs. */
  attempt?(bytes: Uint8Array): number;
  /** Adds a send of `bytes` to the batch, if that is possible. Called only while no write runs. */
  stage?(bytes: Uint8Array, batch: SendBatch): boolean;
  /** Gets how many bytes the batch sent for stage(), and returns how many of `bytes` that is. @default the same */
  staged?(count: number): number;
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * The owner of a queue gets these calls. None of them can throw. An object instead of closures keeps connections
 * small.
 */
export interface QueueOwner {
  /** The queue is full and dropped the new chunk; it now accepts only `cut`. Called inside `push`. */
  exceeded(): void;
  /** A write failed; the queue accepts nothing more. */
  failed(error: unknown): void;
  /** Some queued bytes were sent. */
  progressed(): void;
  /** The queue is empty and no write is running. */
  drained(): void;
  /** The bytes to send for whole lines. @default the same */
  packed?(lines: Uint8Array): Uint8Array;
  /** The end of the line that contains `bytes[offset]`; `offset` itself if a line starts there. */
  borderAfter(bytes: Uint8Array, offset: number): number;
}

/** Writes all queues that have bytes to send, once per tick. All connections of a server share one flusher. */
export class Flusher {
  /** Called once before each flush: the store commits here, so that users see only messages that are on disk. */
  before: () => void = () => {};
  /** Called with the error of `before`; the flush still happens. */
  onFailure: (error: unknown) => void = () => {};
  /** The empty rope that all queues of this flusher start from. */
  readonly root: Rope = new Rope();
  /** The queues of this tick that have an answer to their reader, and the others. */
  #first: SendQueue[] = [];
  #queues: SendQueue[] = [];
  /** The queues of earlier ticks, and the first that is not written yet. */
  #later: SendQueue[] = [];
  #nextLater = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** The queues that wait for the end of the pause. Some were written since, because a line came that cannot wait. */
  readonly #waiting = new Set<SendQueue>();
  #pause: ReturnType<typeof setTimeout> | undefined;
  #pauseFrom = -Infinity;
  #deliveriesInPause = 0;
  #rounds = 0;
  #flushedMs = -Infinity;
  /** The queues of the batch that is not submitted, in its order. */
  readonly #staged: SendQueue[] = [];
  readonly #pauseMs: number;
  readonly #endPause = () => {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#pauseFrom = performance.now();
    for (const queue of this.#waiting) queue.stopWaiting();
    this.#waiting.clear();
  };
  readonly #round = () => {
    if (--this.#rounds <= 0) this.#flush();
    else queueMicrotask(this.#round);
  };
  readonly #flushSoon = () => this.#flush();
  readonly #continue = () => {
    this.#rest = undefined;
    // They can have got more since their tick.
    this.#save();
    this.#writeLater(performance.now() + flushMs);
  };

  /** `pauseMs`: how long lines can wait in a crowd. */
  constructor(pauseMs: number = usualPauseMs) {
    this.#pauseMs = pauseMs;
  }

  /** Schedules the queue for this tick; `isFirst` if it is not to wait behind thousands. */
  schedule(queue: SendQueue, isFirst = false): void {
    const isPlanned = this.#first.length > 0 || this.#queues.length > 0;
    (isFirst ? this.#first : this.#queues).push(queue);
    if (isPlanned) return;
    if (performance.now() - this.#flushedMs < soonMs) return void setImmediate(this.#flushSoon);
    this.#rounds = ROUNDS;
    queueMicrotask(this.#round);
  }

  /** Schedules the queue for this tick, or in a crowd for the end of the pause. A line that cannot wait ends the wait. */
  scheduleInPause(queue: SendQueue): void {
    if (this.#pause === undefined) {
      const now = performance.now();
      if (now - this.#pauseFrom >= this.#pauseMs) {
        this.#pauseFrom = now;
        this.#deliveriesInPause = 0;
      }
      if (++this.#deliveriesInPause <= deliveriesWithoutPause) return queue.stopWaiting();
      this.#pause = setTimeout(this.#endPause, this.#pauseMs);
    }
    this.#waiting.add(queue);
  }

  /** The queue dropped its bytes. Without a queue that waits, no timer is left. */
  leavePause(queue: SendQueue): void {
    if (this.#waiting.delete(queue) && this.#waiting.size === 0) this.#endPause();
  }

  /** Flushes all queues without waiting for the end of the tick. */
  now(): void {
    if (this.#pause !== undefined) this.#endPause();
    this.#flush();
    if (this.#later.length === 0) return;
    this.#save();
    this.#writeLater(Infinity);
  }

  #flush(): void {
    if (this.#first.length === 0 && this.#queues.length === 0) return;
    this.#save();
    const answers = this.#first;
    const queues = answers.concat(this.#queues);
    this.#first = [];
    this.#queues = [];
    if (queues.length <= queuesAtOnce) {
      this.#write(queues);
    } else {
      const atOnce = Math.min(answers.length, queuesAtOnce);
      this.#write(queues.slice(0, atOnce));
      for (const queue of queues.slice(atOnce)) this.#later.push(queue);
      if (this.#rest === undefined) this.#writeLater(performance.now() + flushMs);
    }
    // Otherwise the last burst would stay in memory until the next one.
    this.root.forget();
    this.#flushedMs = performance.now();
  }

  #save(): void {
    try {
      this.before();
    } catch (error) {
      this.onFailure(error);
    }
  }

  /** Writes the queues that wait, and rests when the time is over. */
  #writeLater(untilMs: number): void {
    const later = this.#later;
    let at = this.#nextLater;
    do {
      const end = Math.min(later.length, at + queuesBetweenClocks);
      this.#write(later.slice(at, end));
      at = end;
    } while (at < later.length && performance.now() < untilMs);
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#nextLater = at < later.length ? at : 0;
    if (at < later.length) this.#rest = setTimeout(this.#continue, restMs);
    else this.#later = [];
  }

  #write(queues: readonly SendQueue[]): void {
    const batch = queues.length < fewestInBatch ? null : sendBatch();
    if (batch === null) {
      for (const queue of queues) queue.flush();
      return;
    }
    for (const queue of queues) {
      if (batch.isFull) this.#submit(batch);
      if (queue.flush(batch)) this.#staged.push(queue);
    }
    if (batch.count > 0) this.#submit(batch);
  }

  #submit(batch: SendBatch): void {
    batch.submit();
    for (const [place, queue] of this.#staged.splice(0).entries()) queue.staged(batch.taken(place));
  }
}

/**
 * The unsent bytes of one connection, with a limit. `push` is a pointer step and never blocks. One write runs at a
 * time, and bytes pushed meanwhile become the next write. Chunks are whole lines and keep their order; only `clear` or
 * an error can leave a line half sent.
 */
export class SendQueue {
  readonly #writer: Writer;
  readonly #flusher: Flusher;
  readonly #owner: QueueOwner;
  readonly #maxBytes: number;
  /** The next write. */
  #node: Rope | undefined;
  /** The running write, and how much of it is done. */
  #inFlight: Uint8Array | undefined;
  #sent = 0;
  /** How it waits for its flush; "" if it does not wait. */
  #scheduled: "" | "in turn" | "first" = "";
  #closed = false;
  /** The running write stops at the end of its current line. */
  #cutting = false;
  readonly #wrote = (count: number) => {
    countWrite(-1);
    this.#advance(count);
  };
  readonly #broke = (error: unknown) => this.#fail(error);

  constructor(writer: Writer, flusher: Flusher, maxBytes: number, owner: QueueOwner) {
    this.#writer = writer;
    this.#flusher = flusher;
    this.#maxBytes = maxBytes;
    this.#owner = owner;
  }

  /** Queued bytes that the operating system has not taken yet. */
  get bytes(): number {
    const waiting = this.waitingBytes;
    return this.#inFlight === undefined ? waiting : waiting + this.#inFlight.length - this.#sent;
  }

  /** Those of them that the next write will have. */
  get waitingBytes(): number {
    return this.#node === undefined ? 0 : this.#node.bytes;
  }

  /** The queue is empty and no write is running. */
  get idle(): boolean {
    return this.#node === undefined && this.#inFlight === undefined;
  }

  /**
   * Adds whole lines. `chunk` is not copied. Over the limit it is dropped, and `exceeded` is called. A chunk that can
   * wait is sent at the latest 50 ms later; all chunks keep their order.
   */
  push(chunk: Uint8Array, urgency: Urgency = "answer"): void {
    if (this.#closed) return;
    if (this.bytes + chunk.length > this.#maxBytes) {
      this.#closed = true;
      this.#owner.exceeded();
      return;
    }
    this.#node = (this.#node ?? this.#flusher.root).append(chunk);
    if (this.#inFlight !== undefined) return;
    if (urgency === "answer") return this.#scheduleFirst();
    if (this.#scheduled !== "") return;
    if (urgency === "can wait" && this.#node.bytes <= mostWaiting) this.#flusher.scheduleInPause(this);
    else this.#schedule();
  }

  /** Sends in this tick what could wait, unless it is sent already. Only the flusher calls it. */
  stopWaiting(): void {
    if (this.#node !== undefined && this.#scheduled === "" && this.#inFlight === undefined) this.#schedule();
  }

  /** Starts the next write. Returns whether it is in the batch: then staged() follows. Only the flusher calls it. */
  flush(batch?: SendBatch): boolean {
    this.#scheduled = "";
    if (this.#inFlight !== undefined || this.#node === undefined) return false;
    const lines = this.#node.flatten();
    this.#node = undefined;
    const bytes = this.#owner.packed?.(lines) ?? lines;
    this.#inFlight = bytes;
    this.#sent = 0;
    if (batch !== undefined && this.#writer.stage?.(bytes, batch)) return true;
    this.#advance(this.#writer.attempt?.(bytes) ?? 0);
    return false;
  }

  /** The batch sent so many bytes for the writer; 0 or less if it could not. Only the flusher calls it. */
  staged(count: number): void {
    const sent = Math.max(0, count);
    this.#advance(this.#writer.staged?.(sent) ?? sent);
  }

  /** Accepts nothing more; queued bytes are still sent. */
  close(): void {
    this.#closed = true;
  }

  /** Accepts nothing more and drops queued bytes, except the end of a line that is partly sent; then sends `last`. */
  cut(last: Uint8Array): void {
    this.clear();
    this.#cutting = this.#inFlight !== undefined;
    this.#node = this.#flusher.root.append(last);
    if (this.#scheduled === "" && this.#inFlight === undefined) this.#schedule();
  }

  /** Accepts nothing more and drops queued bytes. */
  clear(): void {
    this.#closed = true;
    this.#node = undefined;
    this.#flusher.leavePause(this);
    // A queue that could not be flushed can leave a long branch there.
    this.#flusher.root.forget();
  }

  /** A queue that already waits for its turn is written earlier; when its turn comes, it has nothing to send. */
  #scheduleFirst(): void {
    if (this.#scheduled === "first") return;
    this.#scheduled = "first";
    this.#flusher.schedule(this, true);
  }

  #schedule(): void {
    this.#scheduled = "in turn";
    this.#flusher.schedule(this);
  }

  #write(bytes: Uint8Array): void {
    countWrite(1);
    try {
      this.#writer.write(bytes).then(this.#wrote, this.#broke);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** So many more bytes were sent: writes the rest, or ends this write. */
  #advance(count: number): void {
    const bytes = this.#inFlight;
    if (bytes === undefined) return;
    this.#sent += count;
    const end = this.#cutting ? this.#owner.borderAfter(bytes, this.#sent) : bytes.length;
    if (this.#sent < end) {
      this.#write(this.#sent === 0 && end === bytes.length ? bytes : bytes.subarray(this.#sent, end));
    } else {
      this.#inFlight = undefined;
      this.#cutting = false;
      if (this.#node !== undefined) this.#schedule();
      else this.#owner.drained();
    }
    if (count > 0) this.#owner.progressed();
  }

  #fail(error: unknown): void {
    countWrite(-1);
    this.#inFlight = undefined;
    this.clear();
    this.#owner.failed(error);
  }
}
