/**
 * TCP and TLS sockets as connections: CR LF lines in, whole encoded lines out. It does not know the content of lines.
 * `lines()` is an object with a `next`, not an async generator, so that close() ends it at once although a read is
 * still running. Callbacks are created once per connection, not per read or write.
 */
import { deadlines } from "../deadlines.ts";
import { isLoopback, plainAddress } from "../irc/address.ts";
import type { Line, LineLimits } from "../irc/lines.ts";
import { LineSplitter } from "../irc/lines.ts";
import type { Framing, ServerConnection, Urgency } from "./connection.ts";
import { borderAfter, encodeLine } from "./encode.ts";
import { frameLines, type Unframed } from "./line_frames.ts";
import type { TlsIdentity } from "./tls_identity.ts";
import { closeCodes, closeFrame, FrameReader } from "./web_socket_frames.ts";
import { httpRefusal, tlsAlert, wrongProtocol } from "./wrong_protocol.ts";
import { systemReason } from "./system_reason.ts";
import { type Flusher, type QueueOwner, SendQueue, type Writer } from "./send_queue.ts";
import { countRead, leaveTurns, type Reader, readInTurn } from "./read_scheduler.ts";

/** Options of the connections of one listener; all of them share one object. */
export interface StreamOptions {
  readonly flusher: Flusher;
  /** Limits of lines from the peer. */
  readonly limits: LineLimits;
  /** Unsent bytes after which the connection ends with "ERROR :SendQ exceeded". @default {1_048_576} */
  readonly maxQueueBytes?: number;
  /** How long closing can take: sending queued bytes, and waiting for the peer to close. @default {deadlines.closeMs} */
  readonly closeTimeoutMs?: number;
  /**
   * The answer, one sentence, to a peer that starts with another protocol. Without it, other protocols are not
   * recognised.
   */
  readonly onWrongProtocol?: (which: "TLS" | "HTTP" | "PROXY", address: string) => string;
}

/** The owner of one connection. An object instead of a closure keeps connections small. */
export interface ConnectionOwner {
  /** Called once, when the socket is closed. */
  closed(): void;
}

/**
 * The socket functions a connection needs; Deno's sockets have them. A socket with a `handshake` is secure. The code that
 * opens a socket makes it send small writes at once (TCP_NODELAY): later, while a write waits, Deno 2.9.6 refuses that.
 */
export interface StreamSocket extends Writer {
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  readonly localAddr?: { readonly port: number };
  readonly handshake?: unknown;
  /** Undefined without TLS of our own. */
  readonly identity?: TlsIdentity | undefined;
  /** Set if a proxy accepted the visitor: whether on the machine of the proxy, or from elsewhere, perhaps unknown. */
  readonly proxiedFrom?: "here" | "elsewhere" | undefined;
  /** Resolves to the number of bytes read into `bytes`, or to null at the end. */
  read(bytes: Uint8Array): Promise<number | null>;
  closeWrite(): Promise<void>;
  close(): void;
}

/**
 * Takes over `socket`, and closes it when the connection is over. The caller iterates `lines()` and calls `close()`
 * after their end, because a peer that sent its last line can still wait for the answer.
 */
export function streamConnection(
  socket: StreamSocket,
  options: StreamOptions,
  owner?: ConnectionOwner,
): ServerConnection {
  return new StreamConnection(socket, options, "line", owner);
}

/** The same for the socket of a WebSocket, after the request of its handshake; `answer` are the bytes of the answer. */
export function webSocketConnection(
  socket: StreamSocket,
  framing: Exclude<Framing, "line">,
  options: StreamOptions,
  { owner, answer }: { readonly owner?: ConnectionOwner; readonly answer?: Uint8Array } = {},
): ServerConnection {
  const connection = new StreamConnection(socket, options, framing, owner);
  if (answer !== undefined) connection.writeUnframed(answer);
  return connection;
}

const over: IteratorResult<Line[]> = { done: true, value: undefined };
const exceeded = "SendQ exceeded";
const maxDrainedBytes = 65_536;
/** The reader of the lines gets control after so many blank lines and frames without a line, so that it can wait. */
const mostIdle = 64;
/** The first read buffer: most lines are short, and the buffer grows when a peer sends more at once. */
const firstBytes = 512;

type Resolve = (result: IteratorResult<Line[]>) => void;

class StreamConnection implements ServerConnection, QueueOwner, Reader, AsyncIterator<Line[]> {
  readonly address: string;
  readonly secure: boolean;
  readonly isLocal: boolean;
  readonly tls: TlsIdentity | undefined;
  ended: string | undefined;
  readonly #socket: StreamSocket;
  readonly #options: StreamOptions;
  readonly #owner: ConnectionOwner | undefined;
  readonly #queue: SendQueue;
  /** The bytes of the next write that are no lines; only with the framing "lines". */
  #unframed: Unframed[] | undefined;
  readonly #splitter: LineSplitter | FrameReader;
  /** The buffer of the first read, until its protocol was checked. */
  #firstSpace: Uint8Array | undefined;
  #reading = false;
  /** The size of the last read buffer; 0 before the first read. */
  #spaceBytes = 0;
  #peerEnded = false;
  #drainedBytes = 0;
  #idle = 0;
  #closed = false;
  #closing: ReturnType<typeof setTimeout> | undefined;
  /** Ends the wait in next(). */
  #resolve: Resolve | undefined;
  #progress: PromiseWithResolvers<void> | undefined;
  readonly #wait = (resolve: Resolve) => {
    this.#resolve = resolve;
    this.#read();
  };
  readonly #onRead = (count: number | null) => this.#take(count);
  readonly #onReadError = (error: unknown) => this.#broken("Read error", error);

  readonly framing: Framing;

  constructor(socket: StreamSocket, options: StreamOptions, framing: Framing, owner?: ConnectionOwner) {
    this.#owner = owner;
    this.address = plainAddress(socket.remoteAddr.hostname);
    this.secure = socket.handshake !== undefined;
    this.isLocal = isLocalPeer(this.address, socket);
    this.tls = socket.identity;
    this.#socket = socket;
    this.#options = options;
    this.#queue = new SendQueue(socket, options.flusher, options.maxQueueBytes ?? 1_048_576, this);
    this.framing = framing;
    const Reader = framing === "line" ? LineSplitter : FrameReader;
    this.#splitter = new Reader(options.limits, firstBytes);
  }

  get remote(): string {
    const { port } = this.#socket.remoteAddr;
    return this.address.includes(":") ? `[${this.address}]:${port}` : `${this.address}:${port}`;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  progress(): Promise<void> {
    if (this.ended !== undefined || this.#queue.idle) return Promise.resolve();
    this.#progress ??= Promise.withResolvers();
    return this.#progress.promise;
  }

  lines(): AsyncIterable<Line[]> {
    return this;
  }

  [Symbol.asyncIterator](): AsyncIterator<Line[]> {
    return this;
  }

  next(): Promise<IteratorResult<Line[]>> {
    if (this.ended !== undefined) return Promise.resolve(over);
    return new Promise(this.#wait);
  }

  send(line: string): void {
    this.#queue.push(encodeLine(line, this.framing));
  }

  write(chunk: Uint8Array, urgency?: Urgency): void {
    this.#queue.push(chunk, urgency);
  }

  /** Queues bytes that are no line: a part of the handshake, or a control frame. */
  writeUnframed(chunk: Uint8Array): void {
    if (this.framing === "lines") {
      (this.#unframed ??= []).push({ at: this.#queue.waitingBytes, bytes: chunk.length });
    }
    this.#queue.push(chunk);
  }

  packed(lines: Uint8Array): Uint8Array {
    if (this.framing !== "lines") return lines;
    const unframed = this.#unframed;
    this.#unframed = undefined;
    return frameLines(lines, unframed);
  }

  close(): void {
    if (this.framing !== "line" && this.ended === undefined) {
      this.writeUnframed(closeFrame(closeCodes.goingAway));
    }
    this.#queue.close();
    this.#end("Connection closed");
    this.#leave();
  }

  abort(): void {
    this.#end("Connection closed");
    this.#shut();
  }

  exceeded(): void {
    this.#cut(encodeLine(`ERROR :${exceeded}`, this.framing), exceeded);
  }

  failed(error: unknown): void {
    this.#broken("Write error", error);
  }

  progressed(): void {
    this.#progress?.resolve();
    this.#progress = undefined;
  }

  drained(): void {
    if (this.#closing !== undefined) this.#finish();
  }

  borderAfter(bytes: Uint8Array, offset: number): number {
    return borderAfter(bytes, offset, this.framing);
  }

  #read(): void {
    this.#reading = true;
    readInTurn(this);
  }

  takeTurn(): void {
    if (this.#closed) return;
    const space = this.#splitter.space();
    if (this.#spaceBytes === 0) this.#firstSpace = space;
    this.#spaceBytes = space.length;
    this.#socket.read(space).then(this.#onRead, this.#onReadError);
  }

  #take(count: number | null): void {
    this.#reading = false;
    if (count === null) return this.#hangUp();
    if (this.ended !== undefined) return this.#drain(count);
    if (this.#firstSpace !== undefined && this.#refuse(this.#firstSpace.subarray(0, count))) return;
    const lines = this.#splitter.take(count);
    this.#countIdle(count, lines.length);
    // A large buffer stays while a peer sends much, and is released for a peer that only answers PING now and
    // then.
    if (this.#spaceBytes > firstBytes && count * 4 < this.#spaceBytes) this.#splitter.idle();
    const isOver = this.#splitter instanceof FrameReader && this.#answerFrames(this.#splitter);
    if (lines.length === 0 && !isOver && this.#idle < mostIdle) return this.#read();
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(lines.length === 0 && isOver ? over : { done: false, value: lines });
    if (isOver) this.close();
  }

  /** Counts what was read and is no line: blank lines, frames without a line, and a read that completed none. */
  #countIdle(bytes: number, lines: number): void {
    const splitter = this.#splitter;
    let frames = 0;
    if (splitter instanceof FrameReader) {
      frames = splitter.frames;
      splitter.frames = 0;
    }
    countRead(bytes, lines + frames + splitter.blank);
    this.#idle += Math.max(splitter.blank, frames - lines) + (lines === 0 ? 1 : 0);
    splitter.blank = 0;
  }

  takeIdle(): number {
    const count = this.#idle;
    this.#idle = 0;
    return count;
  }

  /** Sends the answers to WebSocket control frames; returns whether the connection is over. */
  #answerFrames(frames: FrameReader): boolean {
    for (const reply of frames.replies.splice(0)) this.writeUnframed(reply);
    if (frames.over) this.ended ??= "Connection closed";
    return frames.over;
  }

  /** Whether the bytes are not IRC; then it answers and ends the connection. */
  #refuse(bytes: Uint8Array): boolean {
    this.#firstSpace = undefined;
    const onWrongProtocol = this.framing === "line" ? this.#options.onWrongProtocol : undefined;
    const which = onWrongProtocol && wrongProtocol(bytes);
    if (onWrongProtocol === undefined || which === undefined) return false;
    const sentence = onWrongProtocol(which, this.address);
    this.#cut(wrongAnswer(which, sentence), `Wrong protocol: ${which}`);
    return true;
  }

  #cut(last: Uint8Array, reason: string): void {
    this.#unframed = undefined;
    this.#queue.cut(last);
    this.#end(reason);
    this.#leave();
  }

  #hangUp(): void {
    this.#peerEnded = true;
    if (this.ended === undefined) this.#end("Connection closed");
    else if (this.#queue.idle) this.#shut();
  }

  /**
   * Bytes that still arrive are dropped: closing with unread bytes resets the connection, and the peer loses our last
   * line.
   */
  #drain(count: number): void {
    countRead(count, 0);
    this.#drainedBytes += count;
    if (!this.#closed && this.#drainedBytes < maxDrainedBytes) this.#read();
  }

  /** Only the first reason counts; a waiting next() ends now. */
  #end(reason: string): void {
    this.ended ??= reason;
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(over);
    this.progressed();
  }

  /** Closes when everything is sent and the peer has ended too, or after a timeout. */
  #leave(): void {
    if (this.#closed || this.#closing !== undefined) return;
    this.#closing = setTimeout(() => this.#shut(), this.#options.closeTimeoutMs ?? deadlines.closeMs);
    if (this.#queue.idle) this.#finish();
  }

  #finish(): void {
    if (this.#peerEnded) return this.#shut();
    this.#socket.closeWrite().catch(() => this.#shut());
    if (!this.#reading) this.#read();
  }

  #broken(what: string, error: unknown): void {
    this.#end(reasonOf(what, error));
    this.#shut();
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    leaveTurns(this);
    clearTimeout(this.#closing);
    this.#queue.clear();
    this.#socket.close();
    this.#owner?.closed();
  }
}

/** Whether the peer of a socket, with this address, is a program on this machine. */
export function isLocalPeer(address: string, { proxiedFrom }: Pick<StreamSocket, "proxiedFrom">): boolean {
  return isLoopback(address) && proxiedFrom !== "elsewhere";
}

/** A peer behind a proxy speaks IRC, so a PROXY header gets an IRC answer. */
function wrongAnswer(which: "TLS" | "HTTP" | "PROXY", sentence: string): Uint8Array {
  if (which === "TLS") return tlsAlert;
  return which === "HTTP" ? httpRefusal(sentence) : encodeLine(`ERROR :${sentence}`, "line");
}

function reasonOf(what: string, error: unknown): string {
  // Some TLS peers close without a close message; that is a normal end.
  if (error instanceof Deno.errors.UnexpectedEof) return "Connection closed";
  return `${what}: ${systemReason(error)}`;
}
