/**
 * Tab replaces the word before the cursor with the first candidate, and with the next one when it is pressed again.
 * Pure.
 */

import { lengthWithout } from "../text/text_ends.ts";
import type { CompletionSources } from "../slash/completion.ts";
import { candidatesFor } from "../slash/completion.ts";
import type { Editor } from "./editor.ts";

/** A word that Tab completes. */
export interface TabCompletion {
  /** The text before the word. */
  readonly before: string;
  /** The text after the word. */
  readonly after: string;
  /** Each with its suffix. The last one is the typed word. */
  readonly candidates: readonly string[];
  readonly at: number;
}

/** Starts a completion; undefined when there is no candidate. */
export function startCompletion(editor: Editor, sources: CompletionSources): TabCompletion | undefined {
  const typed = editor.text.slice(0, editor.cursor);
  const start = lengthWithout(typed, /\S/);
  const [before, word] = [typed.slice(0, start), typed.slice(start)];
  const after = editor.text.slice(editor.cursor);
  const { found, before: newBefore } = candidatesFor(before, word, sources);
  if (found.length === 0) return undefined;
  const candidates = [...found.map(({ text, suffix }) => text + suffix), word];
  return { before: newBefore, after, candidates, at: 0 };
}

/** Goes to the next candidate (1) or the previous one (-1). */
export function cycleCandidate(completion: TabCompletion, by: 1 | -1): TabCompletion {
  const count = completion.candidates.length;
  return { ...completion, at: (completion.at + by + count) % count };
}

/** The editor with the current candidate. */
export function applyCompletion(editor: Editor, { before, after, candidates, at }: TabCompletion): Editor {
  const text = before + (candidates[at] ?? "");
  return { ...editor, text: text + after.replace(text.endsWith(" ") ? /^ / : /^/, ""), cursor: text.length };
}
