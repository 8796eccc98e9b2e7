/** WHOIS for users who are online, and WHOWAS for users who left. */
import { shownAddress } from "../../irc/address.ts";
import { fold } from "../../irc/names.ts";
import { numerics } from "../../irc/numerics.ts";
import { plainTextBytes } from "../../irc/plain_lines.ts";
import { stampMs } from "../../irc/stamp.ts";
import { packWords } from "../../irc/wrap.ts";
import { refuse } from "../chat/refusal.ts";
import { idleSeconds, type User } from "../chat/user.ts";
import { seesAddress, shownPrefixes, visibleChannels } from "../chat/visibility.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { maxTargets } from "../render/isupport.ts";
import { replyIfAway } from "../render/away_text.ts";
import { reply } from "../render/reply.ts";
import { splitTargets } from "./channel.ts";
import { isThisServer } from "./info.ts";
import { refuseFurtherTargets } from "./target_limit.ts";

/** The commands of this file. */
export const whoisCommands: CommandTable = {
  WHOIS: { usage: "[<server>] <nick>{,<nick>}", help: "Shows information about a user", run: whois },
  WHOWAS: {
    usage: "<nick>{,<nick>} [<count> [<server>]]",
    help: "Shows the previous users of a nick",
    run: whowas,
  },
};

function whois(call: Call): void {
  const { chat, session, params } = call;
  const [first = "", second] = params;
  const list = second ?? first;
  if (list === "") refuse("ERR_NONICKNAMEGIVEN");
  if (second !== undefined && !isThisServer(chat, first)) refuse("ERR_NOSUCHSERVER", first);
  const nicks = splitTargets(list);
  for (const nick of nicks.slice(0, maxTargets)) {
    const user = chat.find(nick);
    if (user === undefined) reply(session, "ERR_NOSUCHNICK", nick);
    else sendWhois(call, user);
  }
  refuseFurtherTargets(session, nicks);
  reply(session, "RPL_ENDOFWHOIS", list);
}

function sendWhois(call: Call, user: User): void {
  const { chat, session, user: asker } = call;
  const { nick, modes } = user;
  reply(session, "RPL_WHOISUSER", nick, user.username, user.host, "*", user.realname);
  if (user.account !== undefined && fold(user.account) === user.folded) {
    reply(session, "RPL_WHOISREGNICK", nick);
  }
  sendChannels(call, user);
  reply(session, "RPL_WHOISSERVER", nick, chat.settings.name, chat.settings.description);
  replyIfAway(session, user);
  if (user.isOperator) reply(session, "RPL_WHOISOPERATOR", nick);
  if (seesAddress(user, asker)) {
    for (const address of addressesOf(user)) {
      reply(session, "RPL_WHOISHOST", nick, `is connecting from *@${address} ${address}`);
      reply(session, "RPL_WHOISACTUALLY", nick, address);
    }
    reply(session, "RPL_WHOISMODES", nick, `is using modes +${[...modes].sort().join("")}`);
  }
  if (user.account !== undefined) reply(session, "RPL_WHOISACCOUNT", nick, user.account);
  if (modes.has("B")) reply(session, "RPL_WHOISBOT", nick);
  if (user.secure) reply(session, "RPL_WHOISSECURE", nick);
  const signon = Math.floor(stampMs(user.arrivedAt) / 1000);
  reply(session, "RPL_WHOISIDLE", nick, String(idleSeconds(chat, user)), String(signon));
}

/** The addresses of all its sessions, each once; the last one of a user without a session. */
function addressesOf({ devices, address }: User): Set<string> {
  return new Set([address, ...[...devices.values()].map((device) => device.address)].map(shownAddress));
}

function sendChannels({ chat, session, user: asker }: Call, user: User): void {
  const names = visibleChannels(user, asker)
    .map(([channel, member]) => shownPrefixes(session, member) + channel.name);
  const [code] = numerics.RPL_WHOISCHANNELS;
  const space = plainTextBytes(chat.settings.name, code, [session.nick, user.nick]);
  for (const line of packWords(names, space)) reply(session, "RPL_WHOISCHANNELS", user.nick, line);
}

function whowas(call: Call): void {
  const { session, params } = call;
  const [list = "", count = ""] = params;
  if (list === "") refuse("ERR_NONICKNAMEGIVEN");
  const most = /^[0-9]+$/.test(count) && Number(count) > 0 ? Number(count) : Infinity;
  const nicks = splitTargets(list);
  if (nicks.length === 0) refuse("ERR_NONICKNAMEGIVEN");
  for (const nick of nicks.slice(0, maxTargets)) sendWhowas(call, nick, most);
  refuseFurtherTargets(session, nicks);
}

function sendWhowas({ chat, session, user: asker }: Call, nick: string, most: number): void {
  const found = chat.whowas.find(nick, most);
  if (found.length === 0) reply(session, "ERR_WASNOSUCHNICK", nick);
  for (const one of found) {
    reply(session, "RPL_WHOWASUSER", one.nick, one.username, one.host, "*", one.realname);
    if (asker.isOperator) reply(session, "RPL_WHOISACTUALLY", one.nick, shownAddress(one.address));
    reply(session, "RPL_WHOISSERVER", one.nick, chat.settings.name, new Date(one.atMs).toUTCString());
  }
  reply(session, "RPL_ENDOFWHOWAS", nick);
}
