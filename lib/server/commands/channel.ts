/** Channels: JOIN, PART, TOPIC, NAMES, KICK. MODE, INVITE and LIST have their own files. */
import { utf8Bytes } from "../../irc/lines.ts";
import { fold, type Folded, isChannelName } from "../../irc/names.ts";
import { cutBytes } from "../../irc/wrap.ts";
import type { Channel } from "../chat/channel.ts";
import type { Chat } from "../chat/chat.ts";
import {
  levelOf,
  levels,
  refusalToCreate,
  refusalToJoin,
  refusalToKick,
  refusalToSetTopic,
  refusalToSpeak,
} from "../chat/permission.ts";
import { isRefusal, numericRefusal, type Refusal, refuse } from "../chat/refusal.ts";
import { canRegisterMore, countRegistered } from "../chat/registered_channel.ts";
import type { User, UserId } from "../chat/user.ts";
import { isHidden } from "../chat/visibility.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { sendNames, sendTopic } from "../render/channel_reply.ts";
import { maxTargets } from "../render/isupport.ts";
import { reply, replyRefusal } from "../render/reply.ts";
import { forEachInTurns, inTurns } from "./in_turns.ts";
import { refuseFurtherTargets } from "./target_limit.ts";

/** The commands of this file. */
export const channelCommands: CommandTable = {
  JOIN: {
    minParams: 1,
    usage: "<channel>{,<channel>} [<key>{,<key>}]",
    help: "Joins channels; 0 leaves all channels",
    run: join,
  },
  PART: { minParams: 1, usage: "<channel>{,<channel>} [<reason>]", help: "Leaves channels", run: part },
  TOPIC: {
    minParams: 1,
    usage: "<channel> [<topic>]",
    help: "Shows or sets the topic of a channel",
    run: topic,
  },
  NAMES: { usage: "<channel>{,<channel>}", help: "Lists the members of channels", run: names },
  KICK: {
    minParams: 2,
    usage: "<channel> <nick>{,<nick>} [<reason>]",
    help: "Removes people from a channel",
    run: kick,
  },
};

function join(call: Call): void | Promise<void> {
  const { session, user, params } = call;
  const [names = "", keys = ""] = params;
  if (names === "0") {
    return forEachInTurns(session, [...user.channels.keys()], (channel) => leave(call, channel, ""));
  }
  const keyList = keys.split(",");
  const wanted = new Map<Folded, { name: string; key: string | undefined }>();
  names.split(",").forEach((name, at) => {
    if (name !== "" && !wanted.has(fold(name))) wanted.set(fold(name), { name, key: keyList[at] });
  });
  if (wanted.size === 0) refuse("ERR_NEEDMOREPARAMS", "JOIN");
  return forEachInTurns(session, [...wanted.values()], ({ name, key }) => enter(call, name, key));
}

function enter(
  { chat, commit, session, user }: Call,
  name: string,
  key: string | undefined,
): void | Promise<void> {
  const channel = chat.channel(name);
  // A channel that exists can have a name from before a change of the limits.
  if (channel === undefined && !isChannelName(name, chat.settings.channelLength)) {
    return reply(session, "ERR_NOSUCHCHANNEL", name);
  }
  if (channel?.members.has(user)) return;
  if (user.channels.size >= chat.settings.channelsPerUser) return reply(session, "ERR_TOOMANYCHANNELS", name);
  const refusal = channel === undefined
    ? refusalToCreate(chat, name, user)
    : refusalToJoin(channel, user, key);
  if (refusal !== undefined) return replyRefusal(session, refusal);
  const founder = channel === undefined ? founderOfNew(chat, user) : undefined;
  return commit({
    kind: "joined",
    user: user.id,
    channel: channel?.name ?? name,
    ...(key !== undefined && { key }),
    ...(founder && { founder }),
  }, session);
}

/** A new channel of a logged-in user is registered, up to the limit of the account. */
function founderOfNew(chat: Chat, { account }: User): string | undefined {
  if (account === undefined || chat.store === undefined || !canRegisterMore(chat)) return undefined;
  return countRegistered(chat, account) < chat.settings.channelsPerAccount ? account : undefined;
}

function part(call: Call): void | Promise<void> {
  const { chat, session, user, params } = call;
  const [list = "", text = ""] = params;
  const names = splitTargets(list);
  if (names.length === 0) refuse("ERR_NEEDMOREPARAMS", "PART");
  const reason = cutToFit(chat, list, text, chat.settings.reasonLength);
  return forEachInTurns(session, names, (name) => {
    const channel = chat.channel(name);
    if (channel === undefined || isHidden(channel, user)) return reply(session, "ERR_NOSUCHCHANNEL", name);
    if (!channel.members.has(user)) return reply(session, "ERR_NOTONCHANNEL", channel.name);
    // A reason is a message too: a user who cannot speak in the channel leaves without one.
    return leave(call, channel, refusalToSpeak(channel, user, reason) === undefined ? reason : "");
  });
}

function leave(
  { commit, session, user }: Call,
  channel: Channel,
  reason: string,
): void | Promise<void> {
  return commit({ kind: "parted", user: user.id, channel: channel.name, reason }, session);
}

function topic({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [name = "", text] = params;
  const channel = findChannel(chat, name, user);
  if (text === undefined) return sendTopic(session, channel, reply);
  const refusal = refusalToSetTopic(channel, user, text);
  if (refusal !== undefined) return replyRefusal(session, refusal);
  const cut = cutToFit(chat, channel.name, text, chat.settings.topicLength);
  return commit({ kind: "topic set", user: user.id, channel: channel.name, text: cut }, session);
}

/** The members of each channel, then one RPL_ENDOFNAMES for the whole request. */
function names({ chat, session, user, params }: Call): void | Promise<void> {
  const [list = ""] = params;
  const asked = splitTargets(list);
  const pending = inTurns(session, asked, (name) => {
    const channel = chat.channel(name);
    if (channel !== undefined && !isHidden(channel, user)) sendNames(session, channel, reply);
  });
  const [only] = asked;
  const end = asked.length === 1 && only !== undefined ? chat.channel(only)?.name ?? only : list;
  if (pending) return pending.then(() => reply(session, "RPL_ENDOFNAMES", end));
  reply(session, "RPL_ENDOFNAMES", end);
}

/** "#tea ann,bob" or, as in RFC 2812, "#tea,#den ann,bob": as many channels as nicks. */
function kick(call: Call): void | Promise<void> {
  const { chat, commit, session, params } = call;
  const [channelList = "", nickList = "", text = ""] = params;
  const channels = channelList.split(",");
  const nicks = channels.length === 1 ? splitTargets(nickList) : nickList.split(",");
  const isUneven = channels.length > 1 && channels.length !== nicks.length;
  if (nicks.length === 0 || isUneven) refuse("ERR_NEEDMOREPARAMS", "KICK");
  const reason = cutToFit(chat, channelList, text === "" ? call.user.nick : text, chat.settings.reasonLength);
  const only = channels.length === 1 ? kickChannel(call, channelList) : undefined;
  if (only !== undefined && isRefusal(only)) return replyRefusal(session, only);
  const wanted = nicks.slice(0, maxTargets).map((nick, at) => ({ nick, name: channels[at] ?? channelList }));
  const pending = forEach(wanted, ({ nick, name }) => {
    const kicked = findKickTarget(call, name, nick);
    if (isRefusal(kicked)) return replyRefusal(session, kicked);
    return commit({ kind: "kicked", user: call.user.id, ...kicked, reason }, session);
  });
  const end = () => refuseFurtherTargets(session, nicks);
  return pending ? pending.then(end) : end();
}

function findKickTarget(
  call: Call,
  name: string,
  nick: string,
): { channel: string; target: UserId } | Refusal {
  const channel = kickChannel(call, name);
  if (isRefusal(channel)) return channel;
  const target = call.chat.find(nick);
  if (target === undefined) return numericRefusal("ERR_NOSUCHNICK", nick);
  return refusalToKick(channel, call.user, target) ?? { channel: channel.name, target: target.id };
}

/** The channel, if the user has the right to kick there. */
function kickChannel({ chat, user }: Call, name: string): Channel | Refusal {
  const channel = chat.channel(name);
  if (channel === undefined || isHidden(channel, user)) return numericRefusal("ERR_NOSUCHCHANNEL", name);
  const level = levelOf(channel, user);
  if (level === levels.outside) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  return level < levels.halfOperator ? numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name) : channel;
}

/** `text` cut to `maxBytes`, and to the length of a line that also contains two nicks, a host and the channel. */
function cutToFit({ settings }: Chat, channel: string, text: string, maxBytes: number): string {
  const around = utf8Bytes(channel) + utf8Bytes(settings.name) + 2 * 3 * settings.nickLength + 120;
  return cutBytes(text, Math.min(maxBytes, Math.max(80, settings.lineBytes - around)));
}

/** The channel with this name, or a refusal; a secret channel does not exist for users outside it. */
export function findChannel(chat: Chat, name: string, user: User): Channel {
  const channel = chat.channel(name);
  return channel === undefined || isHidden(channel, user) ? refuse("ERR_NOSUCHCHANNEL", name) : channel;
}

/** "a,b,,a" → a, b: the names in a comma-separated parameter, each once. */
export function splitTargets(list: string): string[] {
  return [...new Set(list.split(",").filter((one) => one !== ""))];
}

/** Calls `act` for each item in order. If a call returns a promise, the next call waits for it. */
export function forEach<T>(
  all: readonly T[],
  act: (one: T) => void | Promise<void>,
  from = 0,
): void | Promise<void> {
  for (let at = from; at < all.length; at++) {
    const pending = act(all[at] as T);
    if (pending) return pending.then(() => forEach(all, act, at + 1));
  }
}
