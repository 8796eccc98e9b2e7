/** The rule for the colour of a person. The table of the colours is in palette.ts. */

import type { Person } from "../state/event.ts";
import type { State } from "../state/state.ts";
import { findBuffer, isOwn } from "../state/state.ts";
import { fold } from "../../irc/names.ts";
import type { TextColor } from "./palette.ts";
import { nickShades } from "./palette.ts";

/** The colour of a person; ours is "own". */
export function personColor(state: State, { nick, account }: Person): TextColor {
  return isOwn(state, nick) ? "own" : nickColor(nick, account);
}

/** The colour of a word in a buffer; undefined when no member has that nick. */
export function memberColor(state: State, buffer: string, nick: string): TextColor | undefined {
  if (isOwn(state, nick)) return "own";
  const member = findBuffer(state, buffer)?.members.get(fold(nick));
  return member && nickColor(member.nick, member.account);
}

/** The colour of another person: by account if there is one, as the nick can change. */
export function nickColor(nick: string, account?: string): TextColor {
  return `nick-${fnv1a(fold(account || nick)) % nickShades.length}`;
}

/** FNV-1a, 32 bits, over the UTF-8 bytes. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
