/**
 * One client of the load: a socket, a read loop and a count of deliveries. A delivery is a line that ends in the
 * mark (see line.ts); it is counted where its newline stands and never decoded. Other lines are read only
 * while the caller waits for a word in them, except PING, which is always answered.
 */

import { countRead, readInTurn } from "../../lib/net/read_scheduler.ts";
import { mark } from "./line.ts";

const newline = 10;
const letterP = "P".charCodeAt(0);
const readBytes = 16 * 1024;
const waitLimitMs = 60_000;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A connection that carries lines. */
export type LineSocket = Pick<Deno.TcpConn, "read" | "write" | "close">;

export class LoadClient {
  /** Deliveries so far. */
  delivered = 0;
  /** Called at each delivery with the place just behind the mark in `buffer`. */
  onDelivery: ((buffer: Uint8Array, end: number) => void) | undefined;
  /** Called after each read, when its deliveries have been counted. */
  onRead: (() => void) | undefined;
  /** Called after each read with the number of its deliveries. */
  onProgress: ((deliveries: number) => void) | undefined;
  /** True once the server has closed the connection. */
  ended = false;
  /** The error that ended the reading; undefined while the client reads, and after the server closed the connection. */
  failure: string | undefined;
  readonly #socket: LineSocket;
  readonly #buffer = new Uint8Array(readBytes);
  #filled = 0;
  #lineBytes = 0;
  #outgoing: Uint8Array[] = [];
  #writing = false;
  #awaited: { words: readonly string[]; found: () => void; failed: (reason: Error) => void } | undefined;
  #resume: PromiseWithResolvers<void> | undefined;

  /** Connected and accepted: it has sent `hello` and received a line that contains `answer`. */
  static async connect(port: number, hello: string, answer: string): Promise<LoadClient> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return await LoadClient.over(socket, hello, answer);
  }

  /** The same over any socket that carries lines. */
  static async over(socket: LineSocket, hello: string, answer: string): Promise<LoadClient> {
    const peer = new LoadClient(socket);
    peer.#read();
    try {
      await peer.ask(hello, answer);
    } catch (error) {
      peer.close();
      throw error;
    }
    return peer;
  }

  constructor(socket: LineSocket) {
    this.#socket = socket;
  }

  /** Sends text as it is; the caller ends its lines. */
  say(text: string): void {
    this.send(encoder.encode(text));
  }

  /** Sends bytes; those sent while a write is under way go together in the next. */
  send(bytes: Uint8Array): void {
    this.#outgoing.push(bytes);
    if (!this.#writing) this.#write();
  }

  /** Sends lines, and waits as heard() does for a line with one of `words` in it. */
  ask(lines: string, ...words: string[]): Promise<void> {
    const answer = this.heard(...words);
    if (lines !== "") this.say(`${lines}\r\n`);
    return answer;
  }

  /** Resolves when a line contains one of `words`; rejects after a minute or when the connection ends. */
  heard(...words: string[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`Cannot go on: no ${words} for a minute`)), waitLimitMs);
    this.#awaited = { words, found: resolve, failed: reject };
    return promise.finally(() => {
      clearTimeout(timer);
      this.#awaited = undefined;
    });
  }

  /** Stops reading until resume(). */
  pause(): void {
    this.#resume ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#resume?.resolve();
    this.#resume = undefined;
  }

  close(): void {
    this.resume();
    if (!this.ended) this.#socket.close();
    this.ended = true;
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        if (this.#resume) await this.#resume.promise;
        // Without it only sockets that always have more bytes are read, and the server disconnects the others.
        await new Promise<void>((resolve) => readInTurn({ takeTurn: resolve }));
        const count = await this.#socket.read(this.#buffer.subarray(this.#filled));
        if (count === null || this.ended) break;
        countRead(count, 0);
        this.#filled += count;
        const before = this.delivered;
        this.#scan();
        this.onProgress?.(this.delivered - before);
        this.onRead?.();
      }
    } catch (error) {
      // Nobody awaits this; what measures finds the client ended, and says why.
      if (!isHangUp(error)) this.failure = error instanceof Error ? error.message : String(error);
    }
    this.close();
    this.#awaited?.failed(new Error("Cannot go on: the server closed the connection"));
  }

  #scan(): void {
    const buffer = this.#buffer;
    let start = 0;
    while (start < this.#filled) {
      // Nearly all lines are as long as the one before; only the others are searched for their newline.
      let end = start + this.#lineBytes;
      if (end >= this.#filled || buffer[end] !== newline) {
        end = buffer.indexOf(newline, start);
        if (end < 0 || end >= this.#filled) break;
        this.#lineBytes = end - start;
      }
      if (buffer[end - 2] === mark) {
        this.delivered++;
        this.onDelivery?.(buffer, end - 1);
      } else if (this.#awaited || buffer[start] === letterP) {
        this.#other(decoder.decode(buffer.subarray(start, end)));
      }
      start = end + 1;
    }
    if (start === 0 && this.#filled === buffer.length) {
      throw new Error(`Cannot read a line over ${readBytes} bytes`);
    }
    if (start > 0 && start < this.#filled) buffer.copyWithin(0, start, this.#filled);
    this.#filled -= start;
  }

  #other(line: string): void {
    if (line.startsWith("PING ")) this.say(`PONG ${line.slice(5).trimEnd()}\r\n`);
    if (this.#awaited?.words.some((word) => line.includes(word))) this.#awaited.found();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#outgoing.length > 0) {
        const bytes = joined(this.#outgoing);
        this.#outgoing = [];
        for (let written = 0; written < bytes.length;) {
          written += await this.#socket.write(written === 0 ? bytes : bytes.subarray(written));
        }
      }
    } catch (error) {
      if (!isHangUp(error)) this.failure = error instanceof Error ? error.message : String(error);
    }
    this.#writing = false;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array()] = chunks;
  if (chunks.length === 1) return first;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function isHangUp(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
}
