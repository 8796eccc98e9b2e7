/**
 * Access to history: a user can see the history of its channels and of its own private conversations, and no other
 * history, not even as an operator. Only the nick identifies a user without an account, so that user sees messages
 * since it took the nick.
 */
import type { Message } from "../../irc/message.ts";
import { rankLevel } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import { firstStamp } from "../../irc/stamp.ts";
import type { Side } from "../store/conversation.ts";
import type { HistoryView } from "../store/history.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";
import type { ReadableStore } from "./readable_store.ts";
import type { User } from "./user.ts";

/** A conversation, and its name for the user that can see it. */
export interface VisibleHistory {
  readonly name: string;
  readonly views: readonly HistoryView[];
}

/** A user's name in history: its account, or its nick as long as it has that nick (see nickSince). */
export function sideOf(user: User): Side {
  if (user.account !== undefined) return { identity: fold(user.account), name: user.account };
  return { identity: `~${user.folded}`, name: user.nick };
}

/** The history that `user` can see of a channel, or of its conversation with a nick; undefined if it can see none. */
export function visibleHistory(
  chat: Chat,
  store: ReadableStore,
  user: User,
  target: string,
): readonly HistoryView[] | undefined {
  if (!target.startsWith("#")) return privateViews(chat, store, user, target);
  const channel = chat.channel(target);
  return channel?.members.has(user) ? channelViews(chat, store, channel) : undefined;
}

/** Every conversation that `user` can see; private ones by the nick of the other user. */
export function allVisibleHistory(chat: Chat, store: ReadableStore, user: User): VisibleHistory[] {
  const byName = new Map<string, { name: string; views: HistoryView[] }>();
  const nickOf = new Map<string, string>();
  for (const one of chat.users.values()) {
    if (one.account !== undefined) nickOf.set(fold(one.account), one.nick);
  }
  const self = sideOf(user).identity;
  for (const one of store.conversations.privateOf(self)) {
    const name = nickOf.get(one.with.identity) ?? one.with.name;
    const entry = byName.get(fold(name)) ?? { name, views: [] };
    entry.views.push({ conversation: one.id, since: since(chat, user) });
    byName.set(fold(name), entry);
  }
  const channels = [...user.channels.keys()].map((channel) => ({
    name: channel.name,
    views: channelViews(chat, store, channel),
  }));
  return [...channels, ...byName.values()];
}

/** Whether a user can see a record: a message to a rank is visible to that rank only (STATUSMSG). */
export function canSeeRecord(chat: Chat, user: User, { params: [target = ""] }: Message): boolean {
  const at = target.indexOf("#");
  if (at < 1) return true;
  const prefixes = chat.channel(target.slice(at))?.prefixesOf(user) ?? "";
  return rankLevel(prefixes) >= rankLevel(target.slice(0, at));
}

function channelViews(chat: Chat, store: ReadableStore, channel: Channel): HistoryView[] {
  const found = store.conversations.find(channel.folded);
  return found === undefined ? [] : [{ conversation: found.id, since: Math.max(found.since, oldest(chat)) }];
}

/** The first stamp that is not too old to be shown; server/store/history_retention.ts removes older messages step by step. */
function oldest({ settings, now }: Chat): number {
  return settings.keepFor === 0 ? 0 : firstStamp(now() - settings.keepFor);
}

/** The history with the account that has the nick or this name, and with users that had the nick without an account. */
function privateViews(chat: Chat, store: ReadableStore, user: User, nick: string): HistoryView[] {
  const holder = chat.find(nick);
  const others = new Set([holder === undefined ? fold(nick) : sideOf(holder).identity, `~${fold(nick)}`]);
  const views: HistoryView[] = [];
  for (const other of others) {
    const found = store.conversations.findBetween(sideOf(user).identity, other);
    if (found !== undefined) views.push({ conversation: found.id, since: since(chat, user) });
  }
  return views;
}

function since(chat: Chat, user: User): number {
  return Math.max(user.account === undefined ? user.nickSince : 0, oldest(chat));
}
