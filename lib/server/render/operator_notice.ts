/** Notices to the operators on this machine, and the log. */
import type { Chat } from "../chat/chat.ts";
import { fromServer } from "./sender.ts";

/** Sends a sentence to the operators, and writes it to the log. */
export function notifyOperators(
  chat: Chat,
  text: string,
  stamp: number,
  level: "info" | "error" = "info",
): void {
  chat.log(level, text);
  for (const user of chat.users.values()) {
    if (!user.modes.has("o")) continue;
    for (const session of user.sessions) {
      session.send(fromServer(chat, "NOTICE", [session.nick, text], { stamp }));
    }
  }
}
