/**
 * The text that is being typed, as a value: the text, the cursor and the cut text. Each operation makes the next editor;
 * edit() finds the operation of a key. It does not use the terminal. The keys are those of readline and Emacs.
 */

import { lengthWithout, withoutEnd } from "../text/text_ends.ts";
import type { Key } from "./key_reader.ts";
import { graphemeAfter, graphemeBefore } from "./width.ts";

/** The text that is being typed. */
export interface Editor {
  readonly text: string;
  /** The position of the cursor, in UTF-16 units; always between graphemes. */
  readonly cursor: number;
  /** The text that C-y inserts. */
  readonly cut: string;
}

/** An empty editor. */
export const emptyEditor: Editor = { text: "", cursor: 0, cut: "" };

/** A change of the text or the cursor. */
export type Operation = (editor: Editor) => Editor;

/** The operation of each key. */
export const operations: Readonly<Record<string, Operation>> = {
  "left": moveLeft,
  "C-b": moveLeft,
  "right": moveRight,
  "C-f": moveRight,
  "home": moveToStart,
  "C-a": moveToStart,
  "end": moveToEnd,
  "C-e": moveToEnd,
  "C-left": moveWordLeft,
  "M-left": moveWordLeft,
  "M-b": moveWordLeft,
  "C-right": moveWordRight,
  "M-right": moveWordRight,
  "M-f": moveWordRight,
  "backspace": deleteBefore,
  "delete": deleteAt,
  "C-d": deleteAt,
  "C-k": cutToEnd,
  "C-u": cutToStart,
  "C-w": cutWordBefore,
  "M-backspace": cutShortWordBefore,
  "C-backspace": cutShortWordBefore,
  "M-d": cutWordAfter,
  "C-delete": cutWordAfter,
  "C-y": paste,
  "C-t": swapCharacters,
  "M-enter": (editor) => insert(editor, "\n"),
  "C-j": (editor) => insert(editor, "\n"),
};

/** The editor after a key; undefined for a key that does not edit. */
export function edit(editor: Editor, key: Key): Editor | undefined {
  if (key.kind === "text") return insert(editor, key.text);
  if (key.kind === "paste") {
    return insertPasted(editor, key.text);
  }
  return Object.hasOwn(operations, key.name) ? operations[key.name]?.(editor) : undefined;
}

/** Copied lines end in a newline, which does not belong to the message. */
function insertPasted(editor: Editor, pasted: string): Editor {
  return insert(editor, editor.cursor === editor.text.length ? withoutEnd(pasted, /[\r\n]/) : pasted);
}

/** Inserts text at the cursor, without control characters except newline and tab. */
export function insert({ text, cursor, cut }: Editor, added: string): Editor {
  // deno-lint-ignore no-control-regex -- removes control characters
  const clean = added.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");
  return { text: text.slice(0, cursor) + clean + text.slice(cursor), cursor: cursor + clean.length, cut };
}

/** The editor with another text, and the cursor at its end. */
export function withText(editor: Editor, text: string): Editor {
  return { ...editor, text, cursor: text.length };
}

function moveLeft(editor: Editor): Editor {
  return { ...editor, cursor: graphemeBefore(editor.text, editor.cursor) };
}

function moveRight(editor: Editor): Editor {
  return { ...editor, cursor: graphemeAfter(editor.text, editor.cursor) };
}

/** In a text of several lines, goes to the start of the current line. */
function moveToStart(editor: Editor): Editor {
  return { ...editor, cursor: editor.text.lastIndexOf("\n", editor.cursor - 1) + 1 };
}

function moveToEnd(editor: Editor): Editor {
  const end = editor.text.indexOf("\n", editor.cursor);
  return { ...editor, cursor: end < 0 ? editor.text.length : end };
}

function moveWordLeft(editor: Editor): Editor {
  return { ...editor, cursor: wordStart(editor) };
}

function moveWordRight(editor: Editor): Editor {
  return { ...editor, cursor: wordEnd(editor) };
}

function deleteBefore(editor: Editor): Editor {
  return { ...cutRange(editor, graphemeBefore(editor.text, editor.cursor), editor.cursor), cut: editor.cut };
}

function deleteAt(editor: Editor): Editor {
  return { ...cutRange(editor, editor.cursor, graphemeAfter(editor.text, editor.cursor)), cut: editor.cut };
}

function cutToEnd(editor: Editor): Editor {
  const end = moveToEnd(editor).cursor;
  return cutRange(editor, editor.cursor, end === editor.cursor ? Math.min(end + 1, editor.text.length) : end);
}

function cutToStart(editor: Editor): Editor {
  return cutRange(editor, moveToStart(editor).cursor, editor.cursor);
}

/** Here a word is everything between spaces. */
function cutWordBefore(editor: Editor): Editor {
  const { text, cursor } = editor;
  return cutRange(editor, lengthWithout(text, /\S/, lengthWithout(text, /\s/, cursor)), cursor);
}

/** Here a word is letters and digits. */
function cutShortWordBefore(editor: Editor): Editor {
  return cutRange(editor, wordStart(editor), editor.cursor);
}

function cutWordAfter(editor: Editor): Editor {
  return cutRange(editor, editor.cursor, wordEnd(editor));
}

function paste(editor: Editor): Editor {
  return insert(editor, editor.cut);
}

function swapCharacters(editor: Editor): Editor {
  const { text, cursor } = editor;
  if (cursor === 0) return editor;
  const middle = cursor === text.length ? graphemeBefore(text, cursor) : cursor;
  const start = graphemeBefore(text, middle);
  const end = graphemeAfter(text, middle);
  if (start === middle) return editor;
  const swapped = text.slice(middle, end) + text.slice(start, middle);
  return { ...editor, text: text.slice(0, start) + swapped + text.slice(end), cursor: end };
}

/** Removes a piece, stores it for C-y, and moves the cursor to its start. */
function cutRange(editor: Editor, start: number, end: number): Editor {
  if (start >= end) return editor;
  const { text } = editor;
  return { text: text.slice(0, start) + text.slice(end), cursor: start, cut: text.slice(start, end) };
}

function wordStart({ text, cursor }: Editor): number {
  return lengthWithout(text, /[\p{L}\p{M}\p{N}_]/u, lengthWithout(text, /[^\p{L}\p{M}\p{N}_]/u, cursor));
}

function wordEnd({ text, cursor }: Editor): number {
  const [word = ""] = /^[^\p{L}\p{M}\p{N}_]*[\p{L}\p{M}\p{N}_]*/u.exec(text.slice(cursor)) ?? [];
  return cursor + word.length;
}
