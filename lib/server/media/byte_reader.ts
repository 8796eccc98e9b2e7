/** Reads a stream of bytes in pieces of a known length, without holding more of it than one piece. */
import { nextTurn } from "../../turns.ts";

/** A file can have millions of tiny parts. After so many looks at its bytes, about 3 ms, other work gets a turn. */
const looksAtOnce = 1000;

/** Bytes in the order in which they arrive. */
export class ByteReader {
  /** The number of bytes that were read. */
  position = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk = new Uint8Array();
  #hasEnded = false;
  readonly #person: string;
  #looks = 0;

  /** `person` is who sends the bytes, for turns.ts. */
  constructor(source: AsyncIterable<Uint8Array>, person: string) {
    this.#person = person;
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, which stay unread; fewer at the end of the stream. */
  async peek(length: number): Promise<Uint8Array> {
    if (++this.#looks % looksAtOnce === 0) await nextTurn(this.#person);
    const parts = [this.#chunk];
    let known = this.#chunk.length;
    while (known < length) {
      const more = await this.#read();
      if (more === undefined) break;
      parts.push(more);
      known += more.length;
    }
    if (parts.length > 1) this.#chunk = joined(parts);
    return this.#chunk.subarray(0, length);
  }

  /** The next bytes; fewer at the end of the stream. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    this.#drop(bytes.length);
    return bytes;
  }

  /** The next bytes, as they arrive. */
  async *pass(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const bytes = await this.#some(left);
      if (bytes === undefined) return;
      left -= bytes.length;
      yield bytes;
    }
  }

  /** Leaves the next bytes out. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const bytes = await this.#some(left);
      if (bytes === undefined) return;
      left -= bytes.length;
    }
  }

  /** All bytes that have arrived, which stay unread; at least this many, or fewer at the end of the stream. */
  async ahead(least: number): Promise<Uint8Array> {
    await this.peek(least);
    return this.#chunk;
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #some(most: number): Promise<Uint8Array | undefined> {
    const chunk = await this.peek(1);
    if (chunk.length === 0) return undefined;
    const bytes = this.#chunk.subarray(0, most);
    this.#drop(bytes.length);
    return bytes;
  }

  #drop(length: number): void {
    this.#chunk = this.#chunk.subarray(length);
    this.position += length;
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#hasEnded) return undefined;
    const next = await this.#source.next();
    this.#hasEnded = next.done === true;
    return next.done ? undefined : next.value as Uint8Array<ArrayBuffer>;
  }
}

/** The parts as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes as text, one character for each. */
export function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The number in the four bytes at a place, the highest first. */
export function uint32(bytes: Uint8Array, at = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}
