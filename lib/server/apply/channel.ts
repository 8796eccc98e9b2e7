/** Apply, for channels: join, part, kick, topic, invite; modes are in mode.ts. */
import { capabilityBits } from "../../irc/capabilities.ts";
import { unshared } from "../../irc/message.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChannelState, Invitation } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { isSilent, levelOf, levels, refusalToCreate } from "../chat/permission.ts";
import type { Refusal } from "../chat/refusal.ts";
import { rankModes, registeredRank } from "../chat/registered_channel.ts";
import type { UserState } from "../chat/user.ts";
import { awayMessage, silentAwayMessage } from "../render/away_text.ts";
import { joinMessage, showChannel } from "../render/membership.ts";
import type { OutgoingLine } from "../render/outgoing.ts";
import { fromUser } from "../render/sender.ts";
import type { EventOf } from "./event.ts";
import { makeChannel, removeMember } from "./membership.ts";
import { applyModes } from "./mode.ts";
import { broadcastRanks } from "./notices.ts";
import { registerChannel, saveRegistered, touchRegistered } from "./registered_channel.ts";
import { saveEvent, saveTopic } from "./saving.ts";

type ChannelEvent = EventOf<"joined" | "parted" | "topic set" | "kicked" | "invited" | "modes set">;

/** The most invitations of one user; a new one replaces the oldest. */
const maxInvitations = 100;

/** Changes channels as the event says. */
export function applyChannelEvent(chat: ChatState, event: ChannelEvent, stamp: number): Refusal | undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  switch (event.kind) {
    case "joined":
      return join(chat, user, event, stamp);
    case "parted":
      return part(chat, user, event, stamp);
    case "topic set":
      return setTopic(chat, user, event, stamp);
    case "kicked":
      return kick(chat, user, event, stamp);
    case "invited":
      return invite(chat, user, event, stamp);
    case "modes set":
      return applyModes(chat, user, event, stamp);
    default:
      return event satisfies never;
  }
}

function join(
  chat: ChatState,
  user: UserState,
  event: EventOf<"joined">,
  stamp: number,
): Refusal | undefined {
  let channel = chat.channel(event.channel);
  const isNew = channel === undefined;
  if (channel === undefined) {
    const refusal = refusalToCreate(chat, event.channel, user);
    if (refusal !== undefined) return refusal;
    channel = makeChannel(chat, event.channel, stamp);
  }
  if (channel.members.has(user)) return;
  user.rare?.invitations.delete(channel);
  const { founder } = event;
  if (isNew && founder !== undefined && founder === user.account) {
    registerChannel(chat, channel, founder, stampMs(stamp));
  }
  const prefixes = isNew ? "@" : registeredRank(channel, user.account);
  channel.add(user, prefixes, stamp);
  touchRegistered(chat, channel, stampMs(stamp));
  saveAndTell(chat, channel, user, joinMessage(user, channel, stamp), stamp);
  if (!isNew) broadcastRanks(chat, channel, user, { gained: rankModes(prefixes) }, stamp);
  if (user.away !== undefined) {
    const away = isSilent(channel, user) ? silentAwayMessage : awayMessage;
    sendToOthers(channel, user, away(user, stamp));
  }
  for (const session of user.sessions) showChannel(session, channel);
}

/** Tells a channel what a user of it does; the others can get it a little later. */
function saveAndTell(
  chat: ChatState,
  channel: ChannelState,
  user: UserState,
  outgoing: OutgoingLine,
  stamp: number,
): void {
  saveEvent(chat, [channel], outgoing, stamp);
  for (const session of channel.sessions) session.send(outgoing, session.user !== user);
}

function sendToOthers(channel: ChannelState, user: UserState, outgoing: OutgoingLine): void {
  for (const session of channel.sessions) if (session.user !== user) session.send(outgoing, true);
}

function part(chat: ChatState, user: UserState, event: EventOf<"parted">, stamp: number): undefined {
  const channel = chat.channel(event.channel);
  if (channel === undefined || !channel.members.has(user)) return;
  const params = event.reason === "" ? [channel.name] : [channel.name, event.reason];
  saveAndTell(chat, channel, user, fromUser(user, "PART", params, stamp), stamp);
  removeMember(chat, channel, user, stamp);
}

function kick(chat: ChatState, user: UserState, event: EventOf<"kicked">, stamp: number): undefined {
  const channel = chat.channel(event.channel);
  const target = chat.users.get(event.target);
  if (channel === undefined || target === undefined || !channel.members.has(target)) return;
  const outgoing = fromUser(user, "KICK", [channel.name, target.nick, event.reason], stamp);
  saveEvent(chat, [channel], outgoing, stamp);
  channel.broadcast(outgoing);
  removeMember(chat, channel, target, stamp);
}

function setTopic(chat: ChatState, user: UserState, event: EventOf<"topic set">, stamp: number): undefined {
  const channel = chat.channel(event.channel);
  if (channel === undefined) return;
  channel.topic = event.text === ""
    ? undefined
    : { text: unshared(event.text), by: user.source, at: seconds(stamp) };
  saveRegistered(chat, channel);
  const outgoing = fromUser(user, "TOPIC", [channel.name, event.text], stamp);
  if (channel.topic !== undefined) saveTopic(chat, channel, outgoing, stamp);
  else saveEvent(chat, [channel], outgoing, stamp);
  channel.broadcast(outgoing);
}

/**
 * Notifies the invited user and, with invite-notify, the members that can invite to a closed channel. An invitation
 * that the user has already is not sent again.
 */
function invite(chat: ChatState, user: UserState, event: EventOf<"invited">, stamp: number): undefined {
  const channel = chat.channel(event.channel);
  const target = chat.users.get(event.target);
  if (channel === undefined || target === undefined || channel.members.has(target)) return;
  const exempts = event.exempts && levelOf(channel, user) >= levels.halfOperator;
  const before = target.invitations.get(channel);
  if (before !== undefined && (before.exempts || !exempts)) return;
  saveInvitation(chat, target, channel, { exempts, by: user.source });
  const params = [target.nick, channel.name];
  target.send(fromUser(user, "INVITE", params, stamp));
  const outgoing = fromUser(user, "INVITE", params, stamp, { needs: capabilityBits["invite-notify"] });
  for (const member of channel.members.keys()) {
    if (member !== user && levelOf(channel, member) >= levels.halfOperator) member.send(outgoing);
  }
}

/** Saves an invitation that is new, or passes more checks than the one before. */
function saveInvitation(
  chat: ChatState,
  user: UserState,
  channel: ChannelState,
  invitation: Invitation,
): void {
  const { invitations } = user.makeRare();
  invitations.delete(channel);
  for (const one of invitations.keys()) if (chat.channel(one.name) !== one) invitations.delete(one);
  const [oldest] = invitations.keys();
  if (invitations.size >= maxInvitations && oldest !== undefined) invitations.delete(oldest);
  invitations.set(channel, invitation);
}

function seconds(stamp: number): number {
  return Math.floor(stampMs(stamp) / 1000);
}
