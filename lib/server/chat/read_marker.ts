/**
 * Read markers: the store has the markers of accounts; a user without an account has its own markers. The marker of a
 * private conversation belongs to the person, as history does, so it stays when that person changes the nick.
 */
import { fold, type Folded } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { Chat } from "./chat.ts";
import { formerIdentitiesOf, identitiesOf, sideOf } from "./history_access.ts";
import type { User } from "./user.ts";

/** How far a user has read a conversation. */
export interface Marker {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** Whether somebody had written there: the marker of an account is stored then. */
  readonly isKept: boolean;
}

/** Milliseconds since 1970 of the last message that a user has read in a target; undefined if there is no marker. */
export function markerOf(chat: Chat, user: User, target: string): number | undefined {
  const ms = markerAt(chat, user, markerKey(chat, user, target));
  // An older marker would tell that there is a conversation in the closed part of the history.
  return ms === undefined || ms < stampMs(chat.accounts.openFrom(user.account)) ? undefined : ms;
}

/** The same for the key of the target. */
export function markerAt({ store }: Chat, user: User, key: Folded): number | undefined {
  if (user.account === undefined || store === undefined) return user.markers.get(key)?.ms;
  return store.markers.load(fold(user.account), key) ?? user.markers.get(key)?.ms;
}

/**
 * The owner of a marker: a channel, or the person that a nick names. Of several people who had the nick, it is the user
 * that has it now, otherwise the last one that `user` wrote with. If nobody had the nick, the nick itself is the key.
 */
export function markerKey(chat: Chat, user: User, target: string): Folded {
  const { store } = chat;
  if (target.startsWith("#")) return fold(target);
  const holder = chat.find(target);
  if (holder !== undefined) return fold(sideOf(holder).identity);
  if (store === undefined) return fold(`~${target}`);
  const { identity } = sideOf(user);
  const known = [
    ...identitiesOf(chat, store, user, target),
    ...formerIdentitiesOf(chat, store, user, target),
  ];
  const found = known.find((other) => store.conversations.idsBetween(identity, other).length > 0);
  return fold(found ?? known.find((other) => !other.startsWith("~")) ?? `~${target}`);
}

/** Whether somebody has written in the conversation of a key. */
export function hasConversation({ store }: Chat, user: User, key: Folded): boolean {
  if (store === undefined) return false;
  if (key.startsWith("#")) return store.conversations.find(key) !== undefined;
  return store.conversations.idsBetween(sideOf(user).identity, key).length > 0;
}
