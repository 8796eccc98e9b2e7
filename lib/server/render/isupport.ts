/** ISUPPORT (005): the features and limits of this server, from the settings and the tables of lib/irc. */
import { chanModesToken, channelModes, prefixToken, ranks } from "../../irc/modes.ts";
import { accountExtBanToken, extBanToken } from "../../irc/ban.ts";
import type { Chat } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";

/**
 * The tokens for a session, "NAME" or "NAME=value". A token about a capability is only for clients that have it: a
 * bouncer repeats all tokens to its own clients, which cannot get the capability from it.
 */
export function isupportTokens(chat: Chat, session: Session): string[] {
  const { settings } = chat;
  return [
    `NETWORK=${settings.network.replaceAll(" ", "\\x20")}`,
    "CASEMAPPING=ascii",
    "UTF8ONLY",
    `LINELEN=${settings.lineBytes}`,
    "CHANTYPES=#",
    `CHANLIMIT=#:${settings.channelsPerUser}`,
    `CHANNELLEN=${settings.channelLength}`,
    `NICKLEN=${settings.nickLength}`,
    `TOPICLEN=${settings.topicLength}`,
    `PREFIX=${prefixToken}`,
    `CHANMODES=${chanModesToken}`,
    `STATUSMSG=${ranks.map((rank) => rank.prefix).join("")}`,
    `MODES=${maxModes}`,
    `MAXLIST=${listModes.map((letter) => `${letter}:${settings.listLimit}`).join()}`,
    "EXCEPTS=e",
    "INVEX=I",
    `EXTBAN=${extBanToken}`,
    `ACCOUNTEXTBAN=${accountExtBanToken}`,
    `KEYLEN=${settings.keyLength}`,
    `KICKLEN=${settings.reasonLength}`,
    "ELIST=CMNTU",
    `TARGMAX=${targetLimits}`,
    ...(session.has("draft/chathistory")
      ? [`CHATHISTORY=${settings.historyPage}`, "MSGREFTYPES=msgid,timestamp"]
      : []),
    "SAFELIST",
    "SAFERATE",
    "soju.im/SAFERATE",
    "WHOX",
    "BOT=B",
    `MONITOR=${settings.monitorLimit}`,
    `AWAYLEN=${settings.awayLength}`,
    `NAMELEN=${settings.realNameLength}`,
    `USERLEN=${maxUsername}`,
    // TOKEN, which identifies the sender of a file, answers with a batch.
    ...(chat.uploadUrl && session.has("batch")
      ? [`soju.im/FILEHOST=${chat.uploadUrl}`, `draft/FILEHOST=${chat.uploadUrl}`]
      : []),
    ...(settings.loginRequired ? ["draft/ACCOUNTREQUIRED"] : []),
  ];
}

/** Longest username, with the "~" before it. */
export const maxUsername = 17;
/** Most targets of one PRIVMSG, NOTICE, TAGMSG, KICK, WHOIS or WHOWAS. */
export const maxTargets = 8;
/** Most names, masks and conditions of one LIST; each is compared with every channel. */
export const maxListed = 20;
/** Most changes with a parameter in one MODE line of the server. */
export const maxModes = 20;

const listModes = channelModes.filter((mode) => mode.kind === "list").map((mode) => mode.letter);
const limited = ["PRIVMSG", "NOTICE", "TAGMSG", "KICK", "WHOIS", "WHOWAS"].map((command) =>
  `${command}:${maxTargets}`
);
const unlimited = ["JOIN", "PART", "NAMES"].map((command) => `${command}:`);
const targetLimits = [...limited, `LIST:${maxListed}`, ...unlimited].join();
