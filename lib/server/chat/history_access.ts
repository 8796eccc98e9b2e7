/**
 * Access to history: a user can see the history of its channels and of its own private conversations, and no other
 * history, not even as an operator. History knows people by their account, or as the guest that came at a certain
 * moment, never by a nick: a nick can change, and another guest can take it. When an operator sets a password, what only
 * the account could read until then is closed (AccountRow.closures).
 */
import { bitForCommand } from "../../irc/capabilities.ts";
import { rankLevel, ranks } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import { firstStamp } from "../../irc/stamp.ts";
import type { Side } from "../store/conversation.ts";
import type { StoredRecord } from "../store/block.ts";
import type { HistoryView } from "../store/history_reader.ts";
import { type Channel, rankConversation } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { closedTimes, isClosed, periodsOf, reachesBack } from "./closed_past.ts";
import type { ReadableStore } from "./readable_store.ts";
import type { User } from "./user.ts";

const startsWithRank = new RegExp(`[${ranks.map(({ prefix }) => prefix).join("")}]`);

/** A conversation, and its name for the user that can see it. */
export interface VisibleHistory {
  readonly name: string;
  readonly views: readonly HistoryView[];
}

/** A user as a side of private conversations. */
export function sideOf(user: User): Side {
  const { account, guestIdentity, nick } = user;
  if (account !== undefined) return { identity: fold(account), name: account, nick };
  return { identity: guestIdentity, name: nick, nick };
}

/**
 * The identities of the people that a nick names for others: the user that has it, or the account of this name; and
 * guests that had it last. If there is neither user nor account, also accounts that had it last.
 */
export function identitiesOf(chat: Chat, store: ReadableStore, asker: User, nick: string): string[] {
  const holder = chat.find(nick);
  const account = holder === undefined ? chat.accounts.find(nick)?.name : undefined;
  const main = holder === undefined ? account && fold(account) : sideOf(holder).identity;
  const known = store.conversations.knownAs(fold(nick), sideOf(asker).identity).filter((one) =>
    one !== main && (main === undefined || one.startsWith("~"))
  );
  return main === undefined ? known : [main, ...known];
}

/**
 * The identities of the people that had a nick before their last one, while it names neither user nor account: a client
 * sees no change of a nick without a common channel.
 */
export function formerIdentitiesOf(chat: Chat, store: ReadableStore, asker: User, nick: string): string[] {
  const isUsed = chat.find(nick) !== undefined || chat.accounts.find(nick) !== undefined;
  return isUsed ? [] : store.conversations.formerlyKnownAs(fold(nick), sideOf(asker).identity);
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
  return channel?.members.has(user) ? channelViews(chat, store, channel, user) : undefined;
}

/**
 * Every conversation that `user` can see; private ones by the nick of the other user. `openFrom` 0 shows what is closed
 * for the user, too.
 */
export function allVisibleHistory(
  chat: Chat,
  store: ReadableStore,
  user: User,
  openFrom: number = chat.accounts.openFrom(user.account),
): VisibleHistory[] {
  const byName = new Map<string, { name: string; views: HistoryView[] }>();
  const nickOf = new Map<string, string>();
  const privates = store.conversations.privateOf(sideOf(user).identity);
  if (privates.length > 0) {
    for (const one of chat.users.values()) {
      nickOf.set(sideOf(one).identity, one.nick);
    }
  }
  const since = Math.max(oldestShown(chat), openFrom);
  for (const one of privates) {
    const { identity, name: stored, nick } = one.with;
    const name = nickOf.get(identity) ?? (identity.startsWith("~") ? nick ?? stored : stored);
    const entry = byName.get(fold(name)) ?? { name, views: [] };
    entry.views.push({ conversation: one.id, since });
    byName.set(fold(name), entry);
  }
  const channels = [...user.channels.keys()].map((channel) => ({
    name: channel.name,
    views: channelViews(chat, store, channel, user, openFrom),
  }));
  return [...channels, ...byName.values()];
}

/**
 * The records that a session shows to its user: it lacks no capability for their command, and a message to a rank is
 * visible to that rank only (STATUSMSG). History keeps those in conversations of their own (rankConversation); older
 * versions kept them with the other messages.
 */
export function recordFilter(chat: Chat, user: User, mask: number): (saved: StoredRecord) => boolean {
  return ({ record, stamp }) => {
    const source = record.startsWith("@") ? record.indexOf(" ") + 1 : 0;
    const at = record.startsWith(":", source) ? record.indexOf(" ", source) + 1 : source;
    const end = record.indexOf(" ", at);
    const needs = bitForCommand(record.slice(at, end));
    return (mask & needs) === needs &&
      (!startsWithRank.test(record.charAt(end + 1)) ||
        canSeeTarget(chat, user, record.slice(end + 1), stamp));
  };
}

/** `params` starts with the target. */
function canSeeTarget(chat: Chat, user: User, params: string, stamp: number): boolean {
  const [target = ""] = params.split(" ", 1);
  const at = target.indexOf("#");
  if (at < 1) return true;
  const channel = chat.channel(target.slice(at));
  return reachesBack(channel, stamp) &&
    rankLevel(channel?.prefixesOf(user) ?? "") >= rankLevel(target.slice(0, at));
}

/**
 * The views of a channel for a member: its messages, and those to the ranks that the member has, since the channel was
 * made. What was said while the member was banned is closed to it. A rank belongs to the account, so what was said to it
 * before an operator set the password is closed, too.
 */
function channelViews(
  chat: Chat,
  store: ReadableStore,
  channel: Channel,
  user: User,
  openFrom = chat.accounts.openFrom(user.account),
): HistoryView[] {
  const { folded } = channel;
  const level = rankLevel(channel.prefixesOf(user) ?? "");
  const keys = ranks.filter((rank) => rank.level <= level).map(({ prefix }) =>
    rankConversation(prefix, folded)
  );
  const whole = store.conversations.find(folded);
  // Everybody can join another channel, so its history is not what only this account can read.
  const own = isClosed(channel) ? openFrom : 0;
  const since = Math.max(whole?.since ?? 0, oldestShown(chat), own);
  const sinceToRanks = Math.max(since, channel.madeAt, openFrom);
  const periods = periodsOf(store, channel);
  const viewsOf = (found: { readonly id: number } | undefined, toRanks: boolean): HistoryView[] => {
    if (found === undefined) return [];
    const closed = closedTimes(channel, periods, user, { toRanks });
    const first = toRanks ? sinceToRanks : since;
    return [{ conversation: found.id, since: first, ...(closed !== undefined && { closed }) }];
  };
  return [
    ...viewsOf(whole, false),
    ...keys.flatMap((key) => viewsOf(store.conversations.find(key), true)),
  ];
}

/** The first stamp that is not too old to be shown; server/store/history_retention.ts removes older messages step by step. */
export function oldestShown({ settings, clock }: Pick<Chat, "settings" | "clock">): number {
  return settings.keepFor === 0 ? 0 : firstStamp(clock.cautiousNow() - settings.keepFor);
}

/** The history with everybody that the nick names; if there is none, with those that had it before. */
function privateViews(chat: Chat, store: ReadableStore, user: User, nick: string): HistoryView[] {
  const { identity } = sideOf(user);
  const since = Math.max(oldestShown(chat), chat.accounts.openFrom(user.account));
  const idsWith = (others: readonly string[]) =>
    others.flatMap((other) => store.conversations.idsBetween(identity, other));
  const ids = idsWith(identitiesOf(chat, store, user, nick));
  const found = ids.length > 0 ? ids : idsWith(formerIdentitiesOf(chat, store, user, nick));
  return found.map((conversation) => ({ conversation, since }));
}
