/** Forgets the oldest entries of a map or set, so that it does not grow without end. Pure. */

/** The parts of Map and Set that dropOldest() uses; their keys are in the order of adding. */
interface Entries<Key> {
  readonly size: number;
  keys(): Iterable<Key>;
  delete(key: Key): boolean;
}

/**
 * When there are a 64th more than `max`, deletes the entries that were added first until `max` are left. Many at once,
 * because the search for the first entry passes the places of all deleted ones.
 */
export function dropOldest<Key>(entries: Entries<Key>, max: number): void {
  if (entries.size <= max + Math.floor(max / 64)) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    if (entries.size <= max) return;
  }
}
