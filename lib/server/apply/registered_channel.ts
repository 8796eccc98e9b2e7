/** Apply, for registered channels. The row in the store is a copy of the channel's state. */
import { fold } from "../../irc/names.ts";
import { type ChannelRegistration, ChannelState, type ListEntry, type Topic } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { registeredFlag } from "../chat/registered_channel.ts";
import type { User } from "../chat/user.ts";
import { beginRestoredBans } from "./closing.ts";
import type { ChannelRow } from "../store/channels.ts";

const dayMs = 86_400_000;

/** The state in a row, as JSON: the whole channel except its name and founder. */
interface RowState {
  readonly createdAt: number;
  /** A stamp. @default {the second of createdAt} */
  readonly madeAt?: number;
  readonly flags: string;
  readonly settings: readonly (readonly [string, string])[];
  readonly lists: readonly (readonly [string, readonly ListEntry[]])[];
  readonly ranks: readonly (readonly [string, string])[];
  readonly topic?: Topic;
}

/** Registers a channel: gives it a founder. */
export function registerChannel(
  chat: ChatState,
  channel: ChannelState,
  founder: string,
  nowMs: number,
): void {
  const ranksOf = channel.registration?.ranks ?? new Map<string, string>();
  channel.registration = { founder, ranks: ranksOf, usedMs: today(nowMs) };
  channel.flags.add(registeredFlag);
  saveRegistered(chat, channel);
}

/** Ends the registration. */
export function unregisterChannel(chat: ChatState, channel: ChannelState): void {
  channel.registration = undefined;
  channel.flags.delete(registeredFlag);
  chat.store?.channels.remove(channel.name);
}

/** Saves a registered channel. Call it after every change of the channel. */
export function saveRegistered(chat: ChatState, channel: ChannelState): void {
  if (channel.registration !== undefined) chat.store?.channels.save(rowOf(channel, channel.registration));
}

/** Records that the channel is in use. Call it when a member joins or leaves. It writes once a day at most. */
export function touchRegistered(chat: ChatState, channel: ChannelState, nowMs: number): void {
  const { registration } = channel;
  if (registration === undefined || registration.usedMs >= today(nowMs)) return;
  registration.usedMs = today(nowMs);
  saveRegistered(chat, channel);
}

/** Saves a rank that a user changed: the account gets it again at its next JOIN. */
export function rememberRank({ registration }: ChannelState, { account }: User, prefixes: string): void {
  if (registration === undefined || account === undefined || account === registration.founder) return;
  if (prefixes === "") registration.ranks.delete(fold(account));
  else registration.ranks.set(fold(account), prefixes);
}

/** Restores the registered channels. Call it once, before the first connection. */
export function restoreChannels(chat: ChatState): void {
  for (const row of chat.store?.channels.all() ?? []) {
    const channel = restore(row);
    chat.channels.set(channel.folded, channel);
    beginRestoredBans(chat, channel);
  }
}

function restore({ name, founder, usedMs, state }: ChannelRow): ChannelState {
  const { createdAt, madeAt, flags, settings, lists, ranks, topic }: RowState = JSON.parse(state);
  const channel = new ChannelState(name, createdAt, flags, madeAt);
  for (const [letter, value] of settings) channel.settings.set(letter, value);
  for (const [letter, entries] of lists) for (const entry of entries) channel.addEntry(letter, entry);
  channel.topic = topic;
  channel.registration = { founder, ranks: new Map(ranks), usedMs };
  return channel;
}

function rowOf(
  channel: ChannelState,
  { founder, ranks, usedMs }: ChannelRegistration,
): ChannelRow {
  const { name, createdAt, madeAt, flags, settings, lists, topic } = channel;
  const state: RowState = {
    createdAt,
    madeAt,
    flags: [...flags].join(""),
    settings: [...settings],
    lists: [...lists],
    ranks: [...ranks],
    ...(topic !== undefined && { topic }),
  };
  return { name, founder, usedMs, state: JSON.stringify(state) };
}

function today(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}
