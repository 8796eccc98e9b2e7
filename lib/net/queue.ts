/** Send queues: what each connection has yet to send, and the one moment in each event-loop tick when all of it is written. */
import { Rope } from "./rope.ts";

/** Takes some of `bytes` and says how many; rejects when the connection is over. */
export interface Writer {
  write(bytes: Uint8Array): Promise<number>;
}

/** Who owns a queue is told of its turns here. None of these may throw. */
export interface QueueOwner {
  /** More was pushed than fits; the queue is empty again but for the write under way. */
  exceeded(): void;
  /** Where the line ends that `bytes[offset]` is inside of; `offset` when it is at a border. */
  borderAfter(bytes: Uint8Array, offset: number): number;
  /** A write failed; the queue takes nothing more. */
  failed(error: unknown): void;
  /** Nothing is queued and no write is under way. */
  drained(): void;
}

/** Writes all queues with something to send, once per event-loop tick. One for all connections of a server. */
export class Flusher {
  /** Called once before each flush: the store commits here, so that nothing is seen that is not on disk. */
  before: () => void = () => {};
  /** Told what `before` threw; the flush still happens. */
  onFailure: (error: unknown) => void = () => {};
  readonly #root = new Rope();
  #queues: SendQueue[] = [];
  readonly #flush = () => this.now();

  /** The empty rope all queues of this flusher start from. */
  get root(): Rope {
    return this.#root;
  }

  /** To be called once by a queue that now has something to send. */
  schedule(queue: SendQueue): void {
    if (this.#queues.push(queue) === 1) setTimeout(this.#flush, 0);
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
    this.#root.forget();
  }
}

/** One connection's unsent bytes. `push` is a pointer step; one write is under way at a time, and what arrives meanwhile is the next one. */
export class SendQueue {
  readonly #writer: Writer;
  readonly #flusher: Flusher;
  readonly #owner: QueueOwner;
  readonly #maxBytes: number;
  #node: Rope | undefined;
  #scheduled = false;
  #closed = false;
  /** The write under way is to stop at the end of the line it is in. */
  #cutting = false;
  #inFlight: Uint8Array | undefined;
  #sent = 0;
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
    return (this.#node?.bytes ?? 0) + (this.#inFlight === undefined ? 0 : this.#inFlight.length - this.#sent);
  }

  /** Adds `chunk`, which is kept and not copied. Past `maxBytes` everything not under way is dropped and the owner is told. */
  push(chunk: Uint8Array): void {
    if (this.#closed) return;
    if (this.bytes + chunk.length > this.#maxBytes) {
      this.#node = undefined;
      this.#closed = true;
      return this.#owner.exceeded();
    }
    this.#node = (this.#node ?? this.#flusher.root).append(chunk);
    this.#schedule();
  }

  /** Starts the next write. For the flusher alone. */
  flush(): void {
    this.#scheduled = false;
    if (this.#inFlight !== undefined || this.#node === undefined) return;
    this.#inFlight = this.#node.flatten();
    this.#node = undefined;
    this.#sent = 0;
    this.#writer.write(this.#inFlight).then(this.#wrote, this.#broke);
  }

  /** Takes nothing more, but what is queued is still written. */
  close(): void {
    this.#closed = true;
  }

  /** Takes nothing more and drops what is queued, except the rest of the line that is partly written; then sends `last`. */
  cut(last: Uint8Array): void {
    this.#closed = true;
    this.#cutting = this.#inFlight !== undefined;
    this.#node = this.#flusher.root.append(last);
    this.#schedule();
  }

  /** Drops everything. */
  clear(): void {
    this.#closed = true;
    this.#node = undefined;
  }

  /** Nothing is queued and no write is under way. */
  get idle(): boolean {
    return this.#node === undefined && this.#inFlight === undefined;
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight !== undefined) return;
    this.#scheduled = true;
    this.#flusher.schedule(this);
  }

  #advance(count: number): void {
    const bytes = this.#inFlight;
    if (bytes === undefined) return;
    this.#sent += count;
    const end = this.#cutting ? this.#owner.borderAfter(bytes, this.#sent) : bytes.length;
    if (this.#sent < end) {
      this.#writer.write(bytes.subarray(this.#sent, end)).then(this.#wrote, this.#broke);
      return;
    }
    this.#inFlight = undefined;
    this.#cutting = false;
    if (this.#node !== undefined) this.#schedule();
    else this.#owner.drained();
  }

  #fail(error: unknown): void {
    this.#inFlight = undefined;
    this.clear();
    this.#owner.failed(error);
  }
}
