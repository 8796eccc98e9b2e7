/**
 * Calling somebody who looks elsewhere: a bell, or a message on the desktop that the terminal shows (OSC 9 and OSC 777,
 * there is no other way through ssh). A terminal that tells whether it has the focus is believed; with one that does
 * not, somebody who pressed a key lately is there. Makes the text to write; touches no tty.
 */

import type { Said } from "../core/event.ts";
import { withoutFormatting } from "../text/formatting.ts";
import { plainName } from "../text/plain.ts";
import type { Key } from "./keys.ts";

/** How --notify says it. */
export const notices = ["off", "osc9", "osc777"] as const;

/** What calls. */
export interface AttentionParts {
  readonly bell: boolean;
  readonly notify: typeof notices[number];
  /** tmux stands between us and the terminal, and hands on what is marked for it (`set -g allow-passthrough on`). */
  readonly inTmux: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long after a key somebody is taken to be there, where the terminal does not tell. */
const presentMs = 10_000;
const maxLetters = 200;

/** One person's attention. */
export class Attention {
  readonly #parts: AttentionParts;
  #focused: boolean | undefined;
  #keyAt = -Infinity;

  constructor(parts: AttentionParts) {
    this.#parts = parts;
  }

  /** Takes what the terminal tells of its focus: true when that is what the key is. */
  takes(key: Key): boolean {
    if (key.kind === "key" && (key.name === "focus-in" || key.name === "focus-out")) {
      this.#focused = key.name === "focus-in";
      return true;
    }
    this.#keyAt = this.#parts.now();
    return false;
  }

  /** What to write for something said to us; "" when we look, or want to hear nothing. */
  call({ from, text, to, mention }: Said): string {
    const { bell, notify, inTmux, now } = this.#parts;
    if (this.#focused ?? now() - this.#keyAt < presentMs) return "";
    const title = mention && /^[#&]/.test(to)
      ? `${plainName(from.nick)} in ${plainName(to)}`
      : plainName(from.nick);
    const words = [...withoutFormatting(text.replace(/\s+/g, " "))].slice(0, maxLetters).join("");
    const message = messages[notify](title.replaceAll(";", ","), words);
    return (bell ? "\x07" : "") + (inTmux ? throughTmux(message) : message);
  }
}

const messages: Readonly<Record<AttentionParts["notify"], (title: string, words: string) => string>> = {
  off: () => "",
  // What begins with a number is a command to some terminals.
  osc9: (title, words) => `\x1b]9;${/^\d/.test(title) ? `@${title}` : title}: ${words}\x07`,
  osc777: (title, words) => `\x1b]777;notify;${title};${words}\x07`,
};

function throughTmux(message: string): string {
  return message === "" ? "" : `\x1bPtmux;${message.replaceAll("\x1b", "\x1b\x1b")}\x1b\\`;
}
