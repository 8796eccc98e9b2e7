/**
 * WebSocket frames of many lines, for the page: a browser spends 0.1 ms on a frame however short it is, and less than half
 * of that on a line. The lines keep their CR LF. Other clients get one frame per line (encode.ts).
 */
import { joinBytes } from "../irc/join_bytes.ts";
import { encodeFrame } from "./encode.ts";

/** Bytes that are no line, between the lines: the answer to the handshake, or a control frame. */
export interface Unframed {
  /** Where they begin. */
  readonly at: number;
  readonly bytes: number;
}

const finalText = 0x81;
const newline = 0x0a;
/** A browser reads the lines of a frame when all of it is there: on a slow network that is 30 ms for so many bytes. */
const mostBytes = 16_384;

/** The last lines, as all pages in a channel get the same; not very many, because they stay in memory. */
let lastLines: Uint8Array | undefined;
let lastFrames: Uint8Array = new Uint8Array();

/** The bytes to send for whole lines; `unframed` are sent as they are, and are in order. */
export function frameLines(lines: Uint8Array, unframed: readonly Unframed[] = []): Uint8Array {
  if (unframed.length > 0 || lines.length > mostBytes) return joinBytes([...framesOf(lines, unframed)]);
  if (lines !== lastLines) {
    lastFrames = joinBytes([...framesOf(lines, unframed)]);
    lastLines = lines;
  }
  return lastFrames;
}

function* framesOf(lines: Uint8Array, unframed: readonly Unframed[]): Generator<Uint8Array> {
  let start = 0;
  for (const { at, bytes } of [...unframed, { at: lines.length, bytes: 0 }]) {
    while (start < at) {
      const end = Math.min(at, endOfFrame(lines, start));
      yield encodeFrame(finalText, lines.subarray(start, end));
      start = end;
    }
    if (bytes > 0) yield lines.subarray(at, start = at + bytes);
  }
}

/** The end of the last line that fits into the frame; a line that is too long for it has a frame of its own. */
function endOfFrame(lines: Uint8Array, start: number): number {
  if (lines.length - start <= mostBytes) return lines.length;
  const last = lines.lastIndexOf(newline, start + mostBytes - 1);
  if (last >= start) return last + 1;
  const next = lines.indexOf(newline, start + mostBytes);
  return next < 0 ? lines.length : next + 1;
}
