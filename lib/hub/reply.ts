/** Answers that more than one place gives: who is in a channel, its topic. */
import { packWords } from "../irc/wrap.ts";
import type { Channel } from "./channel.ts";
import type { Session } from "./session.ts";

/** RPL_TOPIC and RPL_TOPICWHOTIME, or RPL_NOTOPIC. */
export function sendTopic(session: Session, channel: Channel): void {
  const { topic } = channel;
  if (topic === undefined) return session.reply("RPL_NOTOPIC", channel.name);
  session.reply("RPL_TOPIC", channel.name, topic.text);
  session.reply("RPL_TOPICWHOTIME", channel.name, topic.by, String(topic.at));
}

/** RPL_NAMREPLY lines and RPL_ENDOFNAMES; ranks and masks in the form the session asked for. */
export function sendNames(session: Session, channel: Channel): void {
  const allRanks = session.has("multi-prefix");
  const masks = session.has("userhost-in-names");
  const names: string[] = [];
  for (const [user, { prefixes }] of channel.members) {
    const shown = allRanks ? prefixes : prefixes.slice(0, 1);
    names.push(shown + (masks ? user.source : user.nick));
  }
  const { settings } = session.hub;
  const room = settings.lineBytes - `:${settings.name} 353 ${session.nick} = ${channel.name} :\r\n`.length -
    200;
  const symbol = channel.flags.has("s") ? "@" : "=";
  for (const line of packWords(names, room)) session.reply("RPL_NAMREPLY", symbol, channel.name, line);
  session.reply("RPL_ENDOFNAMES", channel.name);
}
