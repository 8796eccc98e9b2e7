/** Apply, for messages to a channel or to one user. The most used path of the server. */
import { rankLevel } from "../../irc/modes.ts";
import { stampMs } from "../../irc/stamp.ts";
import { type ChannelState, rankConversation } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { privateName } from "../chat/message_links.ts";
import { numericRefusal, type Refusal } from "../chat/refusal.ts";
import type { SessionState } from "../chat/session.ts";
import type { UserState } from "../chat/user.ts";
import type { Excerpt } from "../render/excerpt.ts";
import { MultilineMessage } from "../render/multiline.ts";
import { OutgoingLine, type OutgoingMessage } from "../render/outgoing.ts";
import { replyIfAway } from "../render/away_text.ts";
import type { EventOf, MessageTarget } from "./event.ts";
import { saveInChannel, saveInPrivate } from "./saving.ts";
import { accept } from "./user.ts";

/**
 * Delivers a message; the sender gets it back with echo-message, and its other sessions always get it. `by` is the
 * session that sent it.
 */
export function applyMessage(
  chat: ChatState,
  event: EventOf<"message">,
  stamp: number,
  by: string,
): Refusal | undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  const device = user.devices.get(by);
  user.lastSpokeMs = stampMs(stamp);
  if (device !== undefined) device.spokeMs = user.lastSpokeMs;
  user.spokeAt = chat.clock.monotonic();
  const { target } = event;
  if (target.kind === "user") return deliverToUser(chat, user, event, target, stamp);
  const channel = chat.channel(target.name);
  if (channel === undefined) return numericRefusal("ERR_NOSUCHCHANNEL", target.name);
  if (target.atLeast !== undefined) {
    return deliverToRank(chat, user, event, { channel, atLeast: target.atLeast, stamp });
  }
  const excerpt = excerptOf(chat, event, stamp, () => channel.folded);
  const outgoing = makeMessage(user, event, channel.name, { stamp, excerpt });
  saveInChannel(chat, channel, event, outgoing, stamp);
  for (const session of channel.sessions) {
    if (session.user === user) echo(chat, session, outgoing);
    else session.send(outgoing);
  }
}

/** Delivers to the members of a rank and above; the sender can be another user (STATUSMSG). */
function deliverToRank(
  chat: ChatState,
  user: UserState,
  event: EventOf<"message">,
  { channel, atLeast, stamp }: { channel: ChannelState; atLeast: string; stamp: number },
): undefined {
  const excerpt = excerptOf(chat, event, stamp, () => rankConversation(atLeast, channel.folded));
  const outgoing = makeMessage(user, event, atLeast + channel.name, { stamp, excerpt });
  saveInChannel(chat, channel, event, outgoing, stamp);
  const level = rankLevel(atLeast);
  for (const session of user.sessions) echo(chat, session, outgoing);
  for (const [member, { prefixes }] of channel.members) {
    if (member !== user && rankLevel(prefixes) >= level) member.send(outgoing);
  }
}

function deliverToUser(
  chat: ChatState,
  user: UserState,
  event: EventOf<"message">,
  { id, nick }: Extract<MessageTarget, { kind: "user" }>,
  stamp: number,
): Refusal | undefined {
  const target = chat.users.get(id);
  if (target === undefined) return numericRefusal("ERR_NOSUCHNICK", nick);
  const excerpt = excerptOf(chat, event, stamp, () => privateName(user, target));
  const outgoing = makeMessage(user, event, target.nick, { stamp, excerpt });
  saveInPrivate(chat, [user, target], event, outgoing, stamp);
  // A message to oneself arrives twice with echo-message: as echo, with the label if there is one, and as message.
  for (const session of user.sessions) {
    if (target !== user || session === chat.applyingFor) echo(chat, session, outgoing);
  }
  for (const session of target.sessions) session.deliver(outgoing);
  if (user.modes.has("R")) accept(chat, user, id);
  if (event.command === "PRIVMSG" && chat.applyingFor !== undefined) replyIfAway(chat.applyingFor, target);
}

/** Delivers to a session of the sender: to the sending session only with echo-message, to other sessions always. */
function echo(chat: ChatState, session: SessionState, outgoing: OutgoingMessage): void {
  if (session.profile.echo || session !== chat.applyingFor) session.send(outgoing);
}

function makeMessage(
  user: UserState,
  event: EventOf<"message">,
  target: string,
  { stamp, excerpt }: { stamp: number; excerpt: Excerpt | undefined },
): OutgoingMessage {
  const { command, text, lines, tags } = event;
  const { source, account, modes } = user;
  const clientTags = tags && new Map(tags);
  const details = { stamp, hasId: true, account, bot: modes.has("B"), clientTags, excerpt };
  if (lines !== undefined) return new MultilineMessage({ source, command, target, lines, details });
  return new OutgoingLine(source, command, command === "TAGMSG" ? [target] : [target, text], details);
}

/**
 * How much of the message clients without draft/multiline get; `conversation` names it as MessageLinks does. They get
 * all of a message of one line: its pieces are few, as many as other programs make of a long paragraph.
 */
function excerptOf(
  chat: ChatState,
  { lines }: EventOf<"message">,
  stamp: number,
  conversation: () => string,
): Excerpt | undefined {
  if (lines === undefined) return undefined;
  return { maxLines: chat.settings.plainLines, link: () => chat.links.make(conversation(), stamp) };
}
