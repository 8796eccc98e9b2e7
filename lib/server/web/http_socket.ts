/**
 * An accepted socket in the form that node:http reads and writes. It has a deadline in each phase, so that no peer
 * holds a socket for ever: it waits for a request, for a body, or for a reader. A WebSocket takes the socket back after
 * its handshake, and then has the deadlines of a session.
 */
import { deadlines } from "../../deadlines.ts";
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { countRead, leaveTurns, type Reader, readInTurn } from "../../net/read_scheduler.ts";
import { ProxiedSocket } from "../../net/proxied_socket.ts";
import { closeQuietly } from "../../net/close_quietly.ts";
import type { StreamSocket } from "../../net/stream.ts";
import type { Visitor } from "./visitor.ts";

/** The time for each phase of an HTTP connection, in milliseconds. */
export interface HttpDeadlines {
  /** For the headers of a request, from its first byte; for the first request, from the connection. */
  readonly headersMs: number;
  /** For the next request after an answer. */
  readonly idleMs: number;
  /** For a part of a body, and for the reader of an answer, before `bytesPerSecond` counts. */
  readonly stallMs: number;
  /** The lowest mean speed of a peer that sends or reads. */
  readonly bytesPerSecond: number;
}

/** Slow mobile networks reach a multiple of this speed. */
export const httpDeadlines: HttpDeadlines = {
  headersMs: deadlines.httpHeadersMs,
  idleMs: deadlines.httpIdleMs,
  stallMs: deadlines.httpStallMs,
  bytesPerSecond: 512,
};

const firstBytes = 4096;
const mostBytes = 65_536;
/** The least mean size of the chunks of a body that come in one read, and how many can be smaller. */
const leastChunkBytes = 32;
const smallChunks = 64;
const badRequest = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
const requestTimeout = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** A socket until an upgrade. */
export class HttpSocket extends Duplex implements Reader {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number | undefined;
  /** Requests that are not answered yet. */
  requests = 0;
  readonly #answers = new Set<ServerResponse>();
  readonly #socket: StreamSocket;
  readonly #deadlines: HttpDeadlines;
  #space: Uint8Array<ArrayBuffer> = new Uint8Array(firstBytes);
  #reading: Promise<number | null> | undefined;
  #awaitsTurn = false;
  #isReleased = false;
  #isLeaving = false;
  #isIdle = false;
  #hasPart = false;
  #headersDueMs: number;
  #request: IncomingMessage | undefined;
  #readingSinceMs = 0;
  /** The time that was spent in waiting for the peer, and what it sent meanwhile, since the last check of its speed. */
  #waitedMs = 0;
  #receivedBytes = 0;
  #writeDueMs = Infinity;
  /** The size of the last read, and the chunks of a body in it. */
  #readBytes = 0;
  #chunks = 0;

  constructor(socket: StreamSocket, deadlines: HttpDeadlines) {
    super();
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.remoteAddress = socket.remoteAddr.hostname;
    this.remotePort = socket.remoteAddr.port;
    this.localPort = socket.localAddr?.port;
    this.#headersDueMs = performance.now() + deadlines.headersMs;
  }

  /** Call it for each request. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    this.#answers.add(response);
    response.once("close", () => this.#finish(response));
    this.#countChunks(request);
    this.#request = request;
    this.#isIdle = this.#hasPart = false;
    this.#waitedMs = this.#receivedBytes = 0;
    this.#readingSinceMs = performance.now();
  }

  /** node:http makes an object of each chunk, also of a body that nobody reads: tiny ones stopped the server for seconds. */
  #countChunks(request: IncomingMessage): void {
    const push = request.push.bind(request);
    request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
      if (
        chunk !== null && ++this.#chunks > smallChunks && this.#chunks * leastChunkBytes > this.#readBytes
      ) {
        this.#end(badRequest);
        return false;
      }
      return push(chunk, encoding);
    };
  }

  /** Sends a last answer, if the socket takes it at once, and closes. */
  #end(answer: string): void {
    if (this.destroyed) return;
    this.#socket.write(new TextEncoder().encode(answer)).catch(() => {});
    this.destroy();
  }

  #finish(response: ServerResponse): void {
    this.#answers.delete(response);
    if (--this.requests > 0) return;
    this.#request = undefined;
    this.#isIdle = true;
    this.#headersDueMs = performance.now() + this.#deadlines.idleMs;
  }

  /**
   * Ends the answers that were not sent. node:http does so only for the first one: the others, of further requests that
   * came before its end, would keep their files open for ever.
   */
  endAnswers(): void {
    for (const response of this.#answers) {
      response.destroy();
      response.emit("close");
    }
  }

  /** Closes the socket if the peer is too slow. Call it every second or so. */
  check(nowMs: number): void {
    if (this.#isReleased || this.#isLeaving || !this.#isOverdue(nowMs)) return;
    const isAnswered = this.requests > 0 ? this.#writeDueMs !== Infinity : !this.#hasPart;
    if (isAnswered) this.destroy();
    else this.#end(requestTimeout);
  }

  #isOverdue(nowMs: number): boolean {
    if (nowMs >= this.#writeDueMs) return true;
    if (this.requests === 0) return nowMs >= this.#headersDueMs && this.#writeDueMs === Infinity;
    if (this.#request === undefined || this.#request.complete) return false;
    const { stallMs, bytesPerSecond } = this.#deadlines;
    const waitedMs = this.#waitedMs + (this.#reading === undefined ? 0 : nowMs - this.#readingSinceMs);
    if (waitedMs < stallMs) return false;
    const isSlow = this.#receivedBytes < bytesPerSecond * waitedMs / 1000;
    this.#waitedMs = this.#receivedBytes = 0;
    this.#readingSinceMs = nowMs;
    return isSlow;
  }

  /** The socket for a WebSocket, with `head`, the bytes after the handshake. No other method works then. */
  release(head: Uint8Array, { address, secure, isProxied, isLocal }: Visitor): StreamSocket {
    this.#isReleased = true;
    leaveTurns(this);
    const space = this.#space;
    const later = this.#reading?.then((count) => count === null ? null : space.subarray(0, count));
    later?.catch(() => {});
    const source = isProxied ? { hostname: address, port: 0 } : undefined;
    return new ProxiedSocket(
      this.#socket,
      { source, secure, from: isLocal ? undefined : "elsewhere" },
      head,
      later,
    );
  }

  /** Node sets timeouts of its own; the deadlines above replace them. */
  setTimeout(): this {
    return this;
  }

  /** Closes when all is written and the peer has ended too, or after a timeout. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.#leave();
    else this.once("finish", () => this.#leave());
  }

  /**
   * Bytes that still arrive are dropped: closing with unread bytes resets the connection, and the peer loses our
   * answer.
   */
  #leave(): void {
    if (this.destroyed || this.#isLeaving) return;
    this.#isLeaving = true;
    const timer = setTimeout(() => this.destroy(), deadlines.closeMs);
    this.once("close", () => clearTimeout(timer));
    this.#receive();
  }

  override _read(): void {
    if (!this.#isLeaving) this.#receive();
  }

  #receive(): void {
    if (this.#reading !== undefined || this.#isReleased || this.#awaitsTurn) return;
    this.#readingSinceMs = performance.now();
    this.#awaitsTurn = true;
    readInTurn(this);
  }

  takeTurn(): void {
    this.#awaitsTurn = false;
    if (this.#reading !== undefined || this.#isReleased || this.destroyed) return;
    this.#reading = this.#socket.read(this.#space);
    this.#reading.then(this.#onRead, this.#onError);
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    let sent = 0;
    const writeOn = (): void => {
      const part = chunk.subarray(sent, sent + mostBytes);
      const { stallMs, bytesPerSecond } = this.#deadlines;
      this.#writeDueMs = performance.now() + stallMs + part.length / bytesPerSecond * 1000;
      this.#socket.write(part).then(onWritten, done);
    };
    const onWritten = (count: number) => {
      sent += count;
      if (sent < chunk.length) return writeOn();
      this.#writeDueMs = Infinity;
      done();
    };
    writeOn();
  }

  override _final(done: () => void): void {
    this.#socket.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    leaveTurns(this);
    if (!this.#isReleased) closeQuietly(this.#socket);
    done(error);
  }

  readonly #onRead = (count: number | null) => {
    if (this.#isReleased) return;
    this.#reading = undefined;
    countRead(count ?? 0, this.#chunks);
    if (this.#isLeaving) return count === null ? void this.destroy() : this.#receive();
    if (count === null) return void this.push(null);
    const nowMs = performance.now();
    this.#waitedMs += nowMs - this.#readingSinceMs;
    this.#receivedBytes += count;
    if (this.#isIdle) this.#headersDueMs = nowMs + this.#deadlines.headersMs;
    this.#isIdle = false;
    this.#hasPart = true;
    this.#readBytes = count;
    this.#chunks = 0;
    this.push(this.#take(count));
  };

  readonly #onError = (error: Error) => {
    this.#reading = undefined;
    if (!this.#isReleased) this.destroy(error);
  };

  /** The bytes of a read; a peer that sends much gets a large buffer for the next one. */
  #take(count: number): Buffer {
    const { length, buffer } = this.#space;
    const isFull = count === length;
    if (!isFull && count * 2 < length) return Buffer.from(this.#space.slice(0, count).buffer);
    const bytes = Buffer.from(buffer, 0, count);
    this.#space = new Uint8Array(isFull ? mostBytes : length);
    return bytes;
  }
}
