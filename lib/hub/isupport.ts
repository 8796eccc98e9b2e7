/** ISUPPORT (005): what this server can do and its limits, from the settings and tables that hold them. */
import { chanModesToken, prefixToken } from "../irc/modes.ts";
import type { Hub } from "./hub.ts";

/** Every token, "NAME" or "NAME=value". */
export function isupportTokens(hub: Hub): string[] {
  const { settings } = hub;
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
    `TARGMAX=PRIVMSG:${maxTargets},NOTICE:${maxTargets},TAGMSG:${maxTargets},JOIN:,PART:,NAMES:`,
    "SAFELIST",
  ];
}

/** Targets one PRIVMSG, NOTICE or TAGMSG may name. */
export const maxTargets = 8;
