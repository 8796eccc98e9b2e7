/** What stands at the bottom of the terminal, from what is known: pure. */

import type { Span } from "../text/formatting.ts";
import { plain, plainName } from "../text/plain.ts";
import { knownCommand, slashCommands } from "../slash/slash.ts";
import type { Input } from "./input.ts";
import type { Look } from "./paint.ts";
import { promptStyle } from "./paint.ts";
import { foundLine } from "./line_history.ts";
import type { Prompt } from "./screen.ts";

/** What the prompt tells besides the text. */
export interface Bottom {
  readonly input: Input;
  /** The buffer in front, "" when there is none. */
  readonly front: string;
  /** A question that is being asked instead: "Your name". */
  readonly question: string;
  /** What is typed is not shown. */
  readonly secret: boolean;
  /** How far a file is, "" when none is on its way. */
  readonly progress: string;
  readonly online: boolean;
  /** Nicks of those who are typing. */
  readonly typing: readonly string[];
  /** A short word to the person, until the next key. */
  readonly hint: string;
  readonly look: Look;
}

const hintLines = 3;

/** The prompt for it. */
export function promptFor(bottom: Bottom): Prompt {
  const { input, hint, typing } = bottom;
  const lines = input.editor.text.trimEnd().split("\n").length;
  const notes = [
    bottom.progress,
    typing.length > 0 ? typingWords(typing) : "",
    hint !== ""
      ? hint
      : lines > hintLines
      ? `${lines} lines: Enter sends them as one message, C-c clears them`
      : "",
  ];
  const above = notes.filter((note) => note !== "").map((note): Span[] => [{ text: note, dim: true }]);
  if (bottom.secret) return { above, label: labelOf(bottom), typed: [], cursor: 0 };
  if (input.search !== undefined) {
    const label = [...badge("search", bottom.look), { text: `${plain(input.search.query)}: ` }];
    const found = foundLine(input.recall, input.search);
    return { above, label, typed: [{ text: found }], cursor: found.length };
  }
  return { above, label: labelOf(bottom), typed: typedSpans(input.editor.text), cursor: input.editor.cursor };
}

function labelOf({ front, question, online, look, input }: Bottom): Span[] {
  if (question !== "") return [{ text: `${question}: `, bold: true }];
  const name = badge(front === "" ? "parley" : plainName(front), look);
  if (look.depth !== "none") return online ? name : [...name, { text: "offline ", dim: true }];
  const words = [...(online ? [] : ["offline"]), ...commandWords[commandIn(input.editor.text).kind]];
  return words.length === 0 ? name : [...name, { text: `(${words.join(", ")}) ` }];
}

/** A name in white on ocean blue; without colour, in front of a ">". */
function badge(name: string, { depth }: Look): Span[] {
  return depth === "none" ? [{ text: `${name}> ` }] : [{ text: ` ${name} `, ...promptStyle }, { text: " " }];
}

/** A command stands out, an unknown one as an error: so one sees before Enter what is no message. */
function typedSpans(text: string): Span[] {
  const { kind, length } = commandIn(text);
  if (kind === "none") return text === "" ? [] : [{ text }];
  const rest = text.slice(length);
  const span: Span = { text: text.slice(0, length), bold: true, ink: kind === "known" ? "own" : "error" };
  return rest === "" ? [span] : [span, { text: rest }];
}

/** What tells a command where there is no colour. */
const commandWords = { none: [], known: ["command"], unknown: ["no such command"] } as const;

/** Whether a line is a command, and how long its name is with the "/". */
function commandIn(text: string): { readonly kind: keyof typeof commandWords; readonly length: number } {
  const [all, name = ""] = /^\/(?!\/)(\S*)/.exec(text) ?? [];
  if (all === undefined) return { kind: "none", length: 0 };
  const begun = text === all && Object.keys(slashCommands).some((one) => one.startsWith(name.toLowerCase()));
  return { kind: begun || knownCommand(name) !== undefined ? "known" : "unknown", length: all.length };
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
