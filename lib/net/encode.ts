/** Text of one line → the bytes of one framing. Does not look at what the line says. */
import type { Framing } from "./connection.ts";

const encoder = new TextEncoder();
const FINAL_TEXT = 0x81; // RFC 6455 §5.2: FIN and opcode 1
const FINAL_BINARY = 0x82;

/** Bytes ready for `ServerConnection.write`: the line and CR LF, or one unmasked WebSocket frame (RFC 6455 §5.2) without CR LF. */
export function encodeLine(line: string, framing: Framing): Uint8Array {
  if (framing === "line") return encoder.encode(line + "\r\n");
  return encodeFrame(framing === "text" ? FINAL_TEXT : FINAL_BINARY, encoder.encode(line));
}

/** One unmasked frame; `first` is its first byte: FIN, reserved bits, opcode. */
export function encodeFrame(first: number, payload: Uint8Array): Uint8Array {
  const length = payload.length;
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = new Uint8Array(headerBytes + length);
  frame[0] = first;
  if (headerBytes === 2) {
    frame[1] = length;
  } else if (headerBytes === 4) {
    frame[1] = 126;
    new DataView(frame.buffer).setUint16(2, length);
  } else {
    frame[1] = 127;
    new DataView(frame.buffer).setBigUint64(2, BigInt(length));
  }
  frame.set(payload, headerBytes);
  return frame;
}

/** Where the line or frame ends that `bytes[offset]` is inside of; `offset` itself when that is a border. `bytes` starts at a border. */
export function borderAfter(bytes: Uint8Array, offset: number, framing: Framing): number {
  if (offset === 0) return 0;
  if (framing === "line") {
    if (bytes[offset - 1] === 0x0a) return offset;
    const newline = bytes.indexOf(0x0a, offset);
    return newline < 0 ? bytes.length : newline + 1;
  }
  let border = 0;
  while (border < offset) border += frameBytes(bytes, border);
  return border;
}

function frameBytes(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const short = view.getUint8(1) & 0x7f;
  if (short < 126) return 2 + short;
  return short === 126 ? 4 + view.getUint16(2) : 10 + Number(view.getBigUint64(2));
}
