/** TCP and TLS sockets as connections: CR LF lines in, whole encoded lines out. Knows nothing of what a line means. */
import type { Line, LineLimits } from "../irc/lines.ts";
import { LineSplitter } from "../irc/lines.ts";
import type { Framing, ServerConnection } from "./connection.ts";
import { borderAfter, encodeLine } from "./encode.ts";
import { httpRefusal, tlsAlert, wrongProtocol } from "./guess.ts";
import { type Flusher, type QueueOwner, SendQueue, type Writer } from "./queue.ts";

/** How the connections of one listener behave; one object shared by all of them. */
export interface StreamOptions {
  readonly flusher: Flusher;
  readonly limits: LineLimits;
  /** Unsent bytes past which a reader is cut off. @default {1_048_576} */
  readonly maxQueueBytes?: number;
  /** How long `close` may take to send what is queued. @default {2_000} */
  readonly closeTimeoutMs?: number;
  /** The sentence for a peer that starts with another protocol. Without it such a peer is not looked for. */
  readonly onWrongProtocol?: (which: "TLS" | "HTTP") => string;
  /** Called once, when the socket is closed. */
  readonly onClosed?: () => void;
}

/** Takes over `socket`: it is closed when the connection is. */
export function streamConnection(
  socket: Deno.TcpConn | Deno.TlsConn,
  options: StreamOptions,
): ServerConnection {
  return new StreamConnection(socket, options);
}

const DONE: IteratorResult<Line[]> = { done: true, value: undefined };
const EXCEEDED = "SendQ exceeded";

class StreamConnection implements ServerConnection, QueueOwner, AsyncIterableIterator<Line[]> {
  readonly remote: string;
  readonly address: string;
  readonly secure: boolean;
  ended: string | undefined;
  readonly #socket: Deno.TcpConn | Deno.TlsConn;
  readonly #options: StreamOptions;
  readonly #queue: SendQueue;
  readonly #splitter: LineSplitter;
  #space: Uint8Array | undefined;
  #first = true;
  #reading = false;
  #peerEnded = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resolve: ((result: IteratorResult<Line[]>) => void) | undefined;
  readonly #begin = (resolve: (result: IteratorResult<Line[]>) => void) => {
    this.#resolve = resolve;
    this.#read();
  };
  readonly #onRead = (count: number | null) => this.#take(count);
  readonly #onReadError = (error: unknown) => this.#broken("Read error", error);

  constructor(socket: Deno.TcpConn | Deno.TlsConn, options: StreamOptions) {
    const { hostname, port } = socket.remoteAddr;
    this.address = hostname.startsWith("::ffff:") && hostname.includes(".") ? hostname.slice(7) : hostname;
    this.remote = this.address.includes(":") ? `[${this.address}]:${port}` : `${this.address}:${port}`;
    this.secure = "handshake" in socket;
    this.#socket = socket;
    this.#options = options;
    if ("setNoDelay" in socket) socket.setNoDelay(true);
    this.#queue = new SendQueue(socket as Writer, options.flusher, options.maxQueueBytes ?? 1_048_576, this);
    this.#splitter = new LineSplitter(options.limits);
  }

  get framing(): Framing {
    return "line";
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  lines(): AsyncIterable<Line[]> {
    return this;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Line[]> {
    return this;
  }

  next(): Promise<IteratorResult<Line[]>> {
    if (this.ended !== undefined) return Promise.resolve(DONE);
    return new Promise(this.#begin);
  }

  send(line: string): void {
    this.#queue.push(encodeLine(line, "line"));
  }

  write(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  close(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#queue.close();
    this.#end("Connection closed");
    this.#leave();
  }

  abort(): void {
    this.#end("Connection closed");
    this.#shut();
  }

  exceeded(): void {
    this.#queue.cut(encodeLine(`ERROR :${EXCEEDED}`, "line"));
    this.#end(EXCEEDED);
    this.#leave();
  }

  borderAfter(bytes: Uint8Array, offset: number): number {
    return borderAfter(bytes, offset, "line");
  }

  failed(error: unknown): void {
    this.#broken("Write error", error);
  }

  drained(): void {
    if (this.#timer !== undefined) this.#finish();
  }

  #read(): void {
    this.#reading = true;
    this.#space = this.#splitter.space();
    this.#socket.read(this.#space).then(this.#onRead, this.#onReadError);
  }

  #take(count: number | null): void {
    this.#reading = false;
    if (count === null) return this.#hangUp();
    // What comes after the end is read and dropped: closing over unread bytes would reset the connection, and the last line be lost.
    if (this.ended !== undefined) return this.#closed ? undefined : this.#read();
    if (this.#first && this.#refuse(count)) return;
    const lines = this.#splitter.take(count);
    if (lines.length === 0) return this.#read();
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.({ done: false, value: lines });
  }

  #refuse(count: number): boolean {
    this.#first = false;
    const { onWrongProtocol } = this.#options;
    if (onWrongProtocol === undefined || this.#space === undefined) return false;
    const which = wrongProtocol(this.#space.subarray(0, count));
    if (which === undefined) return false;
    const sentence = onWrongProtocol(which);
    this.#queue.cut(which === "TLS" ? tlsAlert : httpRefusal(sentence));
    this.#end(`Wrong protocol: ${which}`);
    this.#leave();
    return true;
  }

  #hangUp(): void {
    this.#peerEnded = true;
    if (this.ended === undefined) return this.#end("Connection closed");
    if (this.#timer !== undefined && this.#queue.idle) this.#shut();
  }

  /** `ended` is set once, and whoever waits for lines is told now. */
  #end(reason: string): void {
    this.ended ??= reason;
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(DONE);
  }

  /** Close once all is sent, or when that takes too long. */
  #leave(): void {
    this.#timer ??= setTimeout(() => this.#shut(), this.#options.closeTimeoutMs ?? 2_000);
    if (this.#queue.idle) this.#finish();
  }

  /** All is sent: say so to the peer, and wait for its end. */
  #finish(): void {
    if (this.#peerEnded) return this.#shut();
    this.#socket.closeWrite().catch(() => this.#shut());
    if (!this.#reading) this.#read();
  }

  #broken(what: string, error: unknown): void {
    this.#end(`${what}: ${error instanceof Error ? error.message.replace(/ \(os error \d+\)$/, "") : error}`);
    this.#shut();
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#queue.clear();
    this.#socket.close();
    this.#options.onClosed?.();
  }
}
