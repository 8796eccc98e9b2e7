/**
 * Revalidation: checks an event again when it is applied. Between its commit and its position in the order, another
 * event can forbid it (the user that kicks lost its rank). A single machine does not need this, because no event can
 * come in between. The checks are the checks of the commands, with the same state on every machine.
 */
import { channelModeOf, isRank } from "../../irc/modes.ts";
import { messageId } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { reachesBack } from "../chat/closed_past.ts";
import { visibleHistory } from "../chat/history_access.ts";
import {
  canChange,
  levelOf,
  levels,
  refusalToCreate,
  refusalToInvite,
  refusalToJoin,
  refusalToKick,
  refusalToMessage,
  refusalToSetTopic,
  refusalToSpeak,
} from "../chat/permission.ts";
import { numericRefusal, type Refusal } from "../chat/refusal.ts";
import type { UserState } from "../chat/user.ts";
import type { Event, ModeRecord } from "./event.ts";

type ChannelEvent = Extract<
  Event,
  { kind: "joined" | "parted" | "kicked" | "modes set" | "topic set" | "invited" }
>;

/** The refusal if an event cannot be applied any more; otherwise undefined. */
export function revalidate(chat: ChatState, event: Event): Refusal | undefined {
  if (chat.machine === "") return undefined;
  switch (event.kind) {
    case "message":
      return refusalToSay(chat, event);
    case "redacted":
      return refusalToDelete(chat, event);
    case "channel kept":
    case "channel released":
      return refusalToRegister(chat, event);
    case "joined":
    case "parted":
    case "kicked":
    case "modes set":
    case "topic set":
    case "invited": {
      const user = chat.users.get(event.user);
      const channel = chat.channel(event.channel);
      if (user !== undefined && channel !== undefined) return refusalToDo(chat, user, channel, event);
      if (event.kind !== "joined") return numericRefusal("ERR_NOSUCHCHANNEL", event.channel);
      // A join makes the channel, unless another machine made one that looks like it.
      return user && channel === undefined ? refusalToCreate(chat, event.channel, user) : undefined;
    }
    default:
      return undefined;
  }
}

function refusalToDo(
  chat: ChatState,
  user: UserState,
  channel: ChannelState,
  event: ChannelEvent,
): Refusal | undefined {
  switch (event.kind) {
    case "joined":
      return channel.members.has(user) ? undefined : refusalToJoin(channel, user, event.key);
    case "kicked": {
      const target = chat.users.get(event.target);
      return target && refusalToKick(channel, user, target);
    }
    case "modes set":
      return event.changes.every((change) => canMake(channel, user, change))
        ? undefined
        : numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
    case "topic set":
      return refusalToSetTopic(channel, user, event.text);
    case "parted":
      return channel.members.has(user) ? undefined : numericRefusal("ERR_NOTONCHANNEL", channel.name);
    case "invited": {
      const target = chat.users.get(event.target);
      const isMember = target !== undefined && channel.members.has(target);
      const refusal = refusalToInvite(channel, user);
      if (refusal !== undefined || !isMember) return refusal;
      return numericRefusal("ERR_USERONCHANNEL", target.nick, channel.name);
    }
  }
}

/** A user that left the channel, or is no operator of it any more, cannot delete messages there. */
function refusalToDelete(
  chat: ChatState,
  { user: id, target, message, asOperator }: Extract<Event, { kind: "redacted" }>,
): Refusal | undefined {
  const user = chat.users.get(id);
  if (user === undefined || chat.store === undefined) return undefined;
  if (visibleHistory(chat, chat.store, user, target) === undefined) {
    return deletionRefusal("INVALID_TARGET", target, `You cannot delete messages of "${target}"`);
  }
  const channel = chat.channel(target);
  const isOperator = channel !== undefined && levelOf(channel, user) >= levels.operator;
  if (asOperator !== true || (isOperator && reachesBack(channel, message))) return undefined;
  return deletionRefusal(
    "REDACT_FORBIDDEN",
    target,
    messageId(message),
    "You can delete only your own messages",
  );
}

function deletionRefusal(code: string, ...contextAndText: string[]): Refusal {
  return { refusal: "standard", params: ["REDACT", code, ...contextAndText] };
}

/** Two users on two machines can register one channel at the same moment: the first one is its founder. */
function refusalToRegister(
  chat: ChatState,
  { kind, channel: name, user: id = "" }: Extract<Event, { kind: "channel kept" | "channel released" }>,
): Refusal | undefined {
  const user = chat.users.get(id);
  if (user === undefined) return undefined;
  const channel = chat.channel(name);
  if (channel === undefined) return numericRefusal("ERR_NOSUCHCHANNEL", name);
  const { registration } = channel;
  if (registration === undefined && kind === "channel released") return undefined;
  const isAllowed = registration === undefined
    ? levelOf(channel, user) >= levels.operator
    : registration.founder === user.account || user.isOperator;
  return isAllowed ? undefined : numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
}

function canMake(channel: ChannelState, user: UserState, { sign, letter, parameter }: ModeRecord): boolean {
  const mode = channelModeOf(letter);
  if (mode === undefined) return true;
  return canChange(channel, user, mode, isRank(mode) && sign === "-" && parameter === user.id);
}

function refusalToSay(chat: ChatState, event: Extract<Event, { kind: "message" }>): Refusal | undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return undefined;
  if (event.target.kind === "user") {
    const target = chat.users.get(event.target.id);
    return target && refusalToMessage(target, user);
  }
  const channel = chat.channel(event.target.name);
  return channel && refusalToSpeak(channel, user, event.text);
}
