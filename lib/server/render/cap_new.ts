/** CAP NEW: tells connected clients that a capability is new or has another value. The server never removes one. */
import type { CapabilityName } from "../../irc/capabilities.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Chat } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";
import { offeredCapabilities } from "./capability_values.ts";
import { fromServer } from "./sender.ts";

/** Runs a change that can change the capabilities, and sends CAP NEW to the clients with cap-notify. */
export function announceNewCapabilities(chat: Chat, change: () => void): void {
  const listeners = [...chat.sessions.values()].filter((session) => session.has("cap-notify"));
  const before = listeners.map((session) => offeredCapabilities(session));
  change();
  listeners.forEach((session, at) => announce(session, before[at] ?? new Map()));
}

function announce(session: Session, before: ReadonlyMap<CapabilityName, string>): void {
  const words = [...offeredCapabilities(session)].filter(([name, word]) => before.get(name) !== word)
    .map(([name, word]) => session.capVersion >= 302 ? word : name);
  for (const line of packWords(words, 400)) {
    session.send(fromServer(session.chat, "CAP", [session.nick, "NEW", line]));
  }
}
