/** Decides which messages alert us: those that contain our nick, and private messages. Both UIs use this. */

import { stripFormatting } from "../../irc/formatting.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent, Said } from "./event.ts";

/** A run of the characters of nicks, beyond ASCII too. */
export const nickWord = /[\p{L}\p{M}\p{N}_[\]\\`^{}|-]+/gu;

/** Whether `nick` is in `text` as a whole word; "bob's" and "@bob:" count, "bobby" does not. */
export function hasMention(text: string, nick: string): boolean {
  if (nick === "") return false;
  const folded = fold(nick);
  for (const [word] of stripFormatting(text).matchAll(nickWord)) {
    if (fold(word) === folded || fold(trimDashes(word)) === folded) return true;
  }
  return false;
}

/** A message that we should notice, for a bell, a notification or a badge. */
export function isAddressedToUs({ own, mention, direct }: Said): boolean {
  return !own && (mention || direct);
}

/** As isAddressedToUs(), but false for a message from the history. */
export function shouldAlert(event: ChatEvent & Said): boolean {
  return event.history !== true && isAddressedToUs(event);
}

/** A word without the dashes around it: "-bob-" can mean bob. */
export function trimDashes(word: string): string {
  return word.replace(/^-+|-+$/g, "");
}
