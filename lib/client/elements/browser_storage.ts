/**
 * Values that the browser keeps, by name: for ever (localStorage), or until the tab is closed (sessionStorage). A browser
 * can block this for a page, or have no space left. Then the page works, and only does not remember.
 */
/// <reference lib="dom" />

/** How long a value is kept. */
export type Lifetime = "visits" | "tab";

/** Values that could not be stored: they stay until the page is left. */
const unstored = new Map<string, string>();

/** The value with a name; "" when there is none. */
export function storedValue(name: string, lifetime: Lifetime = "visits"): string {
  const value = unstored.get(`${lifetime} ${name}`);
  if (value !== undefined) return value;
  try {
    return storage(lifetime).getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Stores a value where that is possible; "" removes it. */
export function storeValue(name: string, value: string, lifetime: Lifetime = "visits"): void {
  try {
    if (value === "") storage(lifetime).removeItem(name);
    else storage(lifetime).setItem(name, value);
    unstored.delete(`${lifetime} ${name}`);
  } catch {
    unstored.set(`${lifetime} ${name}`, value);
  }
}

/** Where storage is blocked, reading the property itself throws a SecurityError. */
function storage(lifetime: Lifetime): Storage {
  return lifetime === "tab" ? sessionStorage : localStorage;
}
