/** One line → the bytes of one framing. It does not look at the content of the line. */
import type { Framing } from "./connection.ts";

const encoder = new TextEncoder();
const finalText = 0x81; // RFC 6455 §5.2: FIN and opcode 1
const finalBinary = 0x82;
const newline = 0x0a;
const carriageReturn = 0x0d;
/** The first letter of "HTTP/1.1"; no frame of a server begins with it. */
const firstOfAnswer = 0x48;

/** Small, because a slow reader keeps the whole piece of each waiting line in memory. */
const pieceBytes = 4096;
let piece = new Uint8Array(0);
let usedBytes = pieceBytes;

/**
 * Bytes for `ServerConnection.write`: the line with CR LF, or one unmasked WebSocket frame (RFC 6455 §5.2) without CR
 * LF. For "lines" the connection makes the frames later.
 */
export function encodeLine(line: string, framing: Framing): Uint8Array<ArrayBuffer> {
  if (framing === "line" || framing === "lines") return encode(line + "\r\n");
  return encodeFrame(framing === "text" ? finalText : finalBinary, encode(line));
}

/**
 * The bytes of a short text are cut from a larger piece of memory: an allocation per text costs twice as much as
 * filling it.
 */
function encode(text: string): Uint8Array<ArrayBuffer> {
  const mostBytes = text.length * 3;
  if (mostBytes > pieceBytes / 2) return encoder.encode(text);
  if (usedBytes + mostBytes > pieceBytes) {
    piece = new Uint8Array(pieceBytes);
    usedBytes = 0;
  }
  const start = usedBytes;
  usedBytes += encoder.encodeInto(text, piece.subarray(start)).written;
  return piece.subarray(start, usedBytes);
}

/** One unmasked WebSocket frame; `first` is its first byte: FIN, reserved bits and opcode. */
export function encodeFrame(first: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = payload.length;
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = new Uint8Array(headerBytes + length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, first);
  if (headerBytes === 2) {
    view.setUint8(1, length);
  } else if (headerBytes === 4) {
    view.setUint8(1, 126);
    view.setUint16(2, length);
  } else {
    view.setUint8(1, 127);
    view.setBigUint64(2, BigInt(length));
  }
  frame.set(payload, headerBytes);
  return frame;
}

/**
 * The end of the line or frame that contains `bytes[offset]`; `offset` itself if one starts there. `bytes` are whole
 * lines or frames, as they are sent. The answer to the handshake of a WebSocket can come before the frames, and is sent
 * whole.
 */
export function borderAfter(bytes: Uint8Array, offset: number, framing: Framing): number {
  if (framing === "line") {
    if (offset === 0 || bytes[offset - 1] === newline) return offset;
    const end = bytes.indexOf(newline, offset);
    return end < 0 ? bytes.length : end + 1;
  }
  let border = bytes[0] === firstOfAnswer ? endOfAnswer(bytes) : 0;
  while (border < offset) border += frameBytes(bytes, border);
  return border;
}

/** The end of the empty line after the headers. */
function endOfAnswer(bytes: Uint8Array): number {
  let end = bytes.indexOf(newline) + 1;
  while (end > 0 && bytes[end] !== carriageReturn) end = bytes.indexOf(newline, end) + 1;
  return end > 0 ? end + 2 : bytes.length;
}

function frameBytes(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const length = view.getUint8(1);
  if (length < 126) return 2 + length;
  return length === 126 ? 4 + view.getUint16(2) : 10 + Number(view.getBigUint64(2));
}
