/** The colour of a person in a chat. */

import type { Person } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { findBuffer, isOwn } from "../core/state.ts";
import { fold } from "../../irc/names.ts";
import type { TextColor } from "./palette.ts";
import { nickColor } from "./palette.ts";

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
