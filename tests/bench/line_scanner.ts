/**
 * The lines of one connection of the load. A delivery is a line that ends in the mark (line.ts); it is found by the
 * place of its newline and never decoded. Other lines are decoded only when the listener wants them.
 */
import { mark } from "./line.ts";

const newline = 10;
const letterP = "P".charCodeAt(0);
const decoder = new TextDecoder();

/** The receiver of the lines. */
export interface LineListener {
  /** A delivery; `end` is the index after the mark in `buffer`. */
  delivery(buffer: Uint8Array, end: number): void;
  /** Another line, without its newline. */
  other(line: string): void;
  /** Whether other() gets more than the lines that begin with P, as PING does. */
  readonly wantsOthers: boolean;
}

export class LineScanner {
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #filled = 0;
  /** The length of the last delivery: nearly all lines are as long, and only the others are searched for their end. */
  #deliveryBytes = 0;

  constructor(bytes: number) {
    this.#buffer = new Uint8Array(bytes);
  }

  /** The free part of the buffer, for the next read; take() gets the number of bytes that were read. */
  get readBuffer(): Uint8Array<ArrayBuffer> {
    return this.#filled === 0 ? this.#buffer : this.#buffer.subarray(this.#filled);
  }

  /** Reports the lines that are whole now, and keeps the rest. */
  take(count: number, listener: LineListener): void {
    const buffer = this.#buffer;
    this.#filled += count;
    let start = 0;
    while (start < this.#filled) {
      let end = start + this.#deliveryBytes;
      if (end >= this.#filled || buffer[end] !== newline || buffer[end - 2] !== mark) {
        end = buffer.indexOf(newline, start);
        if (end < 0 || end >= this.#filled) break;
      }
      if (buffer[end - 2] === mark) {
        this.#deliveryBytes = end - start;
        listener.delivery(buffer, end - 1);
      } else if (listener.wantsOthers || buffer[start] === letterP) {
        listener.other(decoder.decode(buffer.subarray(start, end)));
      }
      start = end + 1;
    }
    if (start === 0 && this.#filled === buffer.length) {
      throw new Error(`Cannot read a line over ${buffer.length} bytes`);
    }
    if (start > 0 && start < this.#filled) buffer.copyWithin(0, start, this.#filled);
    this.#filled -= start;
  }
}
