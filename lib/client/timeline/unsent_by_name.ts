/**
 * Messages that are not confirmed, by the name of the person, as one text for the storage of the browser. A person who
 * comes back under another name loses none: they wait for the name that wrote them. Pure.
 */
import { fold } from "../../irc/names.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";

interface UnsentOfName {
  readonly nick: string;
  readonly outgoing: readonly OutgoingMessage[];
}

/** The stored text with the messages of one name replaced; "" for none at all. */
export function withUnsent(stored: string, nick: string, outgoing: readonly OutgoingMessage[]): string {
  const others = read(stored).filter((one) => fold(one.nick) !== fold(nick));
  const all = outgoing.length === 0 ? others : [...others, { nick, outgoing }];
  return all.length === 0 ? "" : JSON.stringify(all);
}

/** The messages of one name. */
export function unsentOf(stored: string, nick: string): readonly OutgoingMessage[] {
  return read(stored).find((one) => fold(one.nick) === fold(nick))?.outgoing ?? [];
}

/** Other text than that of withUnsent() has none. */
function read(stored: string): readonly UnsentOfName[] {
  try {
    const found: unknown = JSON.parse(stored);
    if (!Array.isArray(found)) return [];
    return found.filter(({ nick, outgoing }) => typeof nick === "string" && Array.isArray(outgoing))
      .map(({ nick, outgoing }) => ({ nick, outgoing: outgoing.filter(isWhole) }));
  } catch {
    return [];
  }
}

function isWhole({ target, text, at }: OutgoingMessage): boolean {
  return typeof target === "string" && typeof text === "string" && typeof at === "number";
}
