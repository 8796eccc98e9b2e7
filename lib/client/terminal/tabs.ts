/** Tabs as spaces: a terminal moves its cursor at a tab, and does not clear what it skips. Pure. */

import type { Span } from "../text/formatting.ts";
import { textWidth } from "./width.ts";

const tabColumns = 4;

/** The spaces for a tab at a column. */
export function tabAt(column: number): string {
  return " ".repeat(tabColumns - column % tabColumns);
}

/** Spans with spaces for tabs; columns count from the start of each line of the text. */
export function expandTabs(spans: readonly Span[]): readonly Span[] {
  if (!spans.some(({ text }) => text.includes("\t"))) return spans;
  let column = 0;
  return spans.map((span) => {
    let text = "";
    for (const piece of span.text.split(/([\t\n])/)) {
      const shown = piece === "\t" ? tabAt(column) : piece;
      column = piece === "\n" ? 0 : column + textWidth(shown);
      text += shown;
    }
    return { ...span, text };
  });
}
