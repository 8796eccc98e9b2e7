/** The colour of a person in a chat. */

import type { Person } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { findBuffer, isOwn } from "../core/state.ts";
import { fold } from "../../irc/names.ts";
import type { Ink } from "./palette.ts";
import { nickInk } from "./palette.ts";

/** The colour of a person; ours is "own". */
export function personInk(state: State, { nick, account }: Person): Ink {
  return isOwn(state, nick) ? "own" : nickInk(nick, account);
}

/** The colour of a word in a buffer; undefined when no member has that nick. */
export function memberInk(state: State, buffer: string, nick: string): Ink | undefined {
  if (isOwn(state, nick)) return "own";
  const member = findBuffer(state, buffer)?.members.get(fold(nick));
  return member && nickInk(member.nick, member.account);
}
