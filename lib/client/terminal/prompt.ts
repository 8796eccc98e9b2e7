/** Makes the prompt at the bottom of the terminal, with the hints above it. Pure. */

import type { Span } from "../text/formatting.ts";
import { plain, plainName } from "../text/plain.ts";
import { matchCommand, slashCommands } from "../slash/slash.ts";
import type { InputState } from "./input.ts";
import type { Appearance } from "./appearance.ts";
import { promptStyle } from "./paint.ts";
import { foundLine } from "./line_history.ts";
import type { Prompt } from "./draw_prompt.ts";
import type { Row } from "./wrap_spans.ts";

/** Everything that the prompt shows. */
export interface PromptState {
  readonly input: InputState;
  /** "" when there is none. */
  readonly activeBuffer: string;
  /** A question in place of the buffer's name: "Your name"; or "". */
  readonly question: string;
  /** The typed text is hidden. */
  readonly secret: boolean;
  /** The progress of a file transfer, "" when there is none. */
  readonly progress: string;
  readonly online: boolean;
  /** Messages that are under way, as sentences. */
  readonly outgoing: readonly string[];
  /** How many messages are not sent, as a sentence; "" when there is none. */
  readonly unsent: string;
  /** The other buffers with unread messages to us: the name and the number of these messages. */
  readonly unread: readonly (readonly [name: string, count: number])[];
  /** The nicks of those who type. */
  readonly typing: readonly string[];
  /** A short sentence to the person, until the next key. */
  readonly hint: string;
  readonly appearance: Appearance;
}

const hintLines = 3;
const maxUnreadNames = 5;

/** The prompt for a state. */
export function promptFor(state: PromptState): Prompt {
  const { input, hint, typing } = state;
  const lines = input.editor.text.trimEnd().split("\n").length;
  const above = dimRows([...state.outgoing, state.progress, typing.length > 0 ? typingWords(typing) : ""]);
  const notes = dimRows([
    state.unsent,
    unreadWords(state.unread),
    hint !== ""
      ? hint
      : lines > hintLines
      ? `${lines} lines: Enter sends one message, Ctrl-C deletes the text`
      : "",
  ]);
  if (state.secret) return { above, notes, label: labelOf(state), typed: [], cursor: 0 };
  if (input.search !== undefined) {
    const label = [...badge("search", state.appearance), { text: `${plain(input.search.query)}: ` }];
    const found = foundLine(input.history, input.search);
    return { above, notes, label, typed: [{ text: found }], cursor: found.length };
  }
  return {
    above,
    notes,
    label: labelOf(state),
    typed: typedSpans(input.editor.text),
    cursor: input.editor.cursor,
  };
}

function dimRows(sentences: readonly string[]): Row[] {
  return sentences.filter((text) => text !== "").map((text) => [{ text, dim: true }]);
}

function labelOf({ activeBuffer, question, online, appearance, input }: PromptState): Span[] {
  if (question !== "") return [{ text: `${question}: `, bold: true }];
  const name = badge(activeBuffer === "" ? "parley" : plainName(activeBuffer), appearance);
  if (appearance.depth !== "none") return online ? name : [...name, { text: "offline ", dim: true }];
  const words = [...(online ? [] : ["offline"]), ...commandWords[commandIn(input.editor.text).kind]];
  return words.length === 0 ? name : [...name, { text: `(${words.join(", ")}) ` }];
}

/** A name in white on ocean blue; without colour, the name and ">". */
function badge(name: string, { depth }: Appearance): Span[] {
  return depth === "none" ? [{ text: `${name}> ` }] : [{ text: ` ${name} `, ...promptStyle }, { text: " " }];
}

/** Highlights a command, and an unknown one as an error. So the person sees before Enter that it is not a message. */
function typedSpans(text: string): Span[] {
  const { kind, length } = commandIn(text);
  if (kind === "none") return text === "" ? [] : [{ text }];
  const rest = text.slice(length);
  const span: Span = { text: text.slice(0, length), bold: true, color: kind === "known" ? "own" : "error" };
  return rest === "" ? [span] : [span, { text: rest }];
}

/** The words that mark a command when there is no colour. */
const commandWords = { none: [], known: ["command"], unknown: ["no such command"] } as const;

/** Whether a line is a command, and how long its name is with the "/". */
function commandIn(text: string): { readonly kind: keyof typeof commandWords; readonly length: number } {
  const [all, name = ""] = /^\/(?!\/)(\S*)/.exec(text) ?? [];
  if (all === undefined) return { kind: "none", length: 0 };
  const isBeginning = text === all &&
    Object.keys(slashCommands).some((one) => one.startsWith(name.toLowerCase()));
  return { kind: isBeginning || matchCommand(name) !== undefined ? "known" : "unknown", length: all.length };
}

function unreadWords(unread: PromptState["unread"]): string {
  if (unread.length === 0) return "";
  const names = unread.slice(0, maxUnreadNames).map(([name, count]) => `${plainName(name)} ${count}`);
  const others = unread.length - names.length;
  return `Unread: ${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

function typingWords(nicks: readonly string[]): string {
  const names = nicks.map(plainName);
  if (names.length > 3) return `${names.length} people are typing…`;
  return names.length === 1
    ? `${names[0]} is typing…`
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are typing…`;
}

/** The hint while the server cannot be reached. */
export function waitWords(
  { reason, retryMs }: { readonly reason: string; readonly retryMs: number },
): string {
  const why = plain(reason).replace(/^Cannot connect to \S+: /, "");
  return `Trying again in ${Math.max(1, Math.round(retryMs / 1000))} s: ${why}`;
}
