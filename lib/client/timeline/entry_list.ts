/**
 * Entries of a timeline in order of time, each key once. Adding at the end, finding by key and finding by time are fast
 * however many there are. It does not know which of them are shown.
 */
import type { TimelineEntry } from "./timeline_entry.ts";

/** A sorted list of entries. */
export class EntryList {
  #entries: TimelineEntry[];
  readonly #byKey = new Map<string, TimelineEntry>();

  /** The entries must be in order of time. */
  constructor(entries: readonly TimelineEntry[] = []) {
    this.#entries = [...entries];
    for (const entry of entries) this.#byKey.set(entry.key, entry);
  }

  /** All entries; a later change of the list changes this array too. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  find(key: string): TimelineEntry | undefined {
    return this.#byKey.get(key);
  }

  /** The index of the entry with this key; -1 when there is none. */
  indexOf(key: string | undefined): number {
    const entry = key === undefined ? undefined : this.#byKey.get(key);
    return entry === undefined ? -1 : this.#entries.indexOf(entry, this.firstAfter(entry.at - 1));
  }

  /** The index of the first entry after a time; the length of the list when there is none. */
  firstAfter(at: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Inserts an entry; false when its key is known. Among entries of the same time it comes first when it `isOlder`,
   * else last.
   */
  insert(entry: TimelineEntry, isOlder = false): boolean {
    if (this.#byKey.has(entry.key)) return false;
    this.#byKey.set(entry.key, entry);
    const latest = isOlder ? entry.at - 1 : entry.at;
    if ((this.#entries.at(-1)?.at ?? 0) <= latest) this.#entries.push(entry);
    else this.#entries.splice(this.firstAfter(latest), 0, entry);
    return true;
  }

  /** Replaces the entry with this key, when there is one. The new entry has the same key and time. */
  replace(key: string, change: (entry: TimelineEntry) => TimelineEntry): void {
    const at = this.indexOf(key);
    const entry = this.#entries[at];
    if (entry === undefined) return;
    const changed = change(entry);
    this.#entries[at] = changed;
    this.#byKey.set(key, changed);
  }

  /** Replaces each entry. The new entries have the same keys and times. */
  replaceAll(change: (entry: TimelineEntry) => TimelineEntry): void {
    for (const [at, entry] of this.#entries.entries()) {
      const changed = change(entry);
      if (changed === entry) continue;
      this.#entries[at] = changed;
      this.#byKey.set(changed.key, changed);
    }
  }

  /** No entry is after this time: later ones get it, in their order. */
  moveBack(latest: number): void {
    for (let at = this.firstAfter(latest); at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry === undefined) return;
      const moved = { ...entry, at: latest };
      this.#entries[at] = moved;
      this.#byKey.set(moved.key, moved);
    }
  }

  /** Keeps the entries from one index up to another, and removes the others. */
  keep(start: number, end = this.#entries.length): void {
    const removed = [...this.#entries.slice(0, start), ...this.#entries.slice(end)];
    for (const { key } of removed) this.#byKey.delete(key);
    this.#entries = this.#entries.slice(start, end);
  }
}
