/**
 * The values that this browser stores between visits. The names of the stored values stay as older versions
 * wrote them.
 */
/// <reference lib="dom" />
import { PresenceFilter, presenceFilterModes } from "../text/presence_filter.ts";

/** The username of the last visit, "" for none. */
export function storedName(): string {
  return localStorage.getItem("name") ?? "";
}

export function storeName(name: string): void {
  localStorage.setItem("name", name);
}

/** The channels of the last visit. */
export function storedChannels(): string[] {
  return (localStorage.getItem("rooms") ?? "").split(",").filter((channel) => channel !== "");
}

export function storeChannels(channels: readonly string[]): void {
  localStorage.setItem("rooms", channels.join(","));
}

/** Which joins and leaves to hide. */
export function storedPresenceFilter(): PresenceFilter {
  const stored = localStorage.getItem("quiet");
  return new PresenceFilter(presenceFilterModes.find((mode) => mode === stored));
}

export function storePresenceFilter({ mode }: PresenceFilter): void {
  localStorage.setItem("quiet", mode);
}

/** Whether others see that the person is typing. */
export function sharesTyping(): boolean {
  return localStorage.getItem("typing") !== "off";
}

export function storeSharesTyping(shares: boolean): void {
  localStorage.setItem("typing", shares ? "on" : "off");
}

/** Whether the person wants desktop notifications. */
export function wantsNotifications(): boolean {
  return localStorage.getItem("notify") === "on";
}

export function storeWantsNotifications(wants: boolean): void {
  localStorage.setItem("notify", wants ? "on" : "off");
}

export function storedTheme(): "dark" | "light" {
  return localStorage.getItem("theme") === "light" ? "light" : "dark";
}

export function storeTheme(theme: "dark" | "light"): void {
  localStorage.setItem("theme", theme);
}
