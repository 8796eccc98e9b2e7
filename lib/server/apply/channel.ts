/** Apply, for what happens in channels: joining, leaving, topics, invitations; modes are mode.ts. */
import { unshared } from "../../irc/message.ts";
import { capabilityBits } from "../../irc/capabilities.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { EventOf } from "./apply.ts";
import { tellRank } from "./account.ts";
import { applyModes } from "./mode.ts";
import { awayMessage } from "./user.ts";
import { Channel, type Invitation } from "../chat/channel.ts";
import type { Hub } from "../hub/hub.ts";
import {
  registerChannel,
  registeredRank,
  saveRegistered,
  touchRegistered,
} from "../chat/registered_channel.ts";
import { sendMarker } from "./read_marker.ts";
import type { Details, OutgoingLine } from "../render/outgoing.ts";
import { levelOf, levels } from "../chat/permission.ts";
import type { Refusal } from "../chat/refusal.ts";
import { replayOnJoin } from "../render/replay.ts";
import { sendNames, sendTopic } from "../render/reply.ts";
import { openDoor, saveEvent } from "./saving.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";

type ChannelEvent = EventOf<"joined" | "parted" | "topic set" | "kicked" | "invited" | "modes set">;

/** Modes a new channel has: members only may speak, only half-operators and above set the topic. */
const newChannelFlags = ["n", "t"];
/** Invitations one user is remembered to have; the oldest gives way. */
const maxInvitations = 100;

/** Changes channels as the event says. */
export function applyChannelEvent(hub: Hub, event: ChannelEvent, stamp: number): Refusal | undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  switch (event.kind) {
    case "joined":
      return join(hub, user, event, stamp);
    case "parted":
      return part(hub, user, event, stamp);
    case "topic set":
      return setTopic(hub, user, event, stamp);
    case "kicked":
      return kick(hub, user, event, stamp);
    case "invited":
      return invite(hub, user, event, stamp);
    case "modes set":
      return applyModes(hub, user, event, stamp);
    default:
      return event satisfies never;
  }
}

function join(hub: Hub, user: User, event: EventOf<"joined">, stamp: number): undefined {
  let channel = hub.channel(event.channel);
  const isNew = channel === undefined;
  if (channel === undefined) {
    channel = new Channel(event.channel, seconds(stamp), newChannelFlags);
    hub.channels.set(channel.folded, channel);
    openDoor(hub, channel, stamp);
  }
  if (channel.members.has(user)) return;
  user.invitations.delete(channel);
  const { founder } = event;
  if (isNew && founder !== undefined && founder === user.account) {
    registerChannel(hub, channel, founder, stampMs(stamp));
  }
  const prefixes = isNew ? "@" : registeredRank(channel, user.account);
  channel.add(user, prefixes);
  touchRegistered(hub, channel, stampMs(stamp));
  tellAndSave(hub, channel, joinMessage(user, channel, stamp), stamp);
  if (!isNew) tellRank(hub, channel, user, prefixes, stamp);
  if (user.away !== undefined) tellOthers(channel, user, awayMessage(user, stamp));
  for (const session of user.sessions) showChannel(session, channel);
}

/** What a device that has just come is told of a channel its user is in already. */
export function showMembership(session: Session, user: User, channel: Channel): void {
  // It happened before, so this is no message of its own.
  session.tell(joinMessage(user, channel, session.hub.now() * 1024, { hasId: false }));
  showChannel(session, channel);
}

/** JOIN in its fullest form: channel, account, real name (extended-join). */
export function joinMessage(
  user: User,
  channel: Channel,
  stamp: number,
  details: Details = {},
): OutgoingLine {
  return user.says("JOIN", [channel.name, user.account ?? "*", user.realname], stamp, {
    ...details,
    fallback: { without: capabilityBits["extended-join"], params: [channel.name] },
  });
}

function tellAndSave(hub: Hub, channel: Channel, told: OutgoingLine, stamp: number): void {
  saveEvent(hub, [channel], told, stamp);
  channel.broadcast(told);
}

function tellOthers(channel: Channel, user: User, told: OutgoingLine): void {
  for (const session of channel.sessions) if (session.user !== user) session.tell(told);
}

/** What a session is told of a channel its user has just joined. */
function showChannel(session: Session, channel: Channel): void {
  if (channel.topic !== undefined) sendTopic(session, channel, "notify");
  sendMarker(session, channel.name);
  if (!session.has("no-implicit-names") && !session.has("draft/no-implicit-names")) {
    sendNames(session, channel, "notify");
    session.notify("RPL_ENDOFNAMES", channel.name);
  }
  replayOnJoin(session, channel);
}

function part(hub: Hub, user: User, event: EventOf<"parted">, stamp: number): undefined {
  const channel = hub.channel(event.channel);
  if (channel === undefined || !channel.members.has(user)) return;
  const params = event.reason === "" ? [channel.name] : [channel.name, event.reason];
  tellAndSave(hub, channel, user.says("PART", params, stamp), stamp);
  removeMember(hub, channel, user, stamp);
}

function kick(hub: Hub, user: User, event: EventOf<"kicked">, stamp: number): undefined {
  const channel = hub.channel(event.channel);
  const target = hub.users.get(event.target);
  if (channel === undefined || target === undefined || !channel.members.has(target)) return;
  tellAndSave(hub, channel, user.says("KICK", [channel.name, target.nick, event.reason], stamp), stamp);
  removeMember(hub, channel, target, stamp);
}

/** Takes a user out of a channel, which ends when nobody is left and it is not kept. */
export function removeMember(hub: Hub, channel: Channel, user: User, stamp: number): void {
  channel.remove(user);
  touchRegistered(hub, channel, stampMs(stamp));
  if (channel.members.size === 0 && channel.registration === undefined) hub.channels.delete(channel.folded);
}

function setTopic(hub: Hub, user: User, event: EventOf<"topic set">, stamp: number): undefined {
  const channel = hub.channel(event.channel);
  if (channel === undefined) return;
  channel.topic = event.text === ""
    ? undefined
    : { text: unshared(event.text), by: user.source, at: seconds(stamp) };
  saveRegistered(hub, channel);
  tellAndSave(hub, channel, user.says("TOPIC", [channel.name, event.text], stamp), stamp);
}

/** Those who may invite to a closed channel themselves are told too, if they asked for that (invite-notify). */
function invite(hub: Hub, user: User, event: EventOf<"invited">, stamp: number): undefined {
  const channel = hub.channel(event.channel);
  const target = hub.users.get(event.target);
  if (channel === undefined || target === undefined || channel.members.has(target)) return;
  remember(hub, target, channel, { exempts: event.exempts && levelOf(channel, user) >= levels.halfOperator });
  const params = [target.nick, channel.name];
  target.tell(user.says("INVITE", params, stamp));
  const told = user.says("INVITE", params, stamp, { needs: capabilityBits["invite-notify"] });
  for (const member of channel.members.keys()) {
    if (member !== user && levelOf(channel, member) >= levels.halfOperator) member.tell(told);
  }
}

/** One that lets its user in is not replaced by one that does not. */
function remember(hub: Hub, user: User, channel: Channel, { exempts }: Invitation): void {
  const { invitations } = user;
  const before = invitations.get(channel);
  invitations.delete(channel);
  for (const one of invitations.keys()) if (hub.channel(one.name) !== one) invitations.delete(one);
  const [oldest] = invitations.keys();
  if (invitations.size >= maxInvitations && oldest !== undefined) invitations.delete(oldest);
  invitations.set(channel, { exempts: exempts || before?.exempts === true });
}

function seconds(stamp: number): number {
  return Math.floor(stampMs(stamp) / 1000);
}
