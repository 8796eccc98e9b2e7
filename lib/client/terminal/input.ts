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
import type { Recall, Search } from "./line_history.ts";
import { emptyRecall, foundLine, goBack, remember, search, searchOn } from "./line_history.ts";

/** Everything about what is being typed. */
export interface Input {
  readonly editor: Editor;
  readonly recall: Recall;
  /** While Tab goes through candidates. */
  readonly completion?: Completion | undefined;
  /** While C-r searches. */
  readonly search?: Search | undefined;
}

/** What a key asks of others. */
export type Act =
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
export const emptyInput: Input = { editor: emptyEditor, recall: emptyRecall };

const acts: Readonly<Record<string, Act>> = {
  "C-l": { kind: "redraw" },
  "C-z": { kind: "suspend" },
  "C-x": { kind: "next" },
};

/** The input after a key. */
export function press(
  input: Input,
  key: Key,
  sources: () => CompletionSources,
): { readonly input: Input; readonly act?: Act } {
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
function commandKey(input: Input, name: string): { readonly input: Input; readonly act?: Act } | undefined {
  const { editor, recall } = input;
  switch (name) {
    case "enter":
      return {
        input: { editor: withText(editor, ""), recall: remember(recall, editor.text) },
        act: { kind: "submit", text: editor.text },
      };
    case "C-c":
      if (editor.text === "") return { input, act: { kind: "interrupt" } };
      return { input: { editor: withText(editor, ""), recall: { ...recall, back: 0 } } };
    case "C-d":
      return editor.text === "" ? { input, act: { kind: "end" } } : undefined;
    case "up":
    case "C-p":
      return { input: { ...goBack(recall, editor, 1) } };
    case "down":
    case "C-n":
      return { input: { ...goBack(recall, editor, -1) } };
    case "C-r":
      return { input: { ...input, completion: undefined, search: { query: "", back: 0 } } };
    case "escape":
    case "C-g":
      return { input: { ...input, completion: undefined } };
    default:
      return Object.hasOwn(acts, name) ? { input, ...(acts[name] && { act: acts[name] }) } : undefined;
  }
}

function tab(input: Input, by: 1 | -1, sources: () => CompletionSources): Input {
  const completion = input.completion === undefined
    ? complete(input.editor, sources())
    : turn(input.completion, by);
  if (completion === undefined) return input;
  return { ...input, editor: completed(input.editor, completion), completion };
}

/** The input after a key of the search itself; undefined for a key that ends it. */
function searching(input: Input, current: Search, key: Key): Input | undefined {
  if (key.kind === "text") return { ...input, search: search(input.recall, current.query + key.text) };
  if (key.kind === "paste") return input;
  switch (key.name) {
    case "C-r":
      return { ...input, search: searchOn(input.recall, current) };
    case "backspace":
      return { ...input, search: search(input.recall, [...current.query].slice(0, -1).join("")) };
    case "C-g":
    case "C-c":
    case "escape":
      return { ...input, search: undefined };
    default:
      return undefined;
  }
}

/** The line found becomes the line typed. */
function accepted(input: Input, current: Search): Input {
  const found = foundLine(input.recall, current);
  return found === "" ? input : { ...input, editor: withText(input.editor, found) };
}
