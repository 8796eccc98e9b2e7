/**
 * One client of the load: a socket, a read loop and a count of deliveries (line_scanner.ts). Other lines are read only
 * while the caller waits for a word in them, except PING, which is always answered.
 */

import { countRead, readInTurn } from "../../lib/net/read_scheduler.ts";
import { type LineListener, LineScanner } from "./line_scanner.ts";

const readBytes = 16 * 1024;
const waitLimitMs = 60_000;
const encoder = new TextEncoder();

/** A connection that carries lines. */
export type LineSocket = Pick<Deno.TcpConn, "read" | "write" | "close">;

export class LoadClient implements LineListener {
  /** Deliveries so far. */
  delivered = 0;
  /** Called at each delivery with the index after the mark in `buffer`. */
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
  readonly #lines = new LineScanner(readBytes);
  #outgoing: Uint8Array[] = [];
  #writing = false;
  #awaited:
    | { words: readonly string[]; left: number; found: () => void; failed: (reason: Error) => void }
    | undefined;
  #paused: PromiseWithResolvers<void> | undefined;

  /** Connected and accepted: it has sent `hello` and received a line that contains one of `answer`. */
  static async connect(port: number, hello: string, ...answer: string[]): Promise<LoadClient> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return await LoadClient.over(socket, hello, ...answer);
  }

  /** The same over any socket that carries lines. */
  static async over(socket: LineSocket, hello: string, ...answer: string[]): Promise<LoadClient> {
    const peer = new LoadClient(socket);
    peer.#read();
    try {
      await peer.ask(hello, ...answer);
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
    return this.heardTimes(1, ...words);
  }

  /** The same for `times` such lines. */
  heardTimes(times: number, ...words: string[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`Cannot go on: no ${words} for a minute`)), waitLimitMs);
    this.#awaited = { words, left: times, found: resolve, failed: reject };
    return promise.finally(() => {
      clearTimeout(timer);
      this.#awaited = undefined;
    });
  }

  /** Stops reading until close(). */
  pause(): void {
    this.#paused ??= Promise.withResolvers<void>();
  }

  close(): void {
    this.#paused?.resolve();
    if (!this.ended) this.#socket.close();
    this.ended = true;
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        if (this.#paused) await this.#paused.promise;
        // Without it only sockets that always have more bytes are read, and the server disconnects the others.
        await new Promise<void>((resolve) => readInTurn({ takeTurn: resolve }));
        const count = await this.#socket.read(this.#lines.readBuffer);
        if (count === null || this.ended) break;
        countRead(count, 0);
        const before = this.delivered;
        this.#lines.take(count, this);
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

  get wantsOthers(): boolean {
    return this.#awaited !== undefined;
  }

  delivery(buffer: Uint8Array, end: number): void {
    this.delivered++;
    this.onDelivery?.(buffer, end);
  }

  other(line: string): void {
    if (line.startsWith("PING ")) this.say(`PONG ${line.slice(5).trimEnd()}\r\n`);
    const awaited = this.#awaited;
    if (awaited?.words.some((word) => line.includes(word)) && --awaited.left === 0) awaited.found();
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
