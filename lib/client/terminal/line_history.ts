/** Lines entered before: going back through them, and searching them as one types (C-r). Pure. */

import type { Editor } from "./editor.ts";
import { withText } from "./editor.ts";

/** What was entered, and where one is in it. */
export interface LineHistory {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** How far back one is; 0 is the line being typed. */
  readonly back: number;
  /** The line being typed, while one is in the past. */
  readonly draft: string;
}

/** Nothing entered yet. */
export const emptyLineHistory: LineHistory = { lines: [], back: 0, draft: "" };

const maxLines = 1000;

/** Remembers a line, once when it is entered twice in a row. */
export function remember(history: LineHistory, line: string): LineHistory {
  const same = line === "" || history.lines.at(-1) === line;
  return { lines: same ? history.lines : [...history.lines, line].slice(-maxLines), back: 0, draft: "" };
}

/** Goes `by` lines into the past, or towards now when negative; the line being typed is kept. */
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
  /** The line found, by how far back it is; 0 when none is. */
  readonly back: number;
}

/** The search for a longer or shorter query. It begins with the newest line. */
export function search(history: LineHistory, query: string): HistorySearch {
  return find(history, query, 1) ?? { query, back: 0 };
}

/** The next older line with the same query; the same line when there is none. */
export function searchOn(history: LineHistory, current: HistorySearch): HistorySearch {
  return find(history, current.query, current.back + 1) ?? current;
}

/** The line a search has found, "" when none. */
export function foundLine(history: LineHistory, { back }: HistorySearch): string {
  return back === 0 ? "" : history.lines.at(-back) ?? "";
}

function find(history: LineHistory, query: string, from: number): HistorySearch | undefined {
  if (query === "") return undefined;
  const wanted = query.toLowerCase();
  for (let back = from; back <= history.lines.length; back++) {
    if (history.lines.at(-back)?.toLowerCase().includes(wanted)) return { query, back };
  }
  return undefined;
}
