/**
 * Kept channels: what somebody made while logged in stays when the last one leaves, with its topic, modes, lists and
 * ranks, and its maker is its founder. Ranks belong to accounts and are given back at each JOIN. The channel's own state
 * is the truth; its row in the store follows it.
 */
import { type RankMode, ranks } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import type { ChannelRow } from "../store/channels.ts";
import { Channel, type ListEntry, type Topic } from "./channel.ts";
import type { Hub } from "../hub/hub.ts";
import type { User } from "./user.ts";

/** The flag that shows that a channel is kept. */
export const registeredFlag = "r";
const founderPrefix = "~";
const dayMs = 86_400_000;

/** What is written of a channel beside its name and founder. */
interface KeptState {
  readonly createdAt: number;
  readonly flags: string;
  readonly settings: readonly (readonly [string, string])[];
  readonly lists: readonly (readonly [string, readonly ListEntry[]])[];
  readonly ranks: readonly (readonly [string, string])[];
  readonly topic?: Topic;
}

/** Gives a channel a founder; it is kept from now on. */
export function registerChannel(hub: Hub, channel: Channel, founder: string, nowMs: number): void {
  const ranksOf = channel.registration?.ranks ?? new Map<string, string>();
  channel.registration = { founder, ranks: ranksOf, usedMs: today(nowMs) };
  channel.flags.add(registeredFlag);
  saveRegistered(hub, channel);
}

/** Ends the keeping; an empty channel is gone then. */
export function unregisterChannel(hub: Hub, channel: Channel): void {
  channel.registration = undefined;
  channel.flags.delete(registeredFlag);
  hub.store?.channels.remove(channel.name);
  if (channel.members.size === 0) hub.channels.delete(channel.folded);
}

/** To be called when anything of the channel has changed that is kept. */
export function saveRegistered(hub: Hub, channel: Channel): void {
  if (channel.registration !== undefined) hub.store?.channels.save(rowOf(channel, channel.registration));
}

/** To be called when somebody comes or goes; writes once a day at most. */
export function touchRegistered(hub: Hub, channel: Channel, nowMs: number): void {
  const { registration } = channel;
  if (registration === undefined || registration.usedMs >= today(nowMs)) return;
  registration.usedMs = today(nowMs);
  saveRegistered(hub, channel);
}

/** The rank prefixes an account has in a channel whenever it enters. */
export function registeredRank({ registration }: Channel, account: string | undefined): string {
  if (registration === undefined || account === undefined) return "";
  return registration.founder === account ? founderPrefix : registration.ranks.get(fold(account)) ?? "";
}

/** To be called when somebody's rank was changed by hand: it comes back with the account. */
export function rememberRank({ registration }: Channel, { account }: User, prefixes: string): void {
  if (registration === undefined || account === undefined || account === registration.founder) return;
  if (prefixes === "") registration.ranks.delete(fold(account));
  else registration.ranks.set(fold(account), prefixes);
}

/** The ranks of some prefixes, highest first. */
export function rankModes(prefixes: string): RankMode[] {
  return ranks.filter((rank) => prefixes.includes(rank.prefix));
}

/** How many channels an account is founder of. */
export function countRegistered(hub: Hub, account: string): number {
  let count = 0;
  for (const { registration } of hub.channels.values()) if (registration?.founder === account) count++;
  return count;
}

/** Brings the kept channels back; to be called once, before anybody comes in. */
export function restoreChannels(hub: Hub): void {
  for (const row of hub.store?.channels.all() ?? []) {
    const channel = restore(row);
    hub.channels.set(channel.folded, channel);
  }
}

function restore({ name, founder, usedMs, state }: ChannelRow): Channel {
  const { createdAt, flags, settings, lists, ranks: kept, topic }: KeptState = JSON.parse(state);
  const channel = new Channel(name, createdAt, flags);
  for (const [letter, value] of settings) channel.settings.set(letter, value);
  for (const [letter, entries] of lists) for (const entry of entries) channel.addEntry(letter, entry);
  channel.topic = topic;
  channel.registration = { founder, ranks: new Map(kept), usedMs };
  return channel;
}

function rowOf(
  channel: Channel,
  { founder, ranks: kept, usedMs }: NonNullable<Channel["registration"]>,
): ChannelRow {
  const { name, createdAt, flags, settings, lists, topic } = channel;
  const state: KeptState = {
    createdAt,
    flags: [...flags].join(""),
    settings: [...settings],
    lists: [...lists],
    ranks: [...kept],
    ...(topic !== undefined && { topic }),
  };
  return { name, founder, usedMs, state: JSON.stringify(state) };
}

/** Kept channels that nobody was in for too long. */
export function expiredChannels(hub: Hub, nowMs: number): Channel[] {
  const { channelExpiry } = hub.settings;
  if (channelExpiry === 0) return [];
  return [...hub.channels.values()].filter(({ registration, members }) =>
    registration !== undefined && members.size === 0 && nowMs - registration.usedMs > channelExpiry + dayMs
  );
}

function today(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}
