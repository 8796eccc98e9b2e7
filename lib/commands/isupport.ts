/** ISUPPORT (005): tells a session what this server can do (hub/isupport.ts). */
import type { Hub } from "../hub/hub.ts";
import { isupportTokens } from "../hub/isupport.ts";
import type { Session } from "../hub/session.ts";
import { packWords } from "../irc/wrap.ts";

/** All RPL_ISUPPORT lines; 13 tokens on each, as the numeric allows. */
export function sendIsupport(hub: Hub, session: Session): void {
  const tokens = isupportTokens(hub);
  const room = hub.settings.lineBytes - 300;
  for (let at = 0; at < tokens.length; at += 13) {
    for (const line of packWords(tokens.slice(at, at + 13), room)) {
      session.reply("RPL_ISUPPORT", ...line.split(" "));
    }
  }
}
