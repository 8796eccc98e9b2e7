/** Apply, for the registration of channels: a channel gets another founder, or none. */
import { fold } from "../../irc/names.ts";
import { rankLevel } from "../../irc/modes.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { isClosed } from "../chat/closed_past.ts";
import { levels } from "../chat/permission.ts";
import { registeredFlag } from "../chat/registered_channel.ts";
import type { UserId } from "../chat/user.ts";
import { fromServer, fromUser } from "../render/sender.ts";
import type { EventOf } from "./event.ts";
import { recordAct } from "./audit.ts";
import { closeUntilNow } from "./closing.ts";
import { endChannel } from "./membership.ts";
import { demoteFounder, restoreRank } from "./rank.ts";
import { registerChannel, unregisterChannel } from "./registered_channel.ts";

/** Gives a channel a founder. */
export function register(
  chat: ChatState,
  { channel: name, founder, user }: EventOf<"channel kept">,
  stamp: number,
): undefined {
  const channel = chat.channel(name);
  if (channel === undefined || chat.accounts.find(founder) === undefined) return;
  const isNew = channel.registration === undefined;
  const isTakeover = recordTakeover(chat, channel, { act: "FOUNDER", user, reason: founder }, stamp);
  if (isTakeover) closeToNewFounder(chat, channel, founder, stamp);
  registerChannel(chat, channel, founder, stampMs(stamp));
  if (isNew) broadcastFlag(chat, channel, "+", user, stamp);
  demoteFounder(chat, channel, stamp);
  for (const member of channel.members.keys()) restoreRank(chat, channel, member, stamp);
}

/**
 * A server operator does not give the history of a closed channel to somebody who was not let in, nor what was said to
 * ranks to somebody without one.
 */
function closeToNewFounder(chat: ChatState, channel: ChannelState, account: string, stamp: number): void {
  const prefixes = knownPrefixes(channel, account);
  const isOutside = isClosed(channel) && prefixes === undefined;
  if (isOutside || rankLevel(prefixes ?? "") < levels.operator) {
    closeUntilNow(chat, channel, { account, onlyToRanks: !isOutside, stamp });
  }
}

/** The rank prefixes of an account that is in the channel, or has a rank there; undefined for others. */
function knownPrefixes({ members, registration }: ChannelState, account: string): string | undefined {
  return registration?.ranks.get(fold(account)) ??
    members.entries().find(([user]) => user.account === account)?.[1].prefixes;
}

/** Ends the registration of a channel. */
export function unregister(
  chat: ChatState,
  { channel: name, user }: EventOf<"channel released">,
  stamp: number,
): undefined {
  const channel = chat.channel(name);
  if (channel?.registration === undefined) return;
  // It expired on a machine that did not know yet that somebody is back in it.
  if (user === undefined && channel.members.size > 0) return;
  recordTakeover(chat, channel, { act: "UNREGISTER", user, reason: channel.registration.founder }, stamp);
  dropFounder(chat, channel, user, stamp);
}

/** A server operator changes a registered channel that belongs to somebody else. Returns whether that is so. */
function recordTakeover(
  chat: ChatState,
  { name, registration }: ChannelState,
  { act, user, reason }: { act: "FOUNDER" | "UNREGISTER"; user: UserId | undefined; reason: string },
  stamp: number,
): boolean {
  const operator = user === undefined ? undefined : chat.users.get(user);
  if (operator === undefined || registration === undefined || registration.founder === operator.account) {
    return false;
  }
  recordAct(chat, { act, by: operator.nick, target: name, reason }, stamp);
  return true;
}

/** Ends the registration, and tells the channel; an empty channel ends with it. */
export function dropFounder(
  chat: ChatState,
  channel: ChannelState,
  user: string | undefined,
  stamp: number,
): void {
  unregisterChannel(chat, channel);
  if (channel.members.size === 0) endChannel(chat, channel);
  broadcastFlag(chat, channel, "-", user, stamp);
  demoteFounder(chat, channel, stamp);
}

function broadcastFlag(
  chat: ChatState,
  channel: ChannelState,
  sign: "+" | "-",
  by: string | undefined,
  stamp: number,
): void {
  const params = [channel.name, sign + registeredFlag];
  const user = by === undefined ? undefined : chat.users.get(by);
  channel.broadcast(
    user === undefined ? fromServer(chat, "MODE", params, { stamp }) : fromUser(user, "MODE", params, stamp),
  );
}
