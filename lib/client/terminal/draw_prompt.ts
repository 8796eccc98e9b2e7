/**
 * Draws the last rows of the terminal, with the prompt and the typed text. Pure: makes the text to write. Everything
 * above is the terminal's own scrollback; the alternate screen is never used.
 *
 * Each row ends one cell before the edge, and the terminal never wraps it. So terminals that wrap differently, or draw
 * a wide character narrower, cause no faults. After a change of size the terminal wraps the rows again; erase()
 * takes that into account.
 */

import type { Span } from "../text/formatting.ts";
import type { Appearance } from "./appearance.ts";
import { paint } from "./paint.ts";
import { tabAt } from "./tabs.ts";
import { graphemes, textWidth } from "./width.ts";
import type { Row } from "./wrap_spans.ts";
import { wrapSpans } from "./wrap_spans.ts";

/** The prompt, with the rows above it. */
export interface Prompt {
  /** Rows above the prompt: messages under way, people who are typing. Each is cut to one row. */
  readonly above: readonly Row[];
  /** Sentences below these rows, as a hint. Each is broken between words. @default {[]} */
  readonly notes?: readonly Row[];
  readonly label: readonly Span[];
  /** The typed text, styled; it can contain newlines. */
  readonly typed: readonly Span[];
  /** The position of the cursor in the typed text, in UTF-16 units. */
  readonly cursor: number;
}

/** The size of a terminal, in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A drawn prompt, to be erased later. */
export interface DrawnPrompt {
  /** The width of each row. */
  readonly widths: readonly number[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** Nothing on the screen. */
export const nothingDrawn: DrawnPrompt = { widths: [0], cursorRow: 0, cursorColumn: 0 };

/** The text that erases a drawn prompt and moves the cursor to its start. */
export function erase({ widths, cursorRow, cursorColumn }: DrawnPrompt, { columns }: TerminalSize): string {
  const rowsOf = (width: number): number => Math.max(1, Math.ceil(width / columns));
  const above = widths.slice(0, cursorRow).reduce((sum, width) => sum + rowsOf(width), 0);
  const up = above + Math.floor(cursorColumn / columns);
  return `${up > 0 ? `\x1b[${up}A` : ""}\r\x1b[J`;
}

/** The text that draws a prompt at the cursor, and the drawn prompt. */
export function draw(
  prompt: Prompt,
  size: TerminalSize,
  appearance: Appearance,
): { readonly text: string; readonly drawn: DrawnPrompt } {
  const { rows, cursorRow, cursorColumn } = layOut(prompt, size);
  const widths = rows.map((row) => row.reduce((sum, { text }) => sum + textWidth(text), 0));
  const up = rows.length - 1 - cursorRow;
  const text = rows.map((row) => paint(row, appearance)).join("\r\n") +
    (up > 0 ? `\x1b[${up}A` : "") + "\r" + (cursorColumn > 0 ? `\x1b[${cursorColumn}C` : "");
  return { text, drawn: { widths, cursorRow, cursorColumn } };
}

/** The text of rows that stay above the prompt. */
export function paintRows(rows: readonly Row[], appearance: Appearance): string {
  return rows.map((row) => `${paint(row, appearance)}\r\n`).join("");
}

interface Layout {
  readonly rows: Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** The rows of a longer note are left out. */
const maxNoteRows = 3;

function layOut(
  { above, notes = [], label, typed, cursor }: Prompt,
  { columns, rows: height }: TerminalSize,
): Layout {
  const most = Math.max(4, columns - 1);
  const head = cutRow(label, Math.max(1, most - 3));
  const rows: Span[][] = [[...head]];
  let width = head.reduce((sum, { text }) => sum + textWidth(text), 0);
  let [cursorRow, cursorColumn] = [0, width];
  let at = 0;
  const newRow = (): void => {
    rows.push([]);
    width = 0;
  };
  for (const span of typed) {
    let piece: Span | undefined;
    for (const [grapheme, ownCells] of graphemes(span.text)) {
      const shown = grapheme === "\t" ? tabAt(width) : grapheme;
      const cells = grapheme === "\t" ? shown.length : ownCells;
      if (grapheme !== "\n" && width + cells > most) piece = void newRow();
      if (at <= cursor) [cursorRow, cursorColumn] = [rows.length - 1, width];
      at += grapheme.length;
      if (grapheme === "\n") piece = void newRow();
      else {
        if (piece !== undefined) rows.at(-1)?.pop();
        piece = { ...span, text: (piece?.text ?? "") + shown };
        rows.at(-1)?.push(piece);
        width += cells;
      }
    }
  }
  if (cursor >= at) [cursorRow, cursorColumn] = [rows.length - 1, width];
  return fitHeight(
    [
      ...above.map((row) => cutRow(row, most)),
      ...notes.flatMap((note) => wrapSpans([], note, most, 2).slice(0, maxNoteRows)),
    ],
    { rows, cursorRow, cursorColumn },
    Math.max(1, height - 1),
  );
}

/** Shows at most half of the height, so that messages stay visible, and always the row of the cursor. */
function fitHeight(above: readonly Row[], { rows, cursorRow, cursorColumn }: Layout, height: number): Layout {
  const most = Math.max(1, Math.min(Math.max(3, Math.ceil(height / 2)), height - above.length));
  const first = rows.length <= most ? 0 : Math.max(0, cursorRow - most + 1);
  const shown = rows.slice(first, first + most);
  const rowsAbove = above.slice(Math.max(0, above.length + shown.length - height));
  return { rows: [...rowsAbove, ...shown], cursorRow: rowsAbove.length + cursorRow - first, cursorColumn };
}

function cutRow(row: Row, columns: number): Row {
  const cut: Span[] = [];
  let width = 0;
  for (const span of row) {
    let text = "";
    for (const [grapheme, cells] of graphemes(span.text)) {
      if (width + cells > columns) return text === "" ? cut : [...cut, { ...span, text }];
      text += grapheme;
      width += cells;
    }
    cut.push({ ...span, text });
  }
  return cut;
}
