/** The people who reacted to a message with one emoji. Pure. */
import { fold } from "../../irc/names.ts";
import { isOwnPerson, type State } from "../state/state.ts";
import type { Reaction } from "./timeline_entry.ts";

/** Their accounts by their nicks, in the order of their reactions; undefined for a guest. */
export type ReactingPeople = ReadonlyMap<string, string | undefined>;

/** The people after a reaction was added or removed. One person counts once, also under two nicks of an account. */
export function withReaction(
  people: ReactingPeople = new Map(),
  { nick, account, added }: Pick<Reaction, "nick" | "account" | "added">,
): ReactingPeople {
  const isSame = (otherNick: string, otherAccount: string | undefined) =>
    fold(otherNick) === fold(nick) ||
    (account !== undefined && otherAccount !== undefined && fold(account) === fold(otherAccount));
  const others = [...people].filter(([otherNick, otherAccount]) => !isSame(otherNick, otherAccount));
  return new Map(added ? [...others, [nick, account]] : others);
}

/** Whether we are among them. */
export function includesUs(state: State, people: ReactingPeople = new Map()): boolean {
  return [...people].some(([nick, account]) => isOwnPerson(state, { nick, account }));
}
