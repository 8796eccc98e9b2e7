/** The type of slash commands, and the methods of a user interface (UI) that they call. */

import type { Client } from "../core/client.ts";
import type { MessageSearch } from "../core/message_search.ts";
import type { ChatEvent, Manner } from "../state/event.ts";
import type { Span } from "../text/formatting.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import { ActionError } from "../state/action_error.ts";
import type { Upload } from "../core/upload.ts";

/** A UI as slash commands see it. The terminal, the page and the pipe implement it. */
export interface CommandUi {
  readonly client: Client;
  /** "" when there is none. */
  readonly activeBuffer: string;
  /** The active buffer; throws an ActionError when there is none. */
  target(): string;
  /** Sends a message, and shows a refusal; `replyTo` is the id of the message that it answers. */
  send(target: string, manner: Manner, text: string, replyTo?: string): void;
  /** Makes a buffer the active one. */
  show(name: string): void;
  /** The buffer is closed: another one becomes active. */
  onBufferClosed(name: string): void;
  /** Shows a line to the person only. Text from the network must be made harmless first. */
  note(words: string | readonly Span[], kind?: "title" | "warning"): void;
  /** The last lines of /help: keys and other features of this UI. */
  readonly hints: readonly string[];
  /** Clears the screen. */
  clear(): void;
  /** Ends the program. */
  quit(reason: string): void;
  /** Shows messages of the history, under a title; of a search, with the found words marked. A pipe shows none. */
  showHistory?(title: string, events: readonly ChatEvent[], search?: MessageSearch): void;
  /** The most lines of a list, such as all channels of a server, that a person reads. @default {Infinity} */
  readonly maxListed?: number;
  /**
   * Shows earlier messages above the oldest one of the active buffer; false when there are none. A UI without this method
   * shows the history under a title.
   */
  showOlder?(count: number): Promise<boolean>;
  /**
   * Asks for a password, which is neither shown nor stored, until `fault` returns "". The result is "" when the person
   * cancels.
   */
  askPassword?(question: string, fault?: (written: string) => string): Promise<string>;
  /** Asks until the answer has no fault; "" when the person cancels. */
  ask?(question: string, fault: (written: string) => string): Promise<string>;
  /** Whether others see that we type. */
  sharesTyping?: boolean;
  /** Undefined where all joins and leaves are shown. */
  readonly presenceFilter?: PresenceFilter;
  /** People whom the owner does not trust use this UI; they can only chat. @default {false} */
  readonly restricted?: boolean;
  /** Access to the files of this computer. */
  readonly files?: LocalFileAccess | FileChoice;
}

/** The files of this computer, by their names. An error has a message for people. */
export interface LocalFileAccess {
  open(path: string): Promise<Upload>;
  /** Saves the file at an address under an unused name; the result is that name. */
  download(address: URL, path: string): Promise<string>;
  /** Shows the progress in bytes; "" at the end. */
  showProgress(doing: string, done: number, total: number): void;
}

/** Files in a browser: the person chooses the files to send, and the browser saves the files that arrive. */
export interface FileChoice {
  /** Lets the person choose files, and sends them. */
  choose(): void;
  /** Saves or opens the file at an address. */
  download(address: URL): void;
}

/** Headings of /help. */
export type SlashGroup = "Chat" | "Channels" | "People" | "You" | "Operators" | "Program";

/** The kinds of the words of a command, in order; all further words are of the last kind. */
export type ArgumentKind = "command" | "nick" | "channel" | "search" | "text";

/** One slash command. */
export interface SlashRow {
  /** The words after the name: "NICK [TEXT]". */
  readonly usage: string;
  /** One sentence. */
  readonly help: string;
  readonly group: SlashGroup;
  readonly aliases?: readonly string[];
  readonly argumentKinds?: readonly ArgumentKind[];
  /** It asks for a password, so the next line can be one. @default {false} */
  readonly asksPassword?: boolean;
  /** Whether a UI has this command. @default {every UI} */
  readonly isAvailable?: (ui: CommandUi) => boolean;
  /** `rest` is the text after the name and the space. Throws an ActionError. */
  readonly run: (ui: CommandUi, rest: string) => void | Promise<void>;
}

/** Slash commands by name. */
export type SlashTable = Readonly<Record<string, SlashRow>>;

/** The first word, and the text after it. */
export function firstWord(text: string): readonly [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text.trimStart()) ?? [];
  return [word, rest.trimEnd()];
}

/** The first word; throws an ActionError that shows what to write when there is none. */
export function requireWord(text: string, usage: string): readonly [word: string, rest: string] {
  const found = firstWord(text);
  if (found[0] === "") throw new ActionError(`Write ${usage}`);
  return found;
}

/** The text; throws an ActionError when there is none. */
export function requireText(text: string, usage: string): string {
  if (text.trim() === "") throw new ActionError(`Cannot send an empty message: write ${usage}`);
  return text;
}
