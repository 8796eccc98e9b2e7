/**
 * Maps that are never changed, only replaced, and still cheap to replace when they are large: a new map shares the
 * entries of the old one and adds a few changes. A channel of ten thousand members needs this when many join. Pure.
 */

/** Smaller maps are copied. */
const minEntries = 256;
const removed = Symbol("removed");

/** A map with one more entry, or another value for it. */
export function withKey<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  if (map.size < minEntries) return new Map(map).set(key, value);
  return LayeredMap.over(map, key, value);
}

/** A map without one key; the map itself when it has none. */
export function withoutKey<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  if (map.size >= minEntries) return LayeredMap.over(map, key, removed);
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number;
  readonly #base: ReadonlyMap<K, V>;
  readonly #changes: ReadonlyMap<K, V | typeof removed>;

  constructor(base: ReadonlyMap<K, V>, changes: ReadonlyMap<K, V | typeof removed>, size: number) {
    this.#base = base;
    this.#changes = changes;
    this.size = size;
  }

  /** The map with one change. After many changes it is a map without layers. */
  static over<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | typeof removed): ReadonlyMap<K, V> {
    const isLayered = map instanceof LayeredMap;
    const changes = new Map<K, V | typeof removed>(isLayered ? map.#changes : []).set(key, value);
    const size = map.size + (value === removed ? 0 : 1) - (map.has(key) ? 1 : 0);
    const layered = new LayeredMap<K, V>(isLayered ? map.#base : map, changes, size);
    return changes.size * changes.size > size ? new Map(layered) : layered;
  }

  get(key: K): V | undefined {
    const changed = this.#changes.get(key);
    if (changed === removed) return undefined;
    return changed ?? this.#base.get(key);
  }

  has(key: K): boolean {
    const changed = this.#changes.get(key);
    return changed === removed ? false : changed !== undefined || this.#base.has(key);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#base) {
      const changed = this.#changes.get(key);
      if (changed !== removed) yield [key, changed ?? value];
    }
    for (const [key, value] of this.#changes) {
      if (value !== removed && !this.#base.has(key)) yield [key, value];
    }
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(act: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) act(value, key, this);
  }
}
