/**
 * TCP and TLS sockets as connections: CR LF lines in, whole encoded lines out. Knows nothing of what a line says.
 * `lines()` is an object with a `next`, not an async generator, so that close() and a cut-off end it at once though a
 * read is still under way; and callbacks are made once for each connection, none for each read or write.
 */
import { plainAddress } from "../irc/address.ts";
import type { Line, LineLimits } from "../irc/lines.ts";
import { LineSplitter } from "../irc/lines.ts";
import type { Framing, ServerConnection } from "./connection.ts";
import { borderAfter, encodeLine } from "./encode.ts";
import { closeCodes, closeFrame, FrameReader } from "./web_socket_frames.ts";
import { httpRefusal, tlsAlert, wrongProtocol } from "./guess.ts";
import { type Flusher, type QueueOwner, SendQueue, type Writer } from "./queue.ts";
import { countRead, type Reader, readInTurn } from "./read_turns.ts";

/** How the connections of one listener behave; one object shared by all of them. */
export interface StreamOptions {
  readonly flusher: Flusher;
  /** What a line from the peer may be long. */
  readonly limits: LineLimits;
  /** Unsent bytes past which a reader is cut off with "ERROR :SendQ exceeded". @default {1_048_576} */
  readonly maxQueueBytes?: number;
  /** How long the end may take: sending what is queued, and waiting for the peer's end. @default {2_000} */
  readonly closeTimeoutMs?: number;
  /** The answer, one sentence, to a peer that starts with another protocol. Without it such a peer is not looked for. */
  readonly onWrongProtocol?: (which: "TLS" | "HTTP" | "PROXY", address: string) => string;
  /** Called once, when the socket is closed. */
  readonly onClosed?: () => void;
}

/** What a connection needs of a socket; Deno's own have it. One with a `handshake` is secure. */
export interface StreamSocket extends Writer {
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  readonly handshake?: unknown;
  /** Resolves to how many bytes were read into `bytes`, or to null at the end. */
  read(bytes: Uint8Array): Promise<number | null>;
  closeWrite(): Promise<void>;
  close(): void;
  setNoDelay?(): void;
}

/**
 * Takes over `socket`, and closes it when the connection is over. The caller iterates `lines()` and calls `close()`
 * when they have ended: a peer that said its last line may still be waiting for the answer.
 */
export function streamConnection(socket: StreamSocket, options: StreamOptions): ServerConnection {
  return new StreamConnection(socket, options);
}

/** The same for the socket of a WebSocket whose handshake is done: a frame a line, `framing` in either direction. */
export function webSocketConnection(
  socket: StreamSocket,
  framing: "text" | "binary",
  options: StreamOptions,
): ServerConnection {
  return new StreamConnection(socket, options, framing);
}

const over: IteratorResult<Line[]> = { done: true, value: undefined };
const exceeded = "SendQ exceeded";
const maxDrainedBytes = 65_536;
/** For reading, as most lines are short; it grows while a peer says more at once. */
const firstBytes = 512;

type Resolve = (result: IteratorResult<Line[]>) => void;

class StreamConnection implements ServerConnection, QueueOwner, Reader, AsyncIterator<Line[]> {
  readonly address: string;
  readonly secure: boolean;
  ended: string | undefined;
  readonly #socket: StreamSocket;
  readonly #options: StreamOptions;
  readonly #queue: SendQueue;
  readonly #splitter: LineSplitter | FrameReader;
  /** Where the first read goes, kept until it was looked at. */
  #firstSpace: Uint8Array | undefined;
  #reading = false;
  /** How much the last read could have brought; 0 before the first one. */
  #spaceBytes = 0;
  #peerEnded = false;
  #drainedBytes = 0;
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

  constructor(socket: StreamSocket, options: StreamOptions, framing: Framing = "line") {
    this.address = plainAddress(socket.remoteAddr.hostname);
    this.secure = socket.handshake !== undefined;
    this.#socket = socket;
    this.#options = options;
    this.#queue = new SendQueue(socket, options.flusher, options.maxQueueBytes ?? 1_048_576, this);
    this.framing = framing;
    const Reader = framing === "line" ? LineSplitter : FrameReader;
    this.#splitter = new Reader(options.limits, firstBytes);
    socket.setNoDelay?.();
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

  write(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  close(): void {
    if (this.framing !== "line" && this.ended === undefined) {
      this.#queue.push(closeFrame(closeCodes.goingAway));
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
    countRead(count, lines.length + this.#framesSince());
    // Some room is kept for a peer that goes on, and given back by one that only answers a PING now and then.
    if (this.#spaceBytes > firstBytes && count * 4 < this.#spaceBytes) this.#splitter.idle();
    const isOver = this.#splitter instanceof FrameReader && this.#answerFrames(this.#splitter);
    if (lines.length === 0 && !isOver) return this.#read();
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(lines.length === 0 ? over : { done: false, value: lines });
    if (isOver) this.close();
  }

  /** Frames since this was last asked. */
  #framesSince(): number {
    if (!(this.#splitter instanceof FrameReader)) return 0;
    const { frames } = this.#splitter;
    this.#splitter.frames = 0;
    return frames;
  }

  /** Sends what a WebSocket's own frames ask for; whether it is over. */
  #answerFrames(frames: FrameReader): boolean {
    for (const reply of frames.replies.splice(0)) this.#queue.push(reply);
    if (frames.over) this.ended ??= "Connection closed";
    return frames.over;
  }

  /** Whether this is no IRC; it is then answered, and over. */
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
    this.#queue.cut(last);
    this.#end(reason);
    this.#leave();
  }

  #hangUp(): void {
    this.#peerEnded = true;
    if (this.ended === undefined) this.#end("Connection closed");
    else if (this.#queue.idle) this.#shut();
  }

  /** What still comes is dropped: closing over unread bytes resets the connection, and the peer loses our last line. */
  #drain(count: number): void {
    countRead(count, 0);
    this.#drainedBytes += count;
    if (!this.#closed && this.#drainedBytes < maxDrainedBytes) this.#read();
  }

  /** Only the first reason counts; who waits for lines is told now. */
  #end(reason: string): void {
    this.ended ??= reason;
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(over);
    this.progressed();
  }

  /** Closes once all is sent and the peer has ended too, or when that takes too long. */
  #leave(): void {
    if (this.#closed || this.#closing !== undefined) return;
    this.#closing = setTimeout(() => this.#shut(), this.#options.closeTimeoutMs ?? 2_000);
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
    clearTimeout(this.#closing);
    this.#queue.clear();
    this.#socket.close();
    this.#options.onClosed?.();
  }
}

/** Behind a proxy there is somebody who speaks IRC. */
function wrongAnswer(which: "TLS" | "HTTP" | "PROXY", sentence: string): Uint8Array {
  if (which === "TLS") return tlsAlert;
  return which === "HTTP" ? httpRefusal(sentence) : encodeLine(`ERROR :${sentence}`, "line");
}

function reasonOf(what: string, error: unknown): string {
  // A TLS peer that leaves without saying so has left all the same.
  if (error instanceof Deno.errors.UnexpectedEof) return "Connection closed";
  const words = error instanceof Error ? error.message : String(error);
  return `${what}: ${words.replace(/ \(os error \d+\)$/, "")}`;
}
