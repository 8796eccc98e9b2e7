/** The lines that the person entered before: ↑ and ↓ step through them, C-r searches them. Pure. */

import { foldText } from "../../irc/folded_text.ts";
import type { Editor } from "./editor.ts";
import { withText } from "./editor.ts";

/** The entered lines, and the current position in them. */
export interface LineHistory {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** The number of steps back; 0 is the line that is being typed. */
  readonly back: number;
  /** The line that is being typed, while an earlier line is shown. */
  readonly draft: string;
}

/** No lines yet. */
export const emptyLineHistory: LineHistory = { lines: [], back: 0, draft: "" };

const maxLines = 1000;

/** Adds a line, but not twice in a row. */
export function addLine(history: LineHistory, line: string): LineHistory {
  const same = line === "" || history.lines.at(-1) === line;
  return { lines: same ? history.lines : [...history.lines, line].slice(-maxLines), back: 0, draft: "" };
}

/** Goes back `by` lines, or forward when negative. Keeps the line that is being typed. */
export function goBack(
  history: LineHistory,
  editor: Editor,
  by: number,
): { history: LineHistory; editor: Editor } {
  const back = Math.min(history.lines.length, Math.max(0, history.back + by));
  if (back === history.back) return { history, editor };
  const draft = history.back === 0 ? editor.text : history.draft;
  const text = back === 0 ? draft : history.lines.at(-back) ?? "";
  return { history: { ...history, back, draft }, editor: withText(editor, text) };
}

/** A search through the lines, newest first. */
export interface HistorySearch {
  readonly query: string;
  /** The position of the found line, in steps back; 0 when there is none. */
  readonly back: number;
}

/** Searches for a changed query, from the newest line. */
export function search(history: LineHistory, query: string): HistorySearch {
  return find(history, query, 1) ?? { query, back: 0 };
}

/** Finds the next older line for the same query. Without one it stays at the current line. */
export function searchOlder(history: LineHistory, current: HistorySearch): HistorySearch {
  return find(history, current.query, current.back + 1) ?? current;
}

/** The found line, or "". */
export function foundLine(history: LineHistory, { back }: HistorySearch): string {
  return back === 0 ? "" : history.lines.at(-back) ?? "";
}

function find(history: LineHistory, query: string, from: number): HistorySearch | undefined {
  if (query === "") return undefined;
  const wanted = foldText(query);
  for (let back = from; back <= history.lines.length; back++) {
    if (foldText(history.lines.at(-back) ?? "").includes(wanted)) return { query, back };
  }
  return undefined;
}
