/** Apply, for what people say: to a channel or to one user. The hottest path of the server. */
import type { EventOf } from "./apply.ts";
import { accept } from "./user.ts";
import { rankLevel } from "../../irc/modes.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { Channel } from "../chat/channel.ts";
import type { MessageTarget } from "./event.ts";
import type { Hub } from "../hub/hub.ts";
import { MultilineMessage } from "../render/multiline.ts";
import { OutgoingLine, type OutgoingMessage } from "../render/outgoing.ts";
import { numericRefusal, type Refusal } from "../chat/refusal.ts";
import { saveInChannel, saveInPrivate } from "./saving.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";

/** Delivers a message; who sent it is given it back if it asked for that (echo-message), its other devices always. */
export function applyMessage(hub: Hub, event: EventOf<"message">, stamp: number): Refusal | undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  user.lastSpokeMs = stampMs(stamp);
  const { target } = event;
  if (target.kind === "user") return toUser(hub, user, event, target, stamp);
  const channel = hub.channel(target.name);
  if (channel === undefined) return numericRefusal("ERR_NOSUCHCHANNEL", target.name);
  if (target.atLeast !== undefined) {
    return toRank(hub, user, event, { channel, atLeast: target.atLeast, stamp });
  }
  const told = message(user, event, channel.name, stamp);
  saveInChannel(hub, channel, event, told, stamp);
  for (const session of channel.sessions) {
    if (session.user === user) echo(hub, session, told);
    else session.tell(told);
  }
}

/** To the members of a rank and above; the sender need not be one of them (STATUSMSG). */
function toRank(
  hub: Hub,
  user: User,
  event: EventOf<"message">,
  { channel, atLeast, stamp }: { channel: Channel; atLeast: string; stamp: number },
): undefined {
  const told = message(user, event, atLeast + channel.name, stamp);
  saveInChannel(hub, channel, event, told, stamp);
  const level = rankLevel(atLeast);
  for (const session of user.sessions) echo(hub, session, told);
  for (const [member, { prefixes }] of channel.members) {
    if (member !== user && rankLevel(prefixes) >= level) member.tell(told);
  }
}

function toUser(
  hub: Hub,
  user: User,
  event: EventOf<"message">,
  { id, nick }: Extract<MessageTarget, { kind: "user" }>,
  stamp: number,
): Refusal | undefined {
  const target = hub.users.get(id);
  if (target === undefined) return numericRefusal("ERR_NOSUCHNICK", nick);
  const told = message(user, event, target.nick, stamp);
  saveInPrivate(hub, [user, target], event, told, stamp);
  // Said to oneself it comes twice to who asked for echoes: as echo, under the label if there is one, and as message.
  for (const session of user.sessions) {
    if (target !== user || session === hub.applyingFor) echo(hub, session, told);
  }
  for (const session of target.sessions) session.deliver(told);
  if (user.modes.has("R")) accept(hub, user, id);
  if (target.away !== undefined && event.command === "PRIVMSG") {
    hub.applyingFor?.reply("RPL_AWAY", target.nick, target.away);
  }
}

/** To the sender's own sessions: other devices see what this one said; it itself only if it asked for that. */
function echo(hub: Hub, session: Session, told: OutgoingMessage): void {
  if (session.profile.echo || session !== hub.applyingFor) session.tell(told);
}

function message(user: User, event: EventOf<"message">, target: string, stamp: number): OutgoingMessage {
  const { command, text, lines, tags } = event;
  const { source, account, modes } = user;
  const clientTags = tags && new Map(tags);
  const details = { stamp, hasId: true, account, bot: modes.has("B"), clientTags };
  if (lines !== undefined) return new MultilineMessage({ source, command, target, lines, details });
  return new OutgoingLine(source, command, command === "TAGMSG" ? [target] : [target, text], details);
}
