/** CAP NEW: tells connected clients that a capability is new or has another value. The server never removes one. */
import type { CapabilityName } from "../../irc/capabilities.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Chat } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";
import { offers } from "./capability_values.ts";
import { fromServer } from "./sender.ts";

/** Runs a change that can change the capabilities, and tells the clients with cap-notify what is new. */
export function announcing(chat: Chat, change: () => void): void {
  const listeners = [...chat.sessions.values()].filter((session) => session.has("cap-notify"));
  const before = listeners.map((session) => offers(session));
  change();
  listeners.forEach((session, at) => announce(session, before[at] ?? new Map()));
}

function announce(session: Session, before: ReadonlyMap<CapabilityName, string>): void {
  const words = [...offers(session)].filter(([name, word]) => before.get(name) !== word)
    .map(([name, word]) => session.capVersion >= 302 ? word : name);
  for (const line of packWords(words, 400)) {
    session.tell(fromServer(session.chat, "CAP", [session.nick, "NEW", line]));
  }
}
