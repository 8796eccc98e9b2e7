/**
 * How many cells of a terminal a text takes. Counts graphemes: letters with their marks and whole emoji are one
 * thing. Where terminals disagree (emoji made of several) it follows those that draw one picture of two cells.
 * The text must be harmless already: control characters have no width here.
 */

import { eastAsianWidth } from "get-east-asian-width";

const narrow = /^[\x20-\x7e]*$/;
const unseen = /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Mark}\p{Surrogate}]+$/v;
const emoji = /^\p{RGI_Emoji}$/v;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cells of a text. */
export function textWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The graphemes of a text, each with its cells. */
export function graphemes(text: string): readonly (readonly [grapheme: string, width: number])[] {
  if (narrow.test(text)) return [...text].map((letter) => [letter, 1] as const);
  return [...segmenter.segment(text)].map(({ segment }) => [segment, graphemeWidth(segment)] as const);
}

/** Where the grapheme before `at` begins; 0 at the start. */
export function graphemeBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  return segmenter.segment(text).containing(at - 1)?.index ?? at - 1;
}

/** Where the grapheme at `at` ends. */
export function graphemeAfter(text: string, at: number): number {
  const found = segmenter.segment(text).containing(at);
  return found === undefined ? text.length : found.index + found.segment.length;
}

/** Graphemes of more than one letter, as in Hangul or Devanagari, take what their letters take. */
function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && narrow.test(grapheme)) return 1;
  if (unseen.test(grapheme)) return 0;
  if (emoji.test(grapheme)) return 2;
  let width = 0;
  for (const character of grapheme) {
    if (unseen.test(character)) continue;
    width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return Math.min(width, 2);
}
