/** Asking about somebody: WHOIS, and WHOWAS for those who left. */
import type { Call, CommandTable } from "../hub/command.ts";
import { maxTargets } from "../render/isupport.ts";
import { refuse } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import { shownAddress } from "../../irc/address.ts";
import { seesAddress, shownPrefixes, visibleChannels } from "../chat/visibility.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import { packWords } from "../../irc/wrap.ts";
import { splitTargets } from "./channel.ts";
import { isThisServer } from "./info.ts";

/** The rows of this topic. */
export const whoisCommands: CommandTable = {
  WHOIS: { usage: "[<server>] <nick>{,<nick>}", help: "Tells about somebody who is here", run: whois },
  WHOWAS: {
    usage: "<nick>{,<nick>} [<count> [<server>]]",
    help: "Tells about people who had a nick before",
    run: whowas,
  },
};

function whois(call: Call): void {
  const { hub, session, params } = call;
  const [first = "", second] = params;
  const list = second ?? first;
  if (list === "") refuse("ERR_NONICKNAMEGIVEN");
  if (second !== undefined && !isThisServer(hub, first)) refuse("ERR_NOSUCHSERVER", first);
  for (const nick of splitTargets(list).slice(0, maxTargets)) {
    const user = hub.find(nick);
    if (user === undefined) session.reply("ERR_NOSUCHNICK", nick);
    else sendWhois(call, user);
  }
  session.reply("RPL_ENDOFWHOIS", list);
}

function sendWhois(call: Call, user: User): void {
  const { hub, session, user: asker } = call;
  const { nick, modes } = user;
  session.reply("RPL_WHOISUSER", nick, user.username, user.host, "*", user.realname);
  if (user.account !== undefined && fold(user.account) === user.folded) {
    session.reply("RPL_WHOISREGNICK", nick);
  }
  sendChannels(call, user);
  session.reply("RPL_WHOISSERVER", nick, hub.settings.name, hub.settings.description);
  if (user.away !== undefined) session.reply("RPL_AWAY", nick, user.away);
  if (modes.has("o")) session.reply("RPL_WHOISOPERATOR", nick);
  if (seesAddress(user, asker)) {
    const address = shownAddress(user.address);
    session.reply("RPL_WHOISHOST", nick, `is connecting from *@${address} ${address}`);
    session.reply("RPL_WHOISACTUALLY", nick, address);
    session.reply("RPL_WHOISMODES", nick, `is using modes +${[...modes].sort().join("")}`);
  }
  if (user.account !== undefined) session.reply("RPL_WHOISACCOUNT", nick, user.account);
  if (modes.has("B")) session.reply("RPL_WHOISBOT", nick);
  if (user.secure) session.reply("RPL_WHOISSECURE", nick);
  const idle = Math.max(0, Math.floor((hub.now() - user.lastSpokeMs) / 1000));
  const signon = Math.floor(stampMs(user.arrivedAt) / 1000);
  session.reply("RPL_WHOISIDLE", nick, String(idle), String(signon));
}

function sendChannels({ hub, session, user: asker }: Call, user: User): void {
  const names = visibleChannels(user, asker)
    .map(([channel, member]) => shownPrefixes(session, member) + channel.name);
  const { name, lineBytes } = hub.settings;
  const room = lineBytes - utf8Bytes(`:${name} 319 ${session.nick} ${user.nick} :\r\n`);
  for (const line of packWords(names, room)) session.reply("RPL_WHOISCHANNELS", user.nick, line);
}

function whowas(call: Call): void {
  const { params } = call;
  const [list = "", count = ""] = params;
  if (list === "") refuse("ERR_NONICKNAMEGIVEN");
  const most = /^[0-9]+$/.test(count) && Number(count) > 0 ? Number(count) : Infinity;
  for (const nick of splitTargets(list).slice(0, maxTargets)) sendWhowas(call, nick, most);
}

function sendWhowas({ hub, session, user: asker }: Call, nick: string, most: number): void {
  const found = hub.whowas.find(nick, most);
  if (found.length === 0) session.reply("ERR_WASNOSUCHNICK", nick);
  for (const one of found) {
    session.reply("RPL_WHOWASUSER", one.nick, one.username, one.host, "*", one.realname);
    if (asker.modes.has("o")) session.reply("RPL_WHOISACTUALLY", one.nick, shownAddress(one.address));
    session.reply("RPL_WHOISSERVER", one.nick, hub.settings.name, new Date(one.atMs).toUTCString());
  }
  session.reply("RPL_ENDOFWHOWAS", nick);
}
