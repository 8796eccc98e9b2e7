/** Apply, for what people say: to a channel or to one user. The hottest path of the server. */
import type { EventOf } from "./apply.ts";
import { stampMs } from "../irc/stamp.ts";
import type { Hub } from "./hub.ts";
import { Outgoing } from "./outgoing.ts";
import { numericRefusal, type Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";
import type { User } from "./user.ts";

/** Delivers a message; the sender's own sessions are given it back if they asked for that (echo-message). */
export function applyMessage(hub: Hub, event: EventOf<"message">, stamp: number): Refusal | undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  user.lastSpokeMs = stampMs(stamp);
  const { target } = event;
  if (target.kind === "user") return toUser(hub, user, event, target.id, stamp);
  const channel = hub.channel(target.name);
  if (channel === undefined) return numericRefusal("ERR_NOSUCHCHANNEL", target.name);
  const told = message(user, event, channel.name, stamp);
  for (const session of channel.sessions) {
    if (session.user === user) echo(session, told);
    else session.tell(told);
  }
}

function toUser(
  hub: Hub,
  user: User,
  event: EventOf<"message">,
  id: string,
  stamp: number,
): Refusal | undefined {
  const target = hub.users.get(id);
  if (target === undefined) return numericRefusal("ERR_NOSUCHNICK", id);
  const told = message(user, event, target.nick, stamp);
  for (const session of user.sessions) echo(session, told);
  if (target !== user) target.tell(told);
}

function echo(session: Session, told: Outgoing): void {
  if (session.kind.echo) session.tell(told);
}

function message(user: User, event: EventOf<"message">, target: string, stamp: number): Outgoing {
  const params = event.command === "TAGMSG" ? [target] : [target, event.text];
  return new Outgoing(user.source, event.command, params, {
    stamp,
    hasId: true,
    account: user.account,
    bot: user.modes.has("B"),
    clientTags: event.tags && new Map(event.tags),
  });
}
