/** CAP NEW and CAP DEL: tells clients that a capability came, went or changed its value while they are here. */
import type { CapabilityName } from "../irc/capabilities.ts";
import { packWords } from "../irc/wrap.ts";
import type { Hub } from "./hub.ts";

/** To be called when `words` ("sasl=PLAIN", as in CAP LS) are offered from now on, or have another value. */
export function announceNew(hub: Hub, words: readonly string[]): void {
  announce(hub, "NEW", words);
}

/** To be called when capabilities are offered no more: nobody has them from now on. */
export function announceGone(hub: Hub, names: readonly CapabilityName[]): void {
  announce(hub, "DEL", names);
  for (const session of hub.sessions.values()) {
    const had = names.filter((name) => session.has(name));
    if (had.length > 0) session.changeCapabilities([], had);
  }
}

function announce(hub: Hub, what: "NEW" | "DEL", words: readonly string[]): void {
  for (const session of hub.sessions.values()) {
    if (!session.has("cap-notify")) continue;
    const shown = session.capVersion >= 302 ? words : words.map(nameOf);
    for (const line of packWords(shown, 400)) {
      session.tell(hub.fromServer("CAP", [session.nick, what, line]));
    }
  }
}

function nameOf(word: string): string {
  const [name = word] = word.split("=");
  return name;
}
