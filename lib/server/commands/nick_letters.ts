/** The letters and the length of a nick, and a sentence for a person whose nick is not allowed. */
import { asciiNick } from "../../irc/ascii_name.ts";
import { isAscii, isNick } from "../../irc/names.ts";
import type { Chat } from "../chat/chat.ts";
import { nameFault } from "../names/name_fault.ts";

/**
 * The reason why nobody can take this nick, with a nick that is allowed if there is a similar one; undefined if the
 * nick is allowed. The nick of an account that exists is allowed, whatever the setting says now.
 */
export function nickFault({ accounts, settings }: Chat, nick: string): string | undefined {
  const { nickLength, nickLetters } = settings;
  if (nick.length > nickLength) return `Erroneous nickname: it is longer than ${nickLength} characters`;
  const isOld = accounts.find(nick) !== undefined;
  const isAllowed = nickLetters === "unicode" || isAscii(nick) || isOld;
  if (isAllowed && isNick(nick, nickLength)) {
    const deceit = isOld ? undefined : nameFault(nick);
    return deceit && `Erroneous nickname: ${deceit}`;
  }
  const proposal = asciiNick(nick, nickLength);
  const letters = nickLetters === "ascii"
    ? "the letters A to Z, digits and _-[]\\`^{|}"
    : "letters and digits";
  const sentence = `Erroneous nickname: this server allows ${letters}, and no digit or hyphen first`;
  return proposal === undefined ? sentence : `${sentence}; try ${proposal}`;
}
