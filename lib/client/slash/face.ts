/** What a slash command is, and what it needs of the face somebody typed it into. */

import type { Client } from "../core/client.ts";
import type { ChatEvent, Manner } from "../core/event.ts";
import type { Span } from "../text/formatting.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import { ActionError } from "../core/action_error.ts";
import type { Upload } from "../core/upload.ts";

/** A face, as far as commands use it: the terminal and the page each are one. */
export interface Face {
  readonly client: Client;
  /** The buffer in front, "" when there is none. */
  readonly activeBuffer: string;
  /** The buffer in front; throws a Refusal when there is none. */
  target(): string;
  /** Says something, and shows when it was refused; `replyTo` is the id of the message it answers. */
  say(target: string, manner: Manner, text: string, replyTo?: string): void;
  /** Brings a buffer to the front. */
  show(name: string): void;
  /** The buffer is gone: another comes to the front. */
  closed(name: string): void;
  /** A line for the person alone; nothing in it comes from the network unless made harmless. */
  note(words: string | readonly Span[], kind?: "title" | "warning"): void;
  /** Lines that /help ends with: what else one can do at this face. */
  readonly hints: readonly string[];
  /** Empties what is seen. */
  clear(): void;
  /** Ends the program. */
  leave(reason: string): void;
  /** Shows what was said before, under a title. A pipe shows none. */
  showHistory?(title: string, events: readonly ChatEvent[]): void;
  /**
   * Shows more of what was said before the oldest message in front, in its place among the others; false when there is
   * nothing earlier. A face without it shows the past under a title.
   */
  showOlder?(count: number): Promise<boolean>;
  /**
   * Asks for a password, which is neither shown nor remembered, until `fault` has nothing to say against it; "" when
   * the person thinks better of it, and that has no fault.
   */
  secret?(question: string, fault?: (written: string) => string): Promise<string>;
  /** Whether others are told that we type. */
  sharesTyping?: boolean;
  /** Which joins and leaves are not shown, where any are. */
  readonly presenceFilter?: PresenceFilter;
  /** Others use this face too, whom its owner trusts with nothing but talking. @default {false} */
  readonly restricted?: boolean;
  /** Files of this computer, where there are any. */
  readonly files?: LocalFileAccess | FileChoice;
}

/** The files of this computer, by their names. What rejects has a message for people. */
export interface LocalFileAccess {
  open(path: string): Promise<Upload>;
  /** Saves what is there under a name that is free; the answer is that name. */
  fetch(address: URL, path: string): Promise<string>;
  /** Shows how far it is, in bytes; "" when it is over. */
  progress(doing: string, done: number, total: number): void;
}

/** Files where a face may not touch them by name: the person chooses those that go, the browser keeps those that come. */
export interface FileChoice {
  /** Lets the person choose, and shares what was chosen. */
  choose(): void;
  /** Gives the person what is at an address. */
  take(address: URL): void;
}

/** Headings of /help. */
export type SlashGroup = "Chat" | "Rooms" | "People" | "You" | "Operators" | "Program";

/** What completes the first word, the second, … of a command; the last one goes on. */
export type ArgumentKind = "command" | "nick" | "channel" | "text";

/** One slash command. */
export interface SlashRow {
  /** What comes behind the name: "NICK [TEXT]". */
  readonly usage: string;
  /** A sentence for people. */
  readonly help: string;
  readonly group: SlashGroup;
  readonly aliases?: readonly string[];
  readonly takes?: readonly ArgumentKind[];
  /** It asks for a password, so what is typed behind it may be one. @default {false} */
  readonly asksPassword?: boolean;
  /** Whether a face can do it. @default {every face can} */
  readonly fits?: (face: Face) => boolean;
  /** `rest` is what stands behind the name, without the space between. Throws a Refusal. */
  readonly run: (face: Face, rest: string) => void | Promise<void>;
}

/** Slash commands by name. */
export type SlashTable = Readonly<Record<string, SlashRow>>;

/** The first word, and what is behind it. */
export function firstWord(text: string): readonly [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text.trimStart()) ?? [];
  return [word, rest.trimEnd()];
}

/** The first word, which must be there; throws a Refusal that shows what to write. */
export function neededWord(text: string, usage: string): readonly [word: string, rest: string] {
  const found = firstWord(text);
  if (found[0] === "") throw new ActionError(`Write ${usage}`);
  return found;
}

/** Text that must be there. */
export function neededText(text: string, usage: string): string {
  if (text.trim() === "") throw new ActionError(`Cannot send an empty message: write ${usage}`);
  return text;
}
