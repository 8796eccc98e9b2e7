/**
 * The values that this browser stores between visits. The names of the stored values stay as older versions
 * wrote them.
 */
/// <reference lib="dom" />
import { storedValue, storeValue } from "../elements/browser_storage.ts";
import { PresenceFilter, presenceFilterModes } from "../text/presence_filter.ts";

/** The username of the last visit, "" for none. */
export function storedName(): string {
  return storedValue("name");
}

export function storeName(name: string): void {
  storeValue("name", name);
}

/** The channels of the last visit, each with a space and its key when it has one. */
export function storedChannels(): string[] {
  return storedValue("rooms").split(",").filter((channel) => channel !== "");
}

export function storeChannels(channels: readonly string[]): void {
  storeValue("rooms", channels.join(","));
}

/** For each channel, how far a person with this nick had read it at the last visit, in milliseconds since 1970. */
export function storedReadPositions(nick: string): ReadonlyMap<string, number> {
  try {
    const stored: unknown = JSON.parse(storedValue("read"));
    const [name, ...positions] = Array.isArray(stored) ? stored : [];
    return new Map(name === nick ? positions : []);
  } catch {
    return new Map();
  }
}

export function storeReadPositions(nick: string, positions: Iterable<readonly [string, number]>): void {
  storeValue("read", JSON.stringify([nick, ...positions]));
}

/** Which joins and leaves to hide. */
export function storedPresenceFilter(): PresenceFilter {
  const stored = storedValue("quiet");
  return new PresenceFilter(presenceFilterModes.find((mode) => mode === stored));
}

export function storePresenceFilter({ mode }: PresenceFilter): void {
  storeValue("quiet", mode);
}

/** Whether others see that the person is typing. */
export function sharesTyping(): boolean {
  return storedValue("typing") !== "off";
}

export function storeSharesTyping(shares: boolean): void {
  storeValue("typing", shares ? "on" : "off");
}

/** Whether the person wants desktop notifications. */
export function wantsNotifications(): boolean {
  return storedValue("notify") === "on";
}

export function storeWantsNotifications(wants: boolean): void {
  storeValue("notify", wants ? "on" : "off");
}

/** The time of the newest message that the page has called the person for, in milliseconds since 1970. */
export function storedCallAt(): number {
  return Number(storedValue("called")) || 0;
}

export function storeCallAt(at: number): void {
  storeValue("called", String(Math.max(at, storedCallAt())));
}

export function storedTheme(): "dark" | "light" {
  return storedValue("theme") === "light" ? "light" : "dark";
}

export function storeTheme(theme: "dark" | "light"): void {
  storeValue("theme", theme);
}
