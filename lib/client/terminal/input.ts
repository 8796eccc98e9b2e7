/**
 * The state of the input: the text, the earlier lines, a search, a completion. Pure: press() returns the next state
 * after a key, and for some keys an action for the UI.
 */

import type { CompletionSources } from "../slash/completion.ts";
import type { TabCompletion } from "./tab_completion.ts";
import { applyCompletion, cycleCandidate, startCompletion } from "./tab_completion.ts";
import type { Editor } from "./editor.ts";
import { edit, emptyEditor, withText } from "./editor.ts";
import type { Key } from "./key_reader.ts";
import type { HistorySearch, LineHistory } from "./line_history.ts";
import { graphemeBefore } from "./width.ts";
import { addLine, emptyLineHistory, foundLine, goBack, search, searchOlder } from "./line_history.ts";

/** The state of the input. */
export interface InputState {
  readonly editor: Editor;
  readonly history: LineHistory;
  /** Present while Tab goes through candidates. */
  readonly completion?: TabCompletion | undefined;
  /** Present while C-r searches. */
  readonly search?: HistorySearch | undefined;
}

/** An action for the UI. */
export type InputAction =
  | { readonly kind: "submit"; readonly text: string }
  /** C-c on an empty line. */
  | { readonly kind: "interrupt" }
  /** C-d on an empty line. */
  | { readonly kind: "end" }
  | { readonly kind: "redraw" }
  | { readonly kind: "suspend" }
  /** Show the next buffer. */
  | { readonly kind: "next" };

/** Empty input. */
export const emptyInputState: InputState = { editor: emptyEditor, history: emptyLineHistory };

const actionKeys: Readonly<Record<string, InputAction>> = {
  "C-l": { kind: "redraw" },
  "C-z": { kind: "suspend" },
  "C-x": { kind: "next" },
};

/** The state after a key. */
export function press(
  input: InputState,
  key: Key,
  sources: () => CompletionSources,
): { readonly input: InputState; readonly action?: InputAction } {
  if (input.search !== undefined) {
    const next = pressInSearch(input, input.search, key);
    if (next !== undefined) return { input: next };
    return press({ ...acceptFound(input, input.search), search: undefined }, key, sources);
  }
  if (key.kind === "key") {
    if (key.name === "tab" || key.name === "S-tab") {
      return { input: pressTab(input, key.name === "tab" ? 1 : -1, sources) };
    }
    const command = commandKey(input, key.name);
    if (command !== undefined) return command;
  }
  const editor = edit(input.editor, key);
  return { input: editor === undefined ? input : { ...input, editor, completion: undefined } };
}

/** The keys that do not edit the text. */
function commandKey(
  input: InputState,
  name: string,
): { readonly input: InputState; readonly action?: InputAction } | undefined {
  const { editor, history } = input;
  switch (name) {
    case "enter":
      return {
        input: { editor: withText(editor, ""), history: addLine(history, editor.text) },
        action: { kind: "submit", text: editor.text },
      };
    case "C-c":
      if (editor.text === "") return { input, action: { kind: "interrupt" } };
      // The text is not lost: C-p brings it back.
      return { input: { editor: withText(editor, ""), history: addLine(history, editor.text) } };
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

function pressTab(input: InputState, by: 1 | -1, sources: () => CompletionSources): InputState {
  const completion = input.completion === undefined
    ? startCompletion(input.editor, sources())
    : cycleCandidate(input.completion, by);
  if (completion === undefined) return input;
  return { ...input, editor: applyCompletion(input.editor, completion), completion };
}

/** The state after a key of the search; undefined for a key that ends the search. */
function pressInSearch(input: InputState, current: HistorySearch, key: Key): InputState | undefined {
  if (key.kind !== "key") {
    return { ...input, search: search(input.history, current.query + (key.text.split("\n")[0] ?? "")) };
  }
  switch (key.name) {
    case "C-r":
      return { ...input, search: searchOlder(input.history, current) };
    case "backspace":
      return {
        ...input,
        search: search(
          input.history,
          current.query.slice(0, graphemeBefore(current.query, current.query.length)),
        ),
      };
    case "C-g":
    case "C-c":
    case "escape":
      return { ...input, search: undefined };
    default:
      return undefined;
  }
}

/** The found line becomes the text. */
function acceptFound(input: InputState, current: HistorySearch): InputState {
  const found = foundLine(input.history, current);
  return found === "" ? input : { ...input, editor: withText(input.editor, found) };
}
