/**
 * Spans → rows of a terminal. Long text is broken between words, and the later rows are indented. So no part of a
 * message starts where a new line would start: a message can never look like the line of another person.
 */

import type { Span } from "../text/formatting.ts";
import { expandTabs } from "./tabs.ts";
import { graphemes, textWidth } from "./width.ts";

/** One row. */
export type Row = readonly Span[];

interface Rows {
  readonly done: Row[];
  row: Span[];
  /** The span of the last piece in the row. */
  source: Span | undefined;
  width: number;
  /** The width of the row when it contains only the indent. */
  start: number;
}

/** The rows of `head` followed by `body`. A newline in the body begins a new row. The head must fit in a row. */
export function wrapSpans(
  head: readonly Span[],
  written: readonly Span[],
  columns: number,
  indent: number,
): Row[] {
  const body = expandTabs(written);
  const margin = Math.min(indent, Math.max(0, Math.floor(columns / 2)));
  const headWidth = head.reduce((sum, { text }) => sum + textWidth(text), 0);
  // Most lines fit in one row.
  const width = body.reduce(
    (sum, { text }) => sum + (text.includes("\n") ? Infinity : textWidth(text)),
    headWidth,
  );
  if (width <= columns) return [trimRow([...head, ...body])];
  const rows: Rows = { done: [], row: [...head], source: undefined, width: headWidth, start: headWidth };
  for (const span of body) {
    for (const [at, line] of span.text.split("\n").entries()) {
      if (at > 0) newRow(rows, margin);
      for (const word of line.match(/\S+| +/g) ?? []) addWord(rows, span, word, columns, margin);
    }
  }
  return [...rows.done, trimRow(rows.row)];
}

function addWord(rows: Rows, span: Span, word: string, columns: number, margin: number): void {
  const width = textWidth(word);
  if (rows.width + width <= columns) return put(rows, span, word, width);
  if (word.startsWith(" ")) return newRow(rows, margin);
  // A word that is longer than a row is cut at the end of the row.
  if (rows.width > rows.start && width <= columns - margin) {
    newRow(rows, margin);
    return put(rows, span, word, width);
  }
  for (const [grapheme, cells] of graphemes(word)) {
    if (rows.width + cells > columns) newRow(rows, margin);
    put(rows, span, grapheme, cells);
  }
}

function put(rows: Rows, span: Span, text: string, width: number): void {
  const last = rows.row.at(-1);
  if (last !== undefined && rows.source === span) {
    rows.row[rows.row.length - 1] = { ...span, text: last.text + text };
  } else rows.row.push({ ...span, text });
  rows.source = span;
  rows.width += width;
}

function newRow(rows: Rows, margin: number): void {
  rows.done.push(trimRow(rows.row));
  rows.row = margin === 0 ? [] : [{ text: " ".repeat(margin) }];
  rows.source = undefined;
  rows.width = margin;
  rows.start = margin;
}

/** Without the spaces at the end, because they are invisible. */
function trimRow(row: readonly Span[]): Row {
  const last = row.at(-1);
  if (last === undefined || !last.text.endsWith(" ")) return row;
  const text = last.text.trimEnd();
  return text === "" ? trimRow(row.slice(0, -1)) : [...row.slice(0, -1), { ...last, text }];
}
