/**
 * Send queues: what each connection has yet to send, and the one moment in a tick of the event loop when all is sent.
 *
 * A write costs 5 to 12 µs, nearly all of it in the kernel, and joining lines in the shared rope costs 10 to 70 ns a
 * delivery; so what counts is how many lines share a write. All reads that became ready in a tick are handled before
 * one flush, which waits a few rounds of microtasks, as many as a line may take from its read to its readers.
 * Measured on Deno 2.9.6 (2 shared cores, ±10 %): 100 readers, 64 messages of 100 bytes in flight, all ways but
 * setTimeout join about 44 lines a write and make about 4 million deliveries a CPU second (awaiting a write for each
 * line: 0.12 million). They differ when it is quiet, relaying 500 messages a second one by one:
 *
 *     flush by              median delay    CPU a delivery
 *     await each write          101 µs           44 µs
 *     4 microtasks               98 µs           44 µs
 *     process.nextTick          117 µs           49 µs
 *     setImmediate              133 µs           52 µs
 *     MessageChannel            152 µs           69 µs
 *     setTimeout(0)           2,222 µs           65 µs    60 lines a write when busy, and no cheaper for it
 */
import { Rope } from "./rope.ts";
import { countWrite } from "./read_turns.ts";

const ROUNDS = 4;

/** Takes some of `bytes` and says how many; rejects when the connection is over. */
export interface Writer {
  write(bytes: Uint8Array): Promise<number>;
}

/** Who owns a queue is told of its turns. None of these may throw; an object in place of closures keeps connections small. */
export interface QueueOwner {
  /** More was pushed than fits, and was dropped; the queue takes nothing more but `cut`. Called inside `push`. */
  exceeded(): void;
  /** A write failed; the queue takes nothing more. */
  failed(error: unknown): void;
  /** Less is queued than before. */
  progressed(): void;
  /** Nothing is queued and no write is under way. */
  drained(): void;
  /** Where the line ends that `bytes[offset]` is inside of; `offset` itself when a line starts there. */
  borderAfter(bytes: Uint8Array, offset: number): number;
}

/** Writes all queues that have something to send, once in a tick. One is shared by all connections of a server. */
export class Flusher {
  /** Called once before each flush: the store commits here, so that nothing is seen that is not on disk. */
  before: () => void = () => {};
  /** Told what `before` threw; the flush still happens. */
  onFailure: (error: unknown) => void = () => {};
  /** The empty rope that all queues of this flusher start from. */
  readonly root: Rope = new Rope();
  #queues: SendQueue[] = [];
  #rounds = 0;
  readonly #round = () => {
    if (--this.#rounds <= 0) this.now();
    else queueMicrotask(this.#round);
  };

  /** Has the queue flushed in this tick. A queue calls it once until it is flushed. */
  schedule(queue: SendQueue): void {
    if (this.#queues.push(queue) > 1) return;
    this.#rounds = ROUNDS;
    queueMicrotask(this.#round);
  }

  /** Flushes what is scheduled without waiting for the end of the tick. */
  now(): void {
    const queues = this.#queues;
    if (queues.length === 0) return;
    this.#queues = [];
    try {
      this.before();
    } catch (error) {
      this.onFailure(error);
    }
    for (const queue of queues) queue.flush();
    // Else the last burst would be kept until the next one.
    this.root.forget();
  }
}

/**
 * One connection's unsent bytes, bounded. `push` is a pointer step and never blocks; one write is under way at a time,
 * and what is pushed meanwhile becomes the next one. Chunks are whole lines, leave in order, and none is left half
 * sent but by `clear` or an error.
 */
export class SendQueue {
  readonly #writer: Writer;
  readonly #flusher: Flusher;
  readonly #owner: QueueOwner;
  readonly #maxBytes: number;
  /** What the next write will be. */
  #node: Rope | undefined;
  /** The write under way, and how much of it is done. */
  #inFlight: Uint8Array | undefined;
  #sent = 0;
  #scheduled = false;
  #closed = false;
  /** The write under way is to stop at the end of the line it is in. */
  #cutting = false;
  readonly #wrote = (count: number) => this.#advance(count);
  readonly #broke = (error: unknown) => this.#fail(error);

  constructor(writer: Writer, flusher: Flusher, maxBytes: number, owner: QueueOwner) {
    this.#writer = writer;
    this.#flusher = flusher;
    this.#maxBytes = maxBytes;
    this.#owner = owner;
  }

  /** Queued bytes that the operating system has not taken yet. */
  get bytes(): number {
    const waiting = this.#node === undefined ? 0 : this.#node.bytes;
    return this.#inFlight === undefined ? waiting : waiting + this.#inFlight.length - this.#sent;
  }

  /** Nothing is queued and no write is under way. */
  get idle(): boolean {
    return this.#node === undefined && this.#inFlight === undefined;
  }

  /** Adds whole lines. `chunk` is kept, not copied. Past the bound it is dropped, and the owner is told. */
  push(chunk: Uint8Array): void {
    if (this.#closed) return;
    if (this.bytes + chunk.length > this.#maxBytes) {
      this.#closed = true;
      this.#owner.exceeded();
      return;
    }
    this.#node = (this.#node ?? this.#flusher.root).append(chunk);
    if (!this.#scheduled && this.#inFlight === undefined) this.#schedule();
  }

  /** Starts the next write. For the flusher alone. */
  flush(): void {
    this.#scheduled = false;
    if (this.#inFlight !== undefined || this.#node === undefined) return;
    const bytes = this.#node.flatten();
    this.#node = undefined;
    this.#inFlight = bytes;
    this.#sent = 0;
    this.#write(bytes);
  }

  /** Takes nothing more; what is queued is still sent. */
  close(): void {
    this.#closed = true;
  }

  /** Takes nothing more and drops what is queued, except the rest of a line that is partly sent; then sends `last`. */
  cut(last: Uint8Array): void {
    this.clear();
    this.#cutting = this.#inFlight !== undefined;
    this.#node = this.#flusher.root.append(last);
    if (!this.#scheduled && this.#inFlight === undefined) this.#schedule();
  }

  /** Takes nothing more and drops what is queued. */
  clear(): void {
    this.#closed = true;
    this.#node = undefined;
    // A queue that could not be flushed may have left a long branch there.
    this.#flusher.root.forget();
  }

  #schedule(): void {
    this.#scheduled = true;
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

  #advance(count: number): void {
    countWrite(-1);
    const bytes = this.#inFlight;
    if (bytes === undefined) return;
    this.#sent += count;
    const end = this.#cutting ? this.#owner.borderAfter(bytes, this.#sent) : bytes.length;
    if (this.#sent < end) {
      this.#write(bytes.subarray(this.#sent, end));
    } else {
      this.#inFlight = undefined;
      this.#cutting = false;
      if (this.#node !== undefined) this.#schedule();
      else this.#owner.drained();
    }
    this.#owner.progressed();
  }

  #fail(error: unknown): void {
    countWrite(-1);
    this.#inFlight = undefined;
    this.clear();
    this.#owner.failed(error);
  }
}
