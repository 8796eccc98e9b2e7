/** Channels: JOIN, PART, TOPIC, NAMES. */
import type { Call, CommandTable } from "../hub/command.ts";
import type { Channel } from "../hub/channel.ts";
import type { Hub } from "../hub/hub.ts";
import { refuse } from "../hub/refusal.ts";
import { sendNames, sendTopic } from "../hub/reply.ts";
import type { User } from "../hub/user.ts";
import { isChannelName } from "../irc/names.ts";

/** The rows of this topic. */
export const channelCommands: CommandTable = {
  JOIN: {
    minParams: 1,
    usage: "<channel>{,<channel>} [<key>{,<key>}]",
    help: "Enters channels; 0 leaves all",
    run: join,
  },
  PART: { minParams: 1, usage: "<channel>{,<channel>} [<reason>]", help: "Leaves channels", run: part },
  TOPIC: { minParams: 1, usage: "<channel> [<topic>]", help: "Shows or sets a topic", run: topic },
  NAMES: { usage: "<channel>{,<channel>}", help: "Lists who is in channels", run: names },
};

function join(call: Call): void | Promise<void> {
  const { hub, session, user, params } = call;
  const [names = ""] = params;
  if (names === "0") return forEach([...user.channels.keys()], (channel) => leave(call, channel, ""));
  return forEach(splitTargets(names), (name) => {
    if (!isChannelName(name, hub.settings.channelLength)) return session.reply("ERR_NOSUCHCHANNEL", name);
    const channel = hub.channel(name);
    if (channel?.members.has(user)) return;
    if (user.channels.size >= hub.settings.channelsPerUser) return session.reply("ERR_TOOMANYCHANNELS", name);
    return hub.commit({ kind: "joined", user: user.id, channel: channel?.name ?? name }, session);
  });
}

function part(call: Call): void | Promise<void> {
  const { hub, session, user, params } = call;
  const [names = "", reason = ""] = params;
  return forEach(splitTargets(names), (name) => {
    const channel = hub.channel(name);
    if (channel === undefined) return session.reply("ERR_NOSUCHCHANNEL", name);
    if (!channel.members.has(user)) return session.reply("ERR_NOTONCHANNEL", channel.name);
    return leave(call, channel, reason);
  });
}

function leave({ hub, session, user }: Call, channel: Channel, reason: string): void | Promise<void> {
  return hub.commit({ kind: "parted", user: user.id, channel: channel.name, reason }, session);
}

function topic({ hub, session, user, params }: Call): void | Promise<void> {
  const [name = "", text] = params;
  const channel = findChannel(hub, name);
  if (!channel.members.has(user)) refuse("ERR_NOTONCHANNEL", channel.name);
  if (text === undefined) return sendTopic(session, channel);
  if (channel.flags.has("t") && !isOperator(channel, user)) refuse("ERR_CHANOPRIVSNEEDED", channel.name);
  const cut = text.slice(0, hub.settings.topicLength);
  return hub.commit({ kind: "topic set", user: user.id, channel: channel.name, text: cut }, session);
}

function names({ hub, session, params }: Call): void {
  const [list] = params;
  if (list === undefined) return session.reply("RPL_ENDOFNAMES", "*");
  for (const name of splitTargets(list)) {
    const channel = hub.channel(name);
    if (channel === undefined) session.reply("RPL_ENDOFNAMES", name);
    else sendNames(session, channel);
  }
}

/** The channel of this name, or a refusal. */
export function findChannel(hub: Hub, name: string): Channel {
  return hub.channel(name) ?? refuse("ERR_NOSUCHCHANNEL", name);
}

/** Whether a user has operator rank or above in a channel. */
export function isOperator(channel: Channel, user: User): boolean {
  return /[~&@]/.test(channel.prefixesOf(user) ?? "");
}

/** "a,b,,a" → a, b: what a comma-separated parameter names, each once. */
export function splitTargets(list: string): string[] {
  return [...new Set(list.split(",").filter((one) => one !== ""))];
}

/** Acts on each in turn; where one has to wait, the next one waits for it. */
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
