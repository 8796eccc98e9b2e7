/**
 * Messages in short form: for quotes, notifications, search results and titles. The result is safe to show (plain.ts),
 * has no formatting codes, and is cut only between graphemes, so an emoji or an accented letter is never cut in half.
 */

import type { Said } from "../state/event.ts";
import { withoutFormatting } from "./formatting.ts";
import { plainName } from "./plain.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Created on first use: that takes milliseconds. */
let segmenter: Intl.Segmenter | undefined;

/** The start of a text as one line, with at most `max` graphemes; "…" at the end shows that there is more. */
export function excerpt(text: string, max: number): string {
  return cutGraphemes(withoutFormatting(text.replace(/\s+/g, " ")).trim(), max);
}

/**
 * The part of a text around its first marked part, as excerpt() shortens it, in pieces: every second one is marked.
 * `found` returns the marked parts.
 */
export function markedExcerpt(
  text: string,
  max: number,
  found: (text: string) => readonly Range[],
): string[] {
  const line = withoutFormatting(text.replace(/\s+/g, " ")).trim();
  const first = found(line)[0]?.start ?? 0;
  // A word before the marked part shows what it is about.
  const start = first < max / 2 ? 0 : line.lastIndexOf(" ", first - max / 4) + 1;
  const shown = `${start > 0 ? "…" : ""}${cutGraphemes(line.slice(start), max)}`;
  const pieces: string[] = [];
  let end = 0;
  for (const range of found(shown)) {
    pieces.push(shown.slice(end, range.start), shown.slice(range.start, range.end));
    end = range.end;
  }
  return [...pieces, shown.slice(end)];
}

/** The start of a safe text, with at most `max` graphemes; "…" replaces the last one when there are more. */
export function cutGraphemes(text: string, max: number): string {
  if (text.length <= max) return text;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let count = 0;
  let end = 0;
  for (const { index } of segmenter.segment(text)) {
    if (count === max - 1) end = index;
    if (++count > max) return `${text.slice(0, end).trimEnd()}…`;
  }
  return text;
}

/** The title for a message: "ann in #tea", or "ann" for a message to one person. */
export function messageTitle({ from, buffer, direct }: Said): string {
  return direct ? plainName(from.nick) : `${plainName(from.nick)} in ${plainName(buffer)}`;
}
