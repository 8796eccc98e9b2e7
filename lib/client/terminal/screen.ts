/**
 * The last rows of the terminal, where the prompt and the text being typed stand. Pure: makes the text to write, in
 * one piece each time. Everything above is the terminal's own scrollback; the alternate screen is never used.
 *
 * Rows end where we end them, one cell before the edge, never by the terminal's own wrapping: so terminals that wrap
 * differently at the edge, and a wide character that is narrower than thought, do no harm. After a change of size the
 * terminal has wrapped the rows anew; erase() reckons with that.
 */

import type { Span } from "../text/formatting.ts";
import type { Appearance } from "./appearance.ts";
import { paint } from "./paint.ts";
import { graphemes, textWidth } from "./width.ts";
import type { Row } from "./wrap_spans.ts";

/** What stands at the bottom. */
export interface Prompt {
  /** Rows above the prompt: who is typing, a hint. Each is cut to one row. */
  readonly above: readonly Row[];
  readonly label: readonly Span[];
  /** What is typed, in its looks; may hold newlines. */
  readonly typed: readonly Span[];
  /** Where the cursor stands in the typed text, in UTF-16 units. */
  readonly cursor: number;
}

/** The size of a terminal, in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What is on the screen, to be erased later. */
export interface DrawnPrompt {
  /** The cells of each row. */
  readonly widths: readonly number[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** Nothing on the screen. */
export const nothingDrawn: DrawnPrompt = { widths: [0], cursorRow: 0, cursorColumn: 0 };

/** The text that erases what was drawn, and leaves the cursor where it began. */
export function erase({ widths, cursorRow, cursorColumn }: DrawnPrompt, { columns }: TerminalSize): string {
  const rowsOf = (width: number): number => Math.max(1, Math.ceil(width / columns));
  const above = widths.slice(0, cursorRow).reduce((sum, width) => sum + rowsOf(width), 0);
  const up = above + Math.floor(cursorColumn / columns);
  return `${up > 0 ? `\x1b[${up}A` : ""}\r\x1b[J`;
}

/** The text that draws a prompt where the cursor is, and what is on the screen then. */
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

/** Rows that stay above, painted. */
export function printed(rows: readonly Row[], appearance: Appearance): string {
  return rows.map((row) => `${paint(row, appearance)}\r\n`).join("");
}

interface Layout {
  readonly rows: Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

function layOut({ above, label, typed, cursor }: Prompt, { columns, rows: height }: TerminalSize): Layout {
  const room = Math.max(4, columns - 1);
  const head = cutRow(label, Math.max(1, room - 3));
  const rows: Span[][] = [[...head]];
  let width = head.reduce((sum, { text }) => sum + textWidth(text), 0);
  let [cursorRow, cursorColumn] = [0, width];
  let at = 0;
  const turn = (): void => {
    rows.push([]);
    width = 0;
  };
  for (const span of typed) {
    let piece: Span | undefined;
    for (const [grapheme, cells] of graphemes(span.text)) {
      if (grapheme !== "\n" && width + cells > room) piece = void turn();
      if (at <= cursor) [cursorRow, cursorColumn] = [rows.length - 1, width];
      at += grapheme.length;
      if (grapheme === "\n") piece = void turn();
      else {
        if (piece !== undefined) rows.at(-1)?.pop();
        piece = { ...span, text: (piece?.text ?? "") + grapheme };
        rows.at(-1)?.push(piece);
        width += cells;
      }
    }
  }
  if (cursor >= at) [cursorRow, cursorColumn] = [rows.length - 1, width];
  return windowed(
    above.map((row) => cutRow(row, room)),
    { rows, cursorRow, cursorColumn },
    Math.max(1, height - 1),
  );
}

/** Half of the height at most, so that one sees what one answers, and the row of the cursor in it. */
function windowed(above: readonly Row[], { rows, cursorRow, cursorColumn }: Layout, height: number): Layout {
  const most = Math.max(1, Math.min(Math.max(3, Math.ceil(height / 2)), height - above.length));
  const first = rows.length <= most ? 0 : Math.max(0, cursorRow - most + 1);
  const shown = rows.slice(first, first + most);
  const kept = above.slice(Math.max(0, above.length + shown.length - height));
  return { rows: [...kept, ...shown], cursorRow: kept.length + cursorRow - first, cursorColumn };
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
