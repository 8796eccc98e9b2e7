/**
 * The topic and the members of a channel, as numerics. A command sends them as its reply. After a JOIN they are part of
 * the event, and must not become part of another answer that is being collected.
 */
import { numerics } from "../../irc/numerics.ts";
import { plainTextBytes } from "../../irc/plain_lines.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Channel } from "../chat/channel.ts";
import type { Session } from "../chat/session.ts";
import type { SendNumeric } from "./reply.ts";

/** RPL_TOPIC and RPL_TOPICWHOTIME, or RPL_NOTOPIC. */
export function sendTopic(session: Session, channel: Channel, send: SendNumeric): void {
  const { name, topic } = channel;
  if (topic === undefined) return send(session, "RPL_NOTOPIC", name);
  send(session, "RPL_TOPIC", name, topic.text);
  send(session, "RPL_TOPICWHOTIME", name, topic.by, String(topic.at));
}

/**
 * RPL_NAMREPLY lines, ranks and masks in the form the session asked for; users outside the channel do not see
 * invisible members.
 */
export function sendNames(session: Session, channel: Channel, send: SendNumeric): void {
  const allRanks = session.has("multi-prefix");
  const masks = session.has("userhost-in-names");
  const asker = session.user;
  const seesAll = asker !== undefined && (channel.members.has(asker) || asker.isOperator);
  const names: string[] = [];
  for (const [user, { prefixes }] of channel.members) {
    if (!seesAll && user.modes.has("i")) continue;
    const shown = allRanks ? prefixes : prefixes.slice(0, 1);
    names.push(shown + (masks ? user.source : user.nick));
  }
  const symbol = channel.flags.has("s") ? "@" : "=";
  const [code] = numerics.RPL_NAMREPLY;
  const space = plainTextBytes(session.chat.settings.name, code, [session.nick, symbol, channel.name]);
  for (const line of packWords(names, space)) send(session, "RPL_NAMREPLY", symbol, channel.name, line);
}
