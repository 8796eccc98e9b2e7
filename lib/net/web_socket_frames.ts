/**
 * WebSocket frames from a client → lines: a message of one or several frames is a line (RFC 6455 §5; IRCv3
 * websocket).
 * Payloads are unmasked on arrival, directly into a LineSplitter with its limits, so no peer can make memory grow.
 * The upgrade is in lib/server/web.
 */
import { type Line, type LineLimits, LineSplitter } from "../irc/lines.ts";
import { encodeFrame } from "./encode.ts";

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const finalBit = 0x80;
const newline = Uint8Array.of(0x0a);
const bufferBytes = 1024;
const maxControlBytes = 125;

/** Codes for closing a WebSocket (RFC 6455 §7.4.1). */
export const closeCodes = { normal: 1000, goingAway: 1001, protocolError: 1002 } as const;

/** The frame that closes a WebSocket. */
export function closeFrame(code: number): Uint8Array {
  return encodeFrame(finalBit | opcodes.close, Uint8Array.of(code >> 8, code & 0xff));
}

/** The frame that is being read. */
interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly mask: Uint8Array;
  /** Payload bytes read so far, and their total. */
  read: number;
  readonly bytes: number;
}

/** Reads frames. It has the methods of LineSplitter, and the frames to answer with. */
export class FrameReader {
  /** Frames that answer a ping or a close; take and send them after each `take`. */
  replies: Uint8Array[] = [];
  /** The number of frames that began; the reader of the count sets it back. */
  frames = 0;
  /** The peer closed or broke the protocol: nothing more is read. */
  over = false;
  readonly #splitter: LineSplitter;
  readonly #buffer = new Uint8Array(bufferBytes);
  #filled = 0;
  #frame: Frame | undefined;
  #control: number[] = [];
  /** A message has begun and not ended; only control frames and continuations can follow. */
  #inMessage = false;

  constructor(limits: LineLimits, firstBytes = 512) {
    this.#splitter = new LineSplitter(limits, firstBytes);
  }

  /** The memory for the next read; never empty. */
  space(): Uint8Array {
    return this.#buffer.subarray(this.#filled);
  }

  /** The lines that `count` more bytes complete, in order. */
  take(count: number): Line[] {
    const end = this.#filled + count;
    const lines: Line[] = [];
    let at = 0;
    while (!this.over && (at < end || this.#frame?.bytes === 0)) {
      const next = this.#frame === undefined
        ? this.#readHeader(at, end)
        : this.#readPayload(this.#frame, at, end, lines);
      if (next === undefined) break;
      at = next;
    }
    this.#buffer.copyWithin(0, at, end);
    this.#filled = this.over ? 0 : end - at;
    return lines;
  }

  /** The number of blank lines; the reader of the count sets it back. */
  get blank(): number {
    return this.#splitter.blank;
  }

  set blank(count: number) {
    this.#splitter.blank = count;
  }

  /** Releases memory. */
  idle(): void {
    this.#splitter.idle();
  }

  /** The start of the payload; undefined while the header is incomplete. */
  #readHeader(at: number, end: number): number | undefined {
    const bytes = this.#buffer.subarray(at, end);
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const headerBytes = 2 + lengthBytes + 4;
    if (bytes.length < headerBytes) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const length = lengthBytes === 8
      ? Number(view.getBigUint64(2))
      : lengthBytes === 2
      ? view.getUint16(2)
      : short;
    const mask = bytes.slice(headerBytes - 4, headerBytes);
    const frame: Frame = { opcode: first & 0x0f, isFinal: first >= finalBit, mask, read: 0, bytes: length };
    // Every frame of a client is masked. No extension was negotiated, so the reserved bits are off.
    if ((first & 0x70) !== 0 || second < 0x80 || !this.#isExpected(frame)) {
      this.#end(closeCodes.protocolError);
    }
    this.#frame = frame;
    this.frames++;
    return at + headerBytes;
  }

  /** A message starts as text or binary and continues in continuations; control frames are short and complete. */
  #isExpected({ opcode, isFinal, bytes }: Frame): boolean {
    if (opcode === opcodes.continuation) return this.#inMessage;
    if (opcode === opcodes.text || opcode === opcodes.binary) return !this.#inMessage;
    return opcode >= opcodes.close && opcode <= opcodes.pong && isFinal && bytes <= maxControlBytes;
  }

  #readPayload(frame: Frame, at: number, end: number, lines: Line[]): number {
    const stop = Math.min(end, at + frame.bytes - frame.read);
    const payload = this.#buffer.subarray(at, stop);
    unmask(payload, frame.mask, frame.read);
    frame.read += payload.length;
    const isDone = frame.read === frame.bytes;
    if (isDone) this.#frame = undefined;
    if (frame.opcode >= opcodes.close) {
      this.#control.push(...payload);
      if (isDone) this.#endControl(frame.opcode);
      return stop;
    }
    this.#split(payload, lines);
    this.#inMessage = !(isDone && frame.isFinal);
    if (!this.#inMessage) this.#split(newline, lines);
    return stop;
  }

  #split(bytes: Uint8Array, lines: Line[]): void {
    for (let at = 0; at < bytes.length;) {
      const space = this.#splitter.space();
      const part = bytes.subarray(at, at + space.length);
      space.set(part);
      lines.push(...this.#splitter.take(part.length));
      at += part.length;
    }
  }

  #endControl(opcode: number): void {
    const payload = Uint8Array.from(this.#control);
    this.#control = [];
    if (opcode === opcodes.ping) this.replies.push(encodeFrame(finalBit | opcodes.pong, payload));
    if (opcode === opcodes.close) this.#end(closeCodes.normal);
  }

  #end(code: number): void {
    this.over = true;
    this.replies.push(closeFrame(code));
  }
}

/** Unmasks in place; `offset` is the number of payload bytes before (RFC 6455 §5.3). */
function unmask(bytes: Uint8Array, mask: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] ?? 0) ^ (mask[(at + offset) & 3] ?? 0);
}
