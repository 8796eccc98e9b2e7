/** Shows a joined channel to a session: the JOIN, the topic, the members, the last messages. */
import { capabilityBits } from "../../irc/capabilities.ts";
import type { Channel } from "../chat/channel.ts";
import { realNameIn } from "../chat/permission.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import { sendNames, sendTopic } from "./channel_reply.ts";
import { type Details, OutgoingLine } from "./outgoing.ts";
import { sendMarker } from "./read_marker.ts";
import { replayOnJoin } from "./replay.ts";
import { sendNumeric } from "./reply.ts";
import { fromUser } from "./sender.ts";

/** JOIN in its fullest form: channel, account, real name (extended-join). Call it after the user became a member. */
export function joinMessage(
  user: User,
  channel: Channel,
  stamp: number,
  details: Details = {},
): OutgoingLine {
  return fromUser(user, "JOIN", [channel.name, user.account ?? "*", realNameIn(channel, user)], stamp, {
    ...details,
    fallback: { without: capabilityBits["extended-join"], params: [channel.name] },
  });
}

/** Shows a channel to a session whose user has just joined it. */
export function showChannel(session: Session, channel: Channel): void {
  if (channel.topic !== undefined) sendTopic(session, channel, sendNumeric);
  sendMarker(session, channel.name);
  if (!session.has("no-implicit-names") && !session.has("draft/no-implicit-names")) {
    sendNames(session, channel, sendNumeric);
    sendNumeric(session, "RPL_ENDOFNAMES", channel.name);
  }
  replayOnJoin(session, channel);
}

/** Shows a channel to a new session whose user joined it before, on another device. */
export function showMembership(session: Session, user: User, channel: Channel): void {
  // The JOIN happened before, so this one has no id.
  session.send(joinMessage(user, channel, session.chat.stampNow(), { hasId: false }));
  showChannel(session, channel);
}

/** Shows a new session the invitations of its user, which can be from a time when no device was connected. */
export function showInvitations(session: Session, user: User): void {
  const { chat } = session;
  for (const [channel, { by }] of user.invitations) {
    if (chat.channel(channel.name) !== channel) continue;
    session.send(new OutgoingLine(by, "INVITE", [user.nick, channel.name], { stamp: chat.stampNow() }));
  }
}
