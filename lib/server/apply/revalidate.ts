/**
 * Revalidation: checks an event again when it is applied. Between its commit and its position in the order, another
 * event can forbid it (the user that kicks lost its rank). A single machine does not need this, because no event can
 * come in between. The checks are the checks of the commands, with the same state on every machine.
 */
import { channelModeOf, isRank } from "../../irc/modes.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import {
  canChange,
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

type ChannelEvent = Extract<Event, { kind: "joined" | "kicked" | "modes set" | "topic set" | "invited" }>;

/** The refusal if an event cannot be applied any more; otherwise undefined. */
export function revalidate(chat: ChatState, event: Event): Refusal | undefined {
  switch (event.kind) {
    case "message":
      return refusalToSay(chat, event);
    case "joined":
    case "kicked":
    case "modes set":
    case "topic set":
    case "invited": {
      const user = chat.users.get(event.user);
      const channel = chat.channel(event.channel);
      return user && channel && refusalToDo(chat, user, channel, event);
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
    case "invited":
      return refusalToInvite(channel, user);
  }
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
