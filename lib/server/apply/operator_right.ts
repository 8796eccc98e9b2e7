/**
 * Apply, for the right of server operators. A user is an operator while its account has a role, or while the operator
 * file has the entry that OPER named (User.isOperator); the mode +o shows it. Everything that can change the right calls
 * reviewOperator().
 */
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { numericRefusal } from "../chat/refusal.ts";
import type { UserState } from "../chat/user.ts";
import { sendNumeric } from "../render/reply.ts";
import { fromUser } from "../render/sender.ts";
import type { Event } from "./event.ts";

/** Takes the mode +o from a user without the right, and tells it. */
export function reviewOperator(user: UserState, stamp: number): void {
  if (user.mayBeOperator || !user.removeMode("o")) return;
  user.send(fromUser(user, "MODE", [user.nick, "-o"], stamp));
}

/** Gives the mode +o to a user whose account has a role, and tells it. */
export function giveOperator(user: UserState, stamp: number): void {
  if (!user.mayBeOperator || !user.addMode("o")) return;
  user.send(fromUser(user, "MODE", [user.nick, "+o"], stamp));
  for (const session of user.sessions) sendNumeric(session, "RPL_YOUREOPER");
}

/**
 * The refusal of an operator's act if the user of the session that asked is no operator any more: between the command and
 * its event, a password can be hashed, or another machine can take the right away. Only the owner can change an account
 * with a role. Undefined for other events.
 */
export function refusalToOperate(chat: ChatState, event: Event, by: string): Refusal | undefined {
  const target = targetOf(event);
  if (target === undefined || by === "") return undefined;
  const asker = chat.sessions.get(by)?.user ?? userOn(chat, by);
  const needsOwner = event.kind === "role set" || event.kind === "history opened" ||
    chat.accounts.find(target)?.role;
  const isAllowed = asker?.isOperator && (!needsOwner || chat.accounts.roleOf(asker.account) === "owner");
  return isAllowed ? undefined : numericRefusal("ERR_NOPRIVILEGES");
}

/** The account that an operator's act changes; "" if it changes something else; undefined for other events. */
function targetOf(event: Event): string | undefined {
  switch (event.kind) {
    case "password set":
      return event.by === undefined ? undefined : event.account;
    case "account created":
      return event.by === undefined ? undefined : "";
    case "sessions ended":
    case "history opened":
      return event.by === undefined ? undefined : event.account;
    case "role set":
      return event.digest === undefined ? event.account : undefined;
    case "account suspended":
    case "account restored":
      return event.account;
    case "name freed":
    case "killed":
    case "wallops":
    case "server ban added":
    case "server ban removed":
    case "host set":
      return "";
    default:
      return undefined;
  }
}

function userOn({ users }: ChatState, session: string): UserState | undefined {
  for (const user of users.values()) if (user.devices.has(session)) return user;
}
