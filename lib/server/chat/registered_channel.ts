/**
 * Registered channels, to be read: a channel that a logged-in user created stays when its last member leaves, and
 * that user is its founder. Ranks belong to accounts, and JOIN restores them. server/apply/registered_channel.ts
 * changes them.
 */
import { type RankMode, ranks } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";

/** The flag that shows that a channel is registered. */
export const registeredFlag = "r";
/** The rank prefix of a founder. */
export const founderPrefix = "~";
/** `usedMs` is exact to the day only. */
const dayMs = 86_400_000;

/** The rank prefixes that an account gets when it joins a channel. */
export function registeredRank({ registration }: Channel, account: string | undefined): string {
  if (registration === undefined || account === undefined) return "";
  return registration.founder === account ? founderPrefix : registration.ranks.get(fold(account)) ?? "";
}

/** The ranks of some prefixes, highest first. */
export function rankModes(prefixes: string): RankMode[] {
  return ranks.filter((rank) => prefixes.includes(rank.prefix));
}

/** The number of channels that have this account as founder. */
export function countRegistered(chat: Chat, account: string): number {
  let count = 0;
  for (const { registration } of chat.channels.values()) if (registration?.founder === account) count++;
  return count;
}

/** The number of registered channels. */
export function countAllRegistered(chat: Chat): number {
  let count = 0;
  for (const { registration } of chat.channels.values()) if (registration !== undefined) count++;
  return count;
}

/** Whether one more channel can be registered. */
export function canRegisterMore(chat: Chat): boolean {
  const { channelsTotal } = chat.settings;
  return channelsTotal === 0 || countAllRegistered(chat) < channelsTotal;
}

/** Registered channels that have had no member for too long. */
export function expiredChannels(chat: Chat, nowMs: number): Channel[] {
  const { channelExpiry } = chat.settings;
  if (channelExpiry === 0) return [];
  return [...chat.channels.values()].filter(({ registration, members }) =>
    registration !== undefined && members.size === 0 && nowMs - registration.usedMs > channelExpiry + dayMs
  );
}
