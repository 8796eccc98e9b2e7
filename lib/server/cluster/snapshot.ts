/**
 * Snapshots: the users, channels, bans and machines of a chat as plain data and back, in the same order. The store
 * has its own transfer (server/store/transfer.ts), and the state of a session (MONITOR, capabilities) stays with the
 * session.
 */
import type { Folded } from "../../irc/names.ts";
import { saveRegistered } from "../apply/registered_channel.ts";
import {
  type ChannelRegistration,
  ChannelState,
  type Invitation,
  type ListEntry,
  type Topic,
} from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Marker } from "../chat/read_marker.ts";
import type { ServerBan } from "../chat/server_ban.ts";
import {
  type Device,
  type FormerNick,
  type Lingering,
  type OperatorEntry,
  type UserRecord,
  UserState,
} from "../chat/user.ts";
import type { Departed } from "../chat/whowas.ts";

/** The state of a user. */
interface SavedUser {
  readonly record: UserRecord;
  readonly arrivedAt: number;
  readonly guestSince: number;
  readonly nickSince: number;
  readonly formerNicks: readonly FormerNick[];
  readonly lastSpokeMs: number;
  readonly devices: readonly (readonly [session: string, device: Device])[];
  /** See UserState.formerDevices. */
  readonly formerDevices: readonly (readonly [key: string, endMs: number])[];
  readonly accepted: readonly string[];
  readonly lingering?: Lingering;
  readonly operator?: OperatorEntry;
  /** Names of channels, in the order of joining. */
  readonly channels: readonly string[];
  readonly invitations: readonly (readonly [channel: string, invitation: Invitation])[];
  /** Read markers that are not in the store. */
  readonly markers: readonly (readonly [target: Folded, marker: Marker])[];
}

interface SavedChannel {
  readonly name: string;
  readonly createdAt: number;
  readonly madeAt: number;
  readonly flags: readonly string[];
  readonly settings: readonly (readonly [string, string])[];
  readonly lists: readonly (readonly [string, readonly ListEntry[]])[];
  readonly topic?: Topic;
  readonly kept?: Omit<ChannelRegistration, "ranks"> & {
    readonly ranks: readonly (readonly [string, string])[];
  };
  readonly members: readonly (readonly [user: string, prefixes: string, joinedAt: number])[];
}

/** The format of a snapshot and of messages in the stream; a change of either needs a new number. */
export const snapshotFormat = 11;

/** All shared state in memory. */
export interface Snapshot {
  /** See snapshotFormat. */
  readonly format: number;
  readonly users: readonly SavedUser[];
  readonly channels: readonly SavedChannel[];
  readonly bans: readonly ServerBan[];
  readonly whowas: readonly Departed[];
  readonly machines: readonly (readonly [machine: string, joinedAt: number])[];
  readonly suspects: readonly (readonly [machine: string, suspectedAt: number])[];
  readonly mostUsers: number;
}

/** A copy of the chat's state at this moment. */
export function takeSnapshot(chat: ChatState): Snapshot {
  return {
    format: snapshotFormat,
    users: [...chat.users.values()].map((user) => toSavedUser(chat, user)),
    channels: [...chat.channels.values()].map(toSavedChannel),
    bans: chat.serverBans.list(0),
    whowas: chat.whowas.all(),
    machines: [...chat.machines],
    suspects: [...chat.suspects],
    mostUsers: chat.mostUsers,
  };
}

/** Replaces the chat's state by a snapshot. No user can be on this machine. */
export function restoreSnapshot(chat: ChatState, snapshot: Snapshot): void {
  chat.users.clear();
  chat.nicks.clear();
  chat.channels.clear();
  chat.machines.clear();
  for (const [machine, joinedAt] of snapshot.machines) chat.machines.set(machine, joinedAt);
  chat.suspects.clear();
  for (const [machine, suspectedAt] of snapshot.suspects) chat.suspects.set(machine, suspectedAt);
  for (const { target } of chat.serverBans.list(0)) chat.serverBans.remove(target);
  for (const ban of snapshot.bans) chat.serverBans.add(ban);
  chat.whowas.clear();
  for (const departed of snapshot.whowas) chat.whowas.put(departed);
  chat.mostUsers = snapshot.mostUsers;
  for (const state of snapshot.users) addUser(chat, state);
  for (const state of snapshot.channels) addChannel(chat, state);
  for (const { name } of chat.store?.channels.all() ?? []) {
    if (chat.channel(name)?.registration === undefined) chat.store?.channels.remove(name);
  }
  for (const state of snapshot.users) orderChannels(chat, state);
}

function toSavedUser(chat: ChatState, user: UserState): SavedUser {
  const { id, nick, username, realname, host, address, secure, account, lingering } = user;
  const modes = [...user.modes].join("");
  // Invitations to channels that ended are left out, as in saveInvitation() of server/apply/channel.ts.
  const invitations = [...user.invitations].filter(([channel]) => chat.channel(channel.name) === channel);
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
    guestSince: user.guestSince,
    nickSince: user.nickSince,
    formerNicks: [...user.formerNicks],
    lastSpokeMs: user.lastSpokeMs,
    devices: [...user.devices],
    formerDevices: [...user.formerDevices],
    accepted: [...user.accepted],
    ...(lingering !== undefined && { lingering }),
    ...(user.operator !== undefined && { operator: user.operator }),
    channels: [...user.channels.keys()].map(({ name }) => name),
    invitations: invitations.map(([channel, invitation]) => [channel.name, invitation]),
    markers: [...user.markers],
  };
}

function toSavedChannel(channel: ChannelState): SavedChannel {
  const { name, createdAt, madeAt, flags, settings, lists, topic, registration, members } = channel;
  return {
    name,
    createdAt,
    madeAt,
    flags: [...flags],
    settings: [...settings],
    lists: [...lists].map(([letter, entries]) => [letter, [...entries]]),
    ...(topic !== undefined && { topic }),
    ...(registration !== undefined && { kept: { ...registration, ranks: [...registration.ranks] } }),
    members: [...members].map(([user, { prefixes, joinedAt }]) => [user.id, prefixes, joinedAt]),
  };
}

function addUser(chat: ChatState, state: SavedUser): void {
  const user = new UserState(state.record, state.arrivedAt, state.lastSpokeMs, chat.hasRole);
  user.operator = state.operator;
  user.becomeGuest(state.guestSince);
  user.nickSince = state.nickSince;
  user.formerNicks.push(...state.formerNicks);
  for (const [id, device] of state.devices) user.devices.set(id, { ...device });
  for (const [key, endMs] of state.formerDevices) user.makeRare().formerDevices.set(key, endMs);
  for (const id of state.accepted) user.makeRare().accepted.add(id);
  user.lingering = state.lingering;
  for (const [target, marker] of state.markers) user.makeRare().markers.set(target, marker);
  chat.users.set(user.id, user);
  chat.nicks.set(user.folded, user);
}

function addChannel(chat: ChatState, state: SavedChannel): void {
  const channel = new ChannelState(state.name, state.createdAt, state.flags, state.madeAt);
  for (const [letter, value] of state.settings) channel.settings.set(letter, value);
  for (const [letter, entries] of state.lists) for (const entry of entries) channel.addEntry(letter, entry);
  channel.topic = state.topic;
  if (state.kept !== undefined) channel.registration = { ...state.kept, ranks: new Map(state.kept.ranks) };
  chat.channels.set(channel.folded, channel);
  for (const [id, prefixes, joinedAt] of state.members) {
    const user = chat.users.get(id);
    if (user !== undefined) channel.add(user, prefixes, joinedAt);
  }
  saveRegistered(chat, channel);
}

function orderChannels(chat: ChatState, { record, channels, invitations }: SavedUser): void {
  const user = chat.users.get(record.id);
  if (user === undefined) return;
  for (const name of channels) {
    const channel = chat.channel(name);
    const member = channel && user.channels.get(channel);
    if (channel === undefined || member === undefined) continue;
    user.channels.delete(channel);
    user.channels.set(channel, member);
  }
  for (const [name, invitation] of invitations) {
    const channel = chat.channel(name);
    if (channel !== undefined) user.makeRare().invitations.set(channel, invitation);
  }
}
