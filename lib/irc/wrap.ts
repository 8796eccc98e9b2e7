/**
 * Long lists and long texts → pieces that fit into a line. It counts UTF-8 bytes, as lines do.
 * The caller subtracts the text before a piece from the budget.
 */
import { utf8Bytes } from "./lines.ts";

const space = 0x20;
/** Created on first use: that takes milliseconds, and most users never need it. */
let segmenter: Intl.Segmenter | undefined;

/** The lines for `words` in their order, as few as possible; a word longer than `maxBytes` gets its own line. */
export function packWords(words: Iterable<string>, maxBytes: number, separator = " "): string[] {
  const lines: string[] = [];
  const gap = utf8Bytes(separator);
  let line = "";
  let used = 0;
  for (const word of words) {
    const bytes = utf8Bytes(word);
    if (used > 0 && used + gap + bytes > maxBytes) {
      lines.push(line);
      line = word;
      used = bytes;
    } else {
      line = used === 0 ? word : line + separator + word;
      used += (used === 0 ? 0 : gap) + bytes;
    }
  }
  if (used > 0) lines.push(line);
  return lines;
}

/**
 * The start of `text`, at most `maxLength` UTF-16 units. It cuts between graphemes; inside one only if that is too
 * long.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const isHalf = (text.codePointAt(maxLength - 1) ?? 0) > 0xffff;
  const { length, graphemes } = surroundings(text, 0, isHalf ? maxLength - 1 : maxLength);
  return text.slice(0, graphemeCut(length, graphemes));
}

/**
 * The start of `text`, at most `maxBytes` UTF-8 bytes. It cuts between graphemes; inside one only if that is too long.
 * At least one character stays.
 */
export function cutBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || utf8Bytes(text) <= maxBytes) return text;
  const end = reach(text, 0, Math.max(maxBytes, 4));
  const { length, graphemes } = surroundings(text, 0, end);
  return text.slice(0, graphemeCut(length, graphemes));
}

/**
 * Pieces of at most `maxBytes`; joined, they are `text` again; [""] for "". It cuts after a space if possible, then
 * between graphemes, and inside a grapheme only if the grapheme is too long. Throws a RangeError below 4 bytes.
 */
export function splitText(text: string, maxBytes: number): string[] {
  if (!(maxBytes >= 4)) throw new RangeError(`Cannot split text as maxBytes must be >= 4: it is ${maxBytes}`);
  if (text.length * 3 <= maxBytes) return [text];
  if (utf8Bytes(text) <= maxBytes) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const cut = nextCut(text, start, maxBytes);
    pieces.push(text.slice(start, cut));
    start = cut;
  }
  return pieces;
}

/** The end of the piece of splitText() that starts at `start`: the length of `text` if the rest fits. */
export function nextCut(text: string, start: number, maxBytes: number): number {
  const end = reach(text, start, maxBytes);
  if (end === text.length) return end;
  const { near, length, graphemes } = surroundings(text, start, end);
  return start + (wordCut(near, length, graphemes) ?? graphemeCut(length, graphemes));
}

/** A piece from `start` to `end` with what follows it. */
interface Surroundings {
  readonly near: string;
  /** The length of the piece. */
  readonly length: number;
  /** Undefined if every character is a grapheme. */
  readonly graphemes: Intl.Segments | undefined;
}

/** Only one piece is searched for graphemes: the search can look back to the start of its text for each position. */
function surroundings(text: string, start: number, end: number): Surroundings {
  const near = text.slice(start, end + 2);
  const isAscii = utf8Bytes(near) === near.length;
  return { near, length: end - start, graphemes: isAscii ? undefined : segmentsOf(near) };
}

/** The position at most `maxBytes` after `start`, in whole characters. */
function reach(text: string, start: number, maxBytes: number): number {
  let at = start;
  let bytes = 0;
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) return at;
    at += code < 0x10000 ? 1 : 2;
  }
  return at;
}

/** The last position after a space, or `end` if a space stands there; undefined if only spaces would be before it. */
function wordCut(text: string, end: number, graphemes: Intl.Segments | undefined): number | undefined {
  let first = 0;
  while (text.charCodeAt(first) === space) first++;
  for (let at = end; at > first; at--) {
    if (text.charCodeAt(at - 1) === space && isBorder(at, graphemes)) return at;
  }
  return first < end && text.charCodeAt(end) === space && isBorder(end, graphemes) ? end : undefined;
}

function graphemeCut(end: number, graphemes: Intl.Segments | undefined): number {
  const border = graphemes?.containing(end)?.index ?? end;
  return border > 0 ? border : end;
}

function isBorder(at: number, graphemes: Intl.Segments | undefined): boolean {
  return graphemes === undefined || graphemes.containing(at)?.index === at;
}

function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}
