/**
 * Snapshots: who is present and what is in their channels, as plain data and back. A hub that takes one is as the hub
 * that gave it: the same users, channels, bans and machines, in the same order. What is in the store travels by the
 * store (server/store/transfer.ts), and what belongs to a session (MONITOR, capabilities) stays with it.
 */
import type { Folded } from "../../irc/names.ts";
import { Channel, type ListEntry, type Registration, type Topic } from "../chat/channel.ts";
import type { UserRecord } from "../apply/event.ts";
import type { Hub } from "../hub/hub.ts";
import type { ServerBan } from "../chat/server_ban.ts";
import { saveRegistered } from "../chat/registered_channel.ts";
import { passingMarkers, takePassingMarkers } from "../apply/read_marker.ts";
import { User } from "../chat/user.ts";
import type { Departed } from "../chat/whowas.ts";

/** A user as it is now. */
interface UserState {
  readonly record: UserRecord;
  readonly arrivedAt: number;
  readonly nickSince: number;
  readonly lastSpokeMs: number;
  readonly sessions: readonly string[];
  readonly absent: readonly string[];
  readonly accepted: readonly string[];
  readonly awayText?: string;
  readonly lingering?: { readonly untilMs: number; readonly reason: string };
  /** Names of channels, in the order they were entered. */
  readonly channels: readonly string[];
  readonly invitations: readonly (readonly [channel: string, exempts: boolean])[];
  /** Of who has no account: how far it has read. */
  readonly markers: readonly (readonly [target: Folded, ms: number])[];
}

interface ChannelState {
  readonly name: string;
  readonly createdAt: number;
  readonly flags: readonly string[];
  readonly settings: readonly (readonly [string, string])[];
  readonly lists: readonly (readonly [string, readonly ListEntry[]])[];
  readonly topic?: Topic;
  readonly kept?: Omit<Registration, "ranks"> & { readonly ranks: readonly (readonly [string, string])[] };
  readonly members: readonly (readonly [user: string, prefixes: string])[];
}

/** All that is shared and in memory. */
export interface Snapshot {
  readonly users: readonly UserState[];
  readonly channels: readonly ChannelState[];
  readonly bans: readonly ServerBan[];
  readonly whowas: readonly Departed[];
  readonly machines: readonly (readonly [machine: string, joinedAt: number])[];
  readonly mostUsers: number;
}

/** The hub's state at this moment; what it holds is not the hub's own. */
export function takeSnapshot(hub: Hub): Snapshot {
  return {
    users: [...hub.users.values()].map((user) => userState(hub, user)),
    channels: [...hub.channels.values()].map(channelState),
    bans: hub.serverBans.list(0),
    whowas: hub.whowas.all(),
    machines: [...hub.machines],
    mostUsers: hub.mostUsers,
  };
}

/** Puts a snapshot in the place of the hub's state. Nobody may be on this machine. */
export function restoreSnapshot(hub: Hub, snapshot: Snapshot): void {
  hub.users.clear();
  hub.nicks.clear();
  hub.channels.clear();
  hub.machines.clear();
  for (const [machine, joinedAt] of snapshot.machines) hub.machines.set(machine, joinedAt);
  for (const { target } of hub.serverBans.list(0)) hub.serverBans.remove(target);
  for (const ban of snapshot.bans) hub.serverBans.add(ban);
  hub.whowas.clear();
  for (const departed of snapshot.whowas) hub.whowas.put(departed);
  hub.mostUsers = snapshot.mostUsers;
  for (const state of snapshot.users) addUser(hub, state);
  for (const state of snapshot.channels) addChannel(hub, state);
  for (const { name } of hub.store?.channels.all() ?? []) {
    if (hub.channel(name)?.registration === undefined) hub.store?.channels.remove(name);
  }
  for (const state of snapshot.users) orderChannels(hub, state);
}

function userState(hub: Hub, user: User): UserState {
  const { id, nick, username, realname, host, address, secure, account, awayText, lingering } = user;
  const modes = [...user.modes].join("");
  // What is over is forgotten, as it would be anyway (see remember in server/apply/channel.ts).
  const invitations = [...user.invitations].filter(([channel]) => hub.channel(channel.name) === channel);
  return {
    record: {
      id,
      nick,
      username,
      realname,
      host,
      address,
      secure,
      modes,
      ...(account !== undefined && { account }),
    },
    arrivedAt: user.arrivedAt,
    nickSince: user.nickSince,
    lastSpokeMs: user.lastSpokeMs,
    sessions: [...user.sessionIds],
    absent: [...user.absent],
    accepted: [...user.accepted],
    ...(awayText !== undefined && { awayText }),
    ...(lingering !== undefined && { lingering }),
    channels: [...user.channels.keys()].map(({ name }) => name),
    invitations: invitations.map(([channel, { exempts }]) => [channel.name, exempts]),
    markers: passingMarkers(user),
  };
}

function channelState(channel: Channel): ChannelState {
  const { name, createdAt, flags, settings, lists, topic, registration, members } = channel;
  return {
    name,
    createdAt,
    flags: [...flags],
    settings: [...settings],
    lists: [...lists].map(([letter, entries]) => [letter, [...entries]]),
    ...(topic !== undefined && { topic }),
    ...(registration !== undefined && { kept: { ...registration, ranks: [...registration.ranks] } }),
    members: [...members].map(([user, { prefixes }]) => [user.id, prefixes]),
  };
}

function addUser(hub: Hub, state: UserState): void {
  const user = new User(state.record, state.arrivedAt, state.lastSpokeMs);
  user.nickSince = state.nickSince;
  for (const id of state.sessions) user.sessionIds.add(id);
  for (const id of state.absent) user.absent.add(id);
  for (const id of state.accepted) user.accepted.add(id);
  user.awayText = state.awayText;
  user.lingering = state.lingering;
  takePassingMarkers(user, state.markers);
  hub.users.set(user.id, user);
  hub.nicks.set(user.folded, user);
}

function addChannel(hub: Hub, state: ChannelState): void {
  const channel = new Channel(state.name, state.createdAt, state.flags);
  for (const [letter, value] of state.settings) channel.settings.set(letter, value);
  for (const [letter, entries] of state.lists) for (const entry of entries) channel.addEntry(letter, entry);
  channel.topic = state.topic;
  if (state.kept !== undefined) channel.registration = { ...state.kept, ranks: new Map(state.kept.ranks) };
  hub.channels.set(channel.folded, channel);
  for (const [id, prefixes] of state.members) {
    const user = hub.users.get(id);
    if (user !== undefined) channel.add(user, prefixes);
  }
  saveRegistered(hub, channel);
}

function orderChannels(hub: Hub, { record, channels, invitations }: UserState): void {
  const user = hub.users.get(record.id);
  if (user === undefined) return;
  for (const name of channels) {
    const channel = hub.channel(name);
    const member = channel && user.channels.get(channel);
    if (channel === undefined || member === undefined) continue;
    user.channels.delete(channel);
    user.channels.set(channel, member);
  }
  for (const [name, exempts] of invitations) {
    const channel = hub.channel(name);
    if (channel !== undefined) user.invitations.set(channel, { exempts });
  }
}
