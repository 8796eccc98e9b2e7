/**
 * What somebody is doing with the keyboard: the line, the lines before it, a search, a completion. Pure: a key makes
 * the next input, and sometimes an act that is for others to do.
 */

import type { CompletionSources } from "../slash/completion.ts";
import type { Completion } from "./completion.ts";
import { complete, completed, turn } from "./completion.ts";
import type { Editor } from "./editor.ts";
import { edit, emptyEditor, withText } from "./editor.ts";
import type { Key } from "./keys.ts";
import type { HistorySearch, LineHistory } from "./line_history.ts";
import { emptyLineHistory, foundLine, goBack, remember, search, searchOn } from "./line_history.ts";

/** Everything about what is being typed. */
export interface InputState {
  readonly editor: Editor;
  readonly history: LineHistory;
  /** While Tab goes through candidates. */
  readonly completion?: Completion | undefined;
  /** While C-r searches. */
  readonly search?: HistorySearch | undefined;
}

/** What a key asks of others. */
export type InputAction =
  | { readonly kind: "submit"; readonly text: string }
  /** C-c on an empty line. */
  | { readonly kind: "interrupt" }
  /** C-d on an empty line. */
  | { readonly kind: "end" }
  | { readonly kind: "redraw" }
  | { readonly kind: "suspend" }
  /** The next room. */
  | { readonly kind: "next" };

/** Nothing typed. */
export const emptyInputState: InputState = { editor: emptyEditor, history: emptyLineHistory };

const actionKeys: Readonly<Record<string, InputAction>> = {
  "C-l": { kind: "redraw" },
  "C-z": { kind: "suspend" },
  "C-x": { kind: "next" },
};

/** The input after a key. */
export function press(
  input: InputState,
  key: Key,
  sources: () => CompletionSources,
): { readonly input: InputState; readonly action?: InputAction } {
  if (input.search !== undefined) {
    const next = searching(input, input.search, key);
    if (next !== undefined) return { input: next };
    return press({ ...accepted(input, input.search), search: undefined }, key, sources);
  }
  if (key.kind === "key") {
    if (key.name === "tab" || key.name === "S-tab") {
      return { input: tab(input, key.name === "tab" ? 1 : -1, sources) };
    }
    const command = commandKey(input, key.name);
    if (command !== undefined) return command;
  }
  const editor = edit(input.editor, key);
  return { input: editor === undefined ? input : { ...input, editor, completion: undefined } };
}

/** What the keys that are not about the line do. */
function commandKey(
  input: InputState,
  name: string,
): { readonly input: InputState; readonly action?: InputAction } | undefined {
  const { editor, history } = input;
  switch (name) {
    case "enter":
      return {
        input: { editor: withText(editor, ""), history: remember(history, editor.text) },
        action: { kind: "submit", text: editor.text },
      };
    case "C-c":
      if (editor.text === "") return { input, action: { kind: "interrupt" } };
      return { input: { editor: withText(editor, ""), history: { ...history, back: 0 } } };
    case "C-d":
      return editor.text === "" ? { input, action: { kind: "end" } } : undefined;
    case "up":
    case "C-p":
      return { input: { ...goBack(history, editor, 1) } };
    case "down":
    case "C-n":
      return { input: { ...goBack(history, editor, -1) } };
    case "C-r":
      return { input: { ...input, completion: undefined, search: { query: "", back: 0 } } };
    case "escape":
    case "C-g":
      return { input: { ...input, completion: undefined } };
    default:
      return Object.hasOwn(actionKeys, name)
        ? { input, ...(actionKeys[name] && { action: actionKeys[name] }) }
        : undefined;
  }
}

function tab(input: InputState, by: 1 | -1, sources: () => CompletionSources): InputState {
  const completion = input.completion === undefined
    ? complete(input.editor, sources())
    : turn(input.completion, by);
  if (completion === undefined) return input;
  return { ...input, editor: completed(input.editor, completion), completion };
}

/** The input after a key of the search itself; undefined for a key that ends it. */
function searching(input: InputState, current: HistorySearch, key: Key): InputState | undefined {
  if (key.kind === "text") return { ...input, search: search(input.history, current.query + key.text) };
  if (key.kind === "paste") return input;
  switch (key.name) {
    case "C-r":
      return { ...input, search: searchOn(input.history, current) };
    case "backspace":
      return { ...input, search: search(input.history, [...current.query].slice(0, -1).join("")) };
    case "C-g":
    case "C-c":
    case "escape":
      return { ...input, search: undefined };
    default:
      return undefined;
  }
}

/** The line found becomes the line typed. */
function accepted(input: InputState, current: HistorySearch): InputState {
  const found = foundLine(input.history, current);
  return found === "" ? input : { ...input, editor: withText(input.editor, found) };
}
