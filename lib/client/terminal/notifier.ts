/**
 * Notifies a person who does not look at the terminal: with a bell, or with a desktop notification that the terminal
 * shows (OSC 9 and OSC 777, the only method that works through ssh). Some terminals report their focus. In others, a
 * person who pressed a key recently is present. It returns the text to write and does not use the tty.
 */

import type { Said } from "../state/event.ts";
import { excerpt, messageTitle } from "../text/excerpt.ts";
import type { Key } from "./key_reader.ts";

/** The values of --notify. */
export const notifyModes = ["off", "osc9", "osc777"] as const;

/** How to notify. */
export interface NotifierParts {
  readonly bell: boolean;
  readonly notify: typeof notifyModes[number];
  /** The terminal runs tmux, which passes on marked sequences (`set -g allow-passthrough on`). */
  readonly inTmux: boolean;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/** How long a person is present after a key, when the terminal does not report its focus. */
const presentMs = 10_000;
const maxLetters = 200;

/** Notifies one person. */
export class Notifier {
  readonly #parts: NotifierParts;
  #focused: boolean | undefined;
  #keyAt = -Infinity;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** Whether the key is a report of the focus. Other keys show that the person is present. */
  isFocusReport(key: Key): boolean {
    if (key.kind === "key" && (key.name === "focus-in" || key.name === "focus-out")) {
      this.#focused = key.name === "focus-in";
      return true;
    }
    this.#keyAt = this.#parts.now();
    return false;
  }

  /**
   * The text to write for a message, with the number of other messages that it stands for; "" when the person is present
   * or wants no notification.
   */
  notification(said: Said, others = 0): string {
    const { bell, notify, inTmux, now } = this.#parts;
    if (this.#focused ?? now() - this.#keyAt < presentMs) return "";
    const message = sequences[notify](
      messageTitle(said).replaceAll(";", ","),
      excerpt(said.text, maxLetters) + (others > 0 ? ` (and ${others} more)` : ""),
    );
    return (bell ? "\x07" : "") + (inTmux ? throughTmux(message) : message);
  }
}

const sequences: Readonly<Record<NotifierParts["notify"], (title: string, words: string) => string>> = {
  off: () => "",
  // Some terminals read a number at the start as a command.
  osc9: (title, words) => `\x1b]9;${/^\d/.test(title) ? `@${title}` : title}: ${words}\x07`,
  osc777: (title, words) => `\x1b]777;notify;${title};${words}\x07`,
};

function throughTmux(message: string): string {
  return message === "" ? "" : `\x1bPtmux;${message.replaceAll("\x1b", "\x1b\x1b")}\x1b\\`;
}
