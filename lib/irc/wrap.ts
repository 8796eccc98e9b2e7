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

/** The start of `text`, at most `maxLength` UTF-16 units; half a character at the cut is removed. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const isHalf = (text.codePointAt(maxLength - 1) ?? 0) > 0xffff;
  return text.slice(0, isHalf ? maxLength - 1 : maxLength);
}

/**
 * Pieces of at most `maxBytes`; joined, they are `text` again; [""] for "". It cuts after a space if possible, then
 * between graphemes, and inside a grapheme only if the grapheme is too long. Throws a RangeError below 4 bytes.
 */
export function splitText(text: string, maxBytes: number): string[] {
  if (!(maxBytes >= 4)) throw new RangeError(`Cannot split text as maxBytes must be >= 4: it is ${maxBytes}`);
  if (text.length * 3 <= maxBytes) return [text];
  const bytes = utf8Bytes(text);
  if (bytes <= maxBytes) return [text];
  const graphemes = bytes === text.length ? undefined : segmentsOf(text);
  const pieces: string[] = [];
  let start = 0;
  for (let end = reach(text, 0, maxBytes); end < text.length; end = reach(text, start, maxBytes)) {
    const cut = wordCut(text, start, end, graphemes) ?? graphemeCut(start, end, graphemes);
    pieces.push(text.slice(start, cut));
    start = cut;
  }
  pieces.push(text.slice(start));
  return pieces;
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
function wordCut(
  text: string,
  start: number,
  end: number,
  graphemes: Intl.Segments | undefined,
): number | undefined {
  let first = start;
  while (text.charCodeAt(first) === space) first++;
  for (let at = end; at > first; at--) {
    if (text.charCodeAt(at - 1) === space && isBorder(at, graphemes)) return at;
  }
  return first < end && text.charCodeAt(end) === space && isBorder(end, graphemes) ? end : undefined;
}

function graphemeCut(start: number, end: number, graphemes: Intl.Segments | undefined): number {
  const border = graphemes?.containing(end)?.index ?? end;
  return border > start ? border : end;
}

function isBorder(at: number, graphemes: Intl.Segments | undefined): boolean {
  return graphemes === undefined || graphemes.containing(at)?.index === at;
}

function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}
