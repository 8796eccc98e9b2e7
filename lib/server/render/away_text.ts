/**
 * The away text of a user for others. "*" says that nobody is at any device of the user. Only clients with
 * draft/pre-away know that, so the others get words.
 */
import { capabilityBits } from "../../irc/capabilities.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import type { OutgoingLine } from "./outgoing.ts";
import { reply } from "./reply.ts";
import { fromUser } from "./sender.ts";

/** Answers with RPL_AWAY if the user is away. */
export function replyIfAway(session: Session, user: User): void {
  const { away } = user;
  if (away === undefined) return;
  reply(session, "RPL_AWAY", user.nick, session.has("draft/pre-away") ? away : inWords(user, away));
}

/** AWAY as members of a channel see it in which the user cannot speak: without the user's words. */
export function silentAwayMessage(user: User, stamp: number): OutgoingLine {
  if (user.away === undefined || user.away === "*") return awayMessage(user, stamp);
  return fromUser(user, "AWAY", ["away"], stamp);
}

/** AWAY as peers see it (away-notify); without a parameter it says that the user is back. */
export function awayMessage(user: User, stamp: number): OutgoingLine {
  const { away } = user;
  if (away !== "*") return fromUser(user, "AWAY", away === undefined ? [] : [away], stamp);
  const fallback = { without: capabilityBits["draft/pre-away"], params: [inWords(user, away)] };
  return fromUser(user, "AWAY", [away], stamp, { fallback });
}

/** Programs show it after "NICK is away:". */
function inWords({ lingering }: User, away: string): string {
  if (away !== "*") return away;
  return lingering === undefined ? "nobody is at the device" : "offline; messages are kept in the history";
}
