/** Keeps messages that are not confirmed while the page is loaded again, in this tab and for the same name. */
/// <reference lib="dom" />
import { storedValue, storeValue } from "../elements/browser_storage.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";

/** Stores them; an empty list forgets the earlier ones. */
export function storeUnsent(nick: string, outgoing: readonly OutgoingMessage[]): void {
  storeValue("unsent", outgoing.length === 0 ? "" : JSON.stringify({ nick, outgoing }), "tab");
}

/** The stored messages of that name. */
export function storedUnsent(nick: string): readonly OutgoingMessage[] {
  try {
    const stored = JSON.parse(storedValue("unsent", "tab"));
    return stored.nick === nick ? stored.outgoing.filter(isWhole) : [];
  } catch {
    // Nothing is stored, or something else.
    return [];
  }
}

function isWhole({ target, text, at }: OutgoingMessage): boolean {
  return typeof target === "string" && typeof text === "string" && typeof at === "number";
}
