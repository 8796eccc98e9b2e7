/**
 * Answers that more than one place gives: who is in a channel, its topic. A command gives them as its reply; when
 * somebody joined they are notices of what happened, which no other answer under way may swallow.
 */
import { utf8Bytes } from "../../irc/lines.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Channel } from "../chat/channel.ts";
import type { Session } from "../chat/session.ts";

/** The session's method that sends a numeric. */
export type How = "reply" | "notify";

/** RPL_TOPIC and RPL_TOPICWHOTIME, or RPL_NOTOPIC. */
export function sendTopic(session: Session, channel: Channel, how: How): void {
  const { name, topic } = channel;
  if (topic === undefined) return session[how]("RPL_NOTOPIC", name);
  session[how]("RPL_TOPIC", name, topic.text);
  session[how]("RPL_TOPICWHOTIME", name, topic.by, String(topic.at));
}

/** RPL_NAMREPLY lines, ranks and masks in the form the session asked for; people outside do not see invisible users. */
export function sendNames(session: Session, channel: Channel, how: How): void {
  const allRanks = session.has("multi-prefix");
  const masks = session.has("userhost-in-names");
  const asker = session.user;
  const seesAll = asker !== undefined && (channel.members.has(asker) || asker.modes.has("o"));
  const names: string[] = [];
  for (const [user, { prefixes }] of channel.members) {
    if (!seesAll && user.modes.has("i")) continue;
    const shown = allRanks ? prefixes : prefixes.slice(0, 1);
    names.push(shown + (masks ? user.source : user.nick));
  }
  const symbol = channel.flags.has("s") ? "@" : "=";
  const { name, lineBytes } = session.hub.settings;
  const room = lineBytes - utf8Bytes(`:${name} 353 ${session.nick} ${symbol} ${channel.name} :\r\n`);
  for (const line of packWords(names, room)) session[how]("RPL_NAMREPLY", symbol, channel.name, line);
}
