/**
 * Values that the browser keeps, by name: between visits (localStorage), or until the tab is closed (sessionStorage). A
 * browser can block this for a page, or have no space left. Then the page works, but keeps the values only while it is
 * open.
 */
/// <reference lib="dom" />

import { basePath } from "./base_path.ts";

/** How long a value is kept. */
export type Lifetime = "visits" | "tab";

/** Values that could not be stored: they stay until the page is left. */
const unstored = new Map<string, string>();

/** The value with a name; "" when there is none. */
export function storedValue(name: string, lifetime: Lifetime = "visits"): string {
  const value = unstored.get(`${lifetime} ${name}`);
  if (value !== undefined) return value;
  try {
    return storage(lifetime).getItem(ownKey(name)) ?? "";
  } catch {
    return "";
  }
}

/** Stores a value where that is possible; "" removes it. */
export function storeValue(name: string, value: string, lifetime: Lifetime = "visits"): void {
  try {
    if (value === "") storage(lifetime).removeItem(ownKey(name));
    else storage(lifetime).setItem(ownKey(name), value);
    unstored.delete(`${lifetime} ${name}`);
  } catch {
    unstored.set(`${lifetime} ${name}`, value);
  }
}

/** All pages of a site share its storage: at a path, this page must not use the values of another chat. */
function ownKey(name: string): string {
  return basePath === "/" ? name : basePath + name;
}

/** Where storage is blocked, reading the property itself throws a SecurityError. */
function storage(lifetime: Lifetime): Storage {
  return lifetime === "tab" ? sessionStorage : localStorage;
}
