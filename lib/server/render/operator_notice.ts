/** Notices to the operators on this machine, and the log. */
import type { Chat } from "../chat/chat.ts";
import type { LogLevel } from "../chat/log_entries.ts";
import type { Session } from "../chat/session.ts";
import { fromServer } from "./sender.ts";

/** Sends a sentence to the operators, and writes it to the log. */
export function notifyOperators(
  chat: Chat,
  text: string,
  stamp: number,
  level: LogLevel = "info",
): void {
  chat.log(level, text);
  tellOperators(chat, text, stamp);
}

/** Sends a sentence with words of people to the operators only: the log has an entry without them. */
export function tellOperators(chat: Chat, text: string, stamp: number): void {
  for (const session of operatorSessions(chat)) sendNotice(session, text, stamp);
}

/** Sends a sentence that was told already to the operators that came after it, and adds them to `told`. */
export function notifyLaterOperators(chat: Chat, text: string, stamp: number, told: WeakSet<Session>): void {
  for (const session of operatorSessions(chat)) {
    if (told.has(session)) continue;
    told.add(session);
    sendNotice(session, text, stamp);
  }
}

/** The sessions of the operators on this machine. */
export function* operatorSessions(chat: Chat): Generator<Session> {
  for (const user of chat.users.values()) if (user.isOperator) yield* user.sessions;
}

function sendNotice(session: Session, text: string, stamp: number): void {
  session.send(fromServer(session.chat, "NOTICE", [session.nick, text], { stamp }));
}
