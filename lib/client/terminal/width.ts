/**
 * The width of a text in terminal cells. Counts graphemes: a letter with its marks, or a whole emoji, is one. Terminals
 * disagree about emoji of several characters; this follows those that draw one picture of two cells.
 * The text must be safe for a terminal: control characters have no width here.
 */

import { eastAsianWidth } from "get-east-asian-width";

const narrow = /^[\x20-\x7e]*$/;
const invisible = /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Mark}\p{Surrogate}]+$/v;
const emoji = /^\p{RGI_Emoji}$/v;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The width of a text, in cells. */
export function textWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The graphemes of a text, each with its width. */
export function graphemes(text: string): readonly (readonly [grapheme: string, width: number])[] {
  if (narrow.test(text)) return [...text].map((letter) => [letter, 1] as const);
  return [...segmenter.segment(text)].map(({ segment }) => [segment, graphemeWidth(segment)] as const);
}

/** The start of the grapheme before `at`; 0 at the start of the text. */
export function graphemeBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  return segmenter.segment(text).containing(at - 1)?.index ?? at - 1;
}

/** The end of the grapheme at `at`. */
export function graphemeAfter(text: string, at: number): number {
  const found = segmenter.segment(text).containing(at);
  return found === undefined ? text.length : found.index + found.segment.length;
}

/** A grapheme of several letters, as in Hangul or Devanagari, has the width of its letters, but at most 2. */
function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && narrow.test(grapheme)) return 1;
  if (invisible.test(grapheme)) return 0;
  if (emoji.test(grapheme)) return 2;
  let width = 0;
  for (const character of grapheme) {
    if (invisible.test(character)) continue;
    width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return Math.min(width, 2);
}
