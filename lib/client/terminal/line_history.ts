/** Lines entered before: going back through them, and searching them as one types (C-r). Pure. */

import type { Editor } from "./editor.ts";
import { withText } from "./editor.ts";

/** What was entered, and where one is in it. */
export interface Recall {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** How far back one is; 0 is the line being typed. */
  readonly back: number;
  /** The line being typed, while one is in the past. */
  readonly draft: string;
}

/** Nothing entered yet. */
export const emptyRecall: Recall = { lines: [], back: 0, draft: "" };

const maxLines = 1000;

/** Remembers a line, once when it is entered twice in a row. */
export function remember(recall: Recall, line: string): Recall {
  const same = line === "" || recall.lines.at(-1) === line;
  return { lines: same ? recall.lines : [...recall.lines, line].slice(-maxLines), back: 0, draft: "" };
}

/** Goes `by` lines into the past, or towards now when negative; the line being typed is kept. */
export function goBack(recall: Recall, editor: Editor, by: number): { recall: Recall; editor: Editor } {
  const back = Math.min(recall.lines.length, Math.max(0, recall.back + by));
  if (back === recall.back) return { recall, editor };
  const draft = recall.back === 0 ? editor.text : recall.draft;
  const text = back === 0 ? draft : recall.lines.at(-back) ?? "";
  return { recall: { ...recall, back, draft }, editor: withText(editor, text) };
}

/** A search through the lines, newest first. */
export interface Search {
  readonly query: string;
  /** The line found, by how far back it is; 0 when none is. */
  readonly back: number;
}

/** The search for a longer or shorter query. It begins with the newest line. */
export function search(recall: Recall, query: string): Search {
  return find(recall, query, 1) ?? { query, back: 0 };
}

/** The next older line with the same query; the same line when there is none. */
export function searchOn(recall: Recall, current: Search): Search {
  return find(recall, current.query, current.back + 1) ?? current;
}

/** The line a search has found, "" when none. */
export function foundLine(recall: Recall, { back }: Search): string {
  return back === 0 ? "" : recall.lines.at(-back) ?? "";
}

function find(recall: Recall, query: string, from: number): Search | undefined {
  if (query === "") return undefined;
  const wanted = query.toLowerCase();
  for (let back = from; back <= recall.lines.length; back++) {
    if (recall.lines.at(-back)?.toLowerCase().includes(wanted)) return { query, back };
  }
  return undefined;
}
