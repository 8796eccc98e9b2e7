/**
 * The chat of this tab, for when the page is loaded again: the name and the active buffer. The page joins by itself where
 * nobody asked to leave: the browser crashed or discarded the tab, or Back leads to a page that it did not keep. A
 * reload, or the address typed again, waits for Enter.
 */
/// <reference lib="dom" />
import { storedValue, storeValue } from "../elements/browser_storage.ts";

/** The chat that this tab was in. */
export interface TabVisit {
  readonly nick: string;
  /** The password that the person must type to join again: none, that of the account, or that of the server. */
  readonly password: "none" | "account" | "server";
  /** "" for none. */
  readonly activeBuffer: string;
}

const wasLeft = storedValue("left", "tab") !== "";
storeValue("left", "", "tab");
// A crash comes without this event.
addEventListener("pagehide", () => storeValue("left", "yes", "tab"));
addEventListener("pageshow", () => storeValue("left", "", "tab"));

/** The chat of this tab; undefined when the person left it, and in a new tab. */
export function storedVisit(): TabVisit | undefined {
  try {
    const found: unknown = JSON.parse(storedValue("visit", "tab"));
    if (typeof found !== "object" || found === null) return undefined;
    const { nick, password, activeBuffer } = found as Partial<Record<keyof TabVisit, unknown>>;
    if (typeof nick !== "string" || nick === "" || typeof activeBuffer !== "string") return undefined;
    return {
      nick,
      activeBuffer,
      password: password === "none" || password === "server" ? password : "account",
    };
  } catch {
    return undefined;
  }
}

/** Stores it; undefined when the person left the chat. */
export function storeVisit(visit: TabVisit | undefined): void {
  storeValue("visit", visit === undefined ? "" : JSON.stringify(visit), "tab");
}

/** Whether the page was loaded again without a decision of the person to leave it. */
export function comesBack(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  const isBack = navigation instanceof PerformanceNavigationTiming && navigation.type === "back_forward";
  const isDiscarded = "wasDiscarded" in document && document.wasDiscarded === true;
  return isBack || isDiscarded || !wasLeft;
}
