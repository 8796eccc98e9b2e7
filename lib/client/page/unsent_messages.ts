/**
 * Keeps messages that are not confirmed while the page is loaded again, in this tab. The browser asks the person before
 * the tab is closed with such a message in it.
 */
/// <reference lib="dom" />
import { storedValue, storeValue } from "../elements/browser_storage.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import { unsentOf, withUnsent } from "../timeline/unsent_by_name.ts";

/** Stores those of this name; an empty list forgets the earlier ones. */
export function storeUnsent(nick: string, outgoing: readonly OutgoingMessage[]): void {
  storeValue("unsent", withUnsent(storedValue("unsent", "tab"), nick, outgoing), "tab");
}

/** The stored messages of that name. */
export function storedUnsent(nick: string): readonly OutgoingMessage[] {
  return unsentOf(storedValue("unsent", "tab"), nick);
}

/** The browser asks before it leaves the page while `isUnsaved` says that the person would lose something. */
export function askBeforeLeaving(isUnsaved: () => boolean): void {
  addEventListener("beforeunload", (event) => {
    if (isUnsaved()) event.preventDefault();
  });
}
