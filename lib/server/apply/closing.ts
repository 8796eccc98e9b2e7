/**
 * Apply, for the closed parts of the history of channels (server/store/closed_history.ts): when a channel is closed,
 * when it is made again, and when a ban begins and ends.
 */
import { firstStamp } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import {
  isClosed,
  isForEverybody,
  masksOf,
  periodsOf,
  usersMatched,
  withPeriod,
} from "../chat/closed_past.ts";
import type { ClosedPeriod } from "../store/closed_history.ts";
import type { Conversation } from "../store/conversation.ts";
import type { Store } from "../store/store.ts";

/** Saves whether a channel is closed. Call it after its modes have changed. */
export function saveClosed(chat: ChatState, channel: ChannelState): void {
  const { store } = chat;
  if (store !== undefined) store.closed.setClosed(conversationOf(store, channel), isClosed(channel));
}

/** Saves that a channel starts again: if it was closed before, its old history stays hidden, and its bans end. */
export function saveReopened(chat: ChatState, channel: ChannelState, stamp: number): void {
  const { store } = chat;
  if (store !== undefined) store.closed.reopen(conversationOf(store, channel), stamp);
}

/** Notes whether a channel is closed, which is stored with its first message. Call it before that message. */
export function saveFirst(channel: ChannelState, conversation: Conversation): void {
  conversation.closed ??= isClosed(channel);
}

/**
 * A ban begins: what is said from now on is closed to the people that it matches, and their invitations from before end.
 */
export function beginBan(chat: ChatState, channel: ChannelState, mask: string, stamp: number): void {
  if (!closesPast(mask)) return;
  const people = usersMatched(chat, channel.members, mask);
  for (const user of people) user.rare?.invitations.delete(channel);
  addPeriod(chat, channel, { masks: masksOf(channel, mask, people), from: stamp, until: 0 });
}

function closesPast(mask: string): boolean {
  return !mask.startsWith("m:") && !isForEverybody(mask);
}

/**
 * Closes the past to the bans of a restored channel that do not close it yet, since the time that is in the list: older
 * versions did not save it. Call it before the first connection.
 */
export function beginRestoredBans(chat: ChatState, channel: ChannelState): void {
  const { store } = chat;
  const bans = channel.lists.get("b")?.filter(({ mask }) => closesPast(mask)) ?? [];
  if (store === undefined || bans.length === 0) return;
  const known = periodsOf(store, channel).filter(({ until }) => until === 0);
  const masks = new Set(known.map(({ masks: [mask] }) => mask));
  for (const { mask, at } of bans) {
    if (!masks.has(mask)) addPeriod(chat, channel, { masks: [mask], from: firstStamp(at * 1000), until: 0 });
  }
}

/** A ban ends. */
export function endBan(chat: ChatState, channel: ChannelState, mask: string, stamp: number): void {
  const { store } = chat;
  if (store === undefined) return;
  const conversation = conversationOf(store, channel);
  const periods = store.closed.periodsOf(conversation);
  const isOfBan = ({ until, masks }: ClosedPeriod) => until === 0 && masks[0] === mask;
  if (!periods.some(isOfBan)) return;
  store.closed.setPeriods(conversation, periods.map((one) => isOfBan(one) ? { ...one, until: stamp } : one));
}

/** Closes what was said until now, or only what was said to ranks, to an account, whatever rank it has. */
export function closeUntilNow(
  chat: ChatState,
  channel: ChannelState,
  { account, onlyToRanks, stamp }: { account: string; onlyToRanks: boolean; stamp: number },
): void {
  const period = { masks: [`a:${account}`], from: 1, until: stamp, always: true };
  addPeriod(chat, channel, onlyToRanks ? { ...period, onlyToRanks } : period);
}

function addPeriod(
  { store }: ChatState,
  channel: ChannelState,
  period: ClosedPeriod,
): void {
  if (store === undefined) return;
  const conversation = conversationOf(store, channel);
  const { periods, since } = withPeriod(store.closed.periodsOf(conversation), period, channel.madeAt);
  store.closed.setPeriods(conversation, periods, since);
}

function conversationOf(store: Store, { folded, name }: ChannelState): Conversation {
  return store.conversations.channel(folded, name);
}
