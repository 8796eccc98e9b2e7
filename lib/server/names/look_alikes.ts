/**
 * Names that people or programs take for one, so that the server lets nobody take a second name of such a pair:
 * - Clients such as ERC and python3-irc compare names by RFC 1459, where {}|^ are the lower case of []\~, whatever
 *   CASEMAPPING says: they lose "ann[x]" when "ann{x}" leaves.
 * - People take "аnn" with a Cyrillic letter, "ａｎｎ" or "𝐚𝐧𝐧" for "ann": names with equal skeletons (skeleton.ts), in
 *   any case. Of two names in ASCII this is so only for "I" and "l". "ann1" and "annl", or "modern" and "modem", can
 *   both exist, unless one of them is protected.
 * All look-ups stay ASCII. Most names of ASCII letters cost nothing here: each is its own key.
 */
import { fold, type Folded, foldRfc1459, hasRfc1459Letters, isAscii } from "../../irc/names.ts";
import { lastResult } from "../../irc/last_result.ts";
import { skeleton, withoutStrokes } from "./skeleton.ts";

/** ASCII letters that change in a skeleton. */
const changing = /[I01|`"]|[rR][nN]/;

/** The keys of a name; two names that share a key can look alike. */
function keysOf(name: string): string[] {
  if (isAscii(name)) return changing.test(name) ? shapes(name) : [fold(name)];
  const bare = withoutStrokes(name);
  return bare === name ? shapes(name) : [...new Set([...shapes(name), ...shapes(bare)])];
}

function shapes(name: string): string[] {
  return [...new Set([skeleton(name).toLowerCase(), skeleton(name.toLowerCase()).toLowerCase()])];
}

/**
 * The keys of a name that can be written in any case, as ASCII names can: "AnniE" has the one of "ANNlE" too. Names that
 * share one can look alike.
 */
export function shapesInAnyCase(name: string): string[] {
  return [...keysOf(name), skeleton(name.toUpperCase()).toLowerCase()];
}

/** The keys of both kinds. Names that are equal by RFC 1459 share one with a space; no skeleton begins with a space. */
const allKeysOf: (name: string) => readonly string[] = lastResult((name) =>
  hasRfc1459Letters(name) ? [...keysOf(name), ` ${foldRfc1459(name)}`] : keysOf(name)
);

/** The version of the keys of names that are stored; a change of the keys, or of the skeletons, needs a new one. */
export const keysVersion = 1;

/** The keys of a name beside its folded form. */
export function keptKeysOf(name: string): string[] {
  const folded = fold(name);
  return allKeysOf(name).filter((key) => key !== folded);
}

/** Whether two names of which a key is equal look alike. */
function lookAlike(one: string, other: string): boolean {
  if (isEqualByRfc1459(one, other)) return true;
  if (!isAscii(one) || !isAscii(other)) return true;
  return one.replaceAll("I", "l") === other.replaceAll("I", "l");
}

/** Whether many clients take two names for one, whatever they look like. */
function isEqualByRfc1459(one: string, other: string): boolean {
  return foldRfc1459(one) === foldRfc1459(other);
}

/** The end of the sentence that refuses `name`, because it looks like `other`; the sentence shows the other as `shown`. */
export function likenessTo(name: string, other: string, shown: string = other): string {
  return `${isEqualByRfc1459(name, other) ? "many apps cannot tell it from" : "it looks like"} ${shown}`;
}

/** A set of names that finds those that look like another name. */
export class LookAlikes {
  /** The names whose keys are not only their folded form. */
  readonly #keys = new Map<Folded, readonly string[]>();
  readonly #byKey = new Map<string, Set<Folded>>();
  readonly #written: (name: Folded) => string | undefined;
  readonly #isGuarded: (name: Folded) => boolean;
  readonly #stored: (key: string) => readonly Folded[];

  /**
   * `written` gives a name of the set as its owner writes it; undefined if the set does not have it. `isGuarded` says
   * whether a name is kept from imitations by "1", "0" and "rn" too. `stored` gives names of the set with a key that were
   * not added here.
   */
  constructor(
    written: (name: Folded) => string | undefined,
    isGuarded: (name: Folded) => boolean = () => false,
    stored: (key: string) => readonly Folded[] = () => [],
  ) {
    this.#written = written;
    this.#isGuarded = isGuarded;
    this.#stored = stored;
  }

  add(name: string): void {
    const folded = fold(name);
    this.delete(folded);
    const keys = keptKeysOf(name);
    if (keys.length === 0) return;
    this.#keys.set(folded, keys);
    for (const key of keys) {
      const names = this.#byKey.get(key);
      if (names === undefined) this.#byKey.set(key, new Set([folded]));
      else names.add(folded);
    }
  }

  delete(name: Folded): void {
    for (const key of this.#keys.get(name) ?? []) {
      const names = this.#byKey.get(key);
      if (names?.delete(name) && names.size === 0) this.#byKey.delete(key);
    }
    this.#keys.delete(name);
  }

  clear(): void {
    this.#keys.clear();
    this.#byKey.clear();
  }

  /** The names that look like `name`, without `name` itself. */
  find(name: string): Folded[] {
    const folded = fold(name);
    const found = new Set<Folded>();
    for (const key of allKeysOf(name)) {
      // A name that is its own key has no entry.
      if (key !== folded) found.add(key as Folded);
      for (const other of this.#byKey.get(key) ?? []) found.add(other);
      for (const other of this.#stored(key)) found.add(other);
    }
    found.delete(folded);
    return [...found].filter((other) => {
      const written = this.#written(other);
      return written !== undefined && (lookAlike(name, written) || this.#isGuarded(other));
    });
  }
}

/**
 * A few names that nobody may imitate, such as those of operators. ASCII letters and digits of one shape are equal too:
 * "N1ckServ" and "ADMlN" are found.
 */
export class ProtectedNames {
  readonly #keys = new Map<string, ReadonlySet<string>>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    this.#keys.set(name, new Set(shapesInAnyCase(name)));
  }

  delete(name: string): void {
    this.#keys.delete(name);
  }

  /** The protected names that look like `name`, also `name` itself. */
  find(name: string): string[] {
    if (this.#keys.size === 0) return [];
    const keys = shapesInAnyCase(name);
    return [...this.#keys].flatMap(([one, own]) => keys.some((key) => own.has(key)) ? [one] : []);
  }
}

/** Values by folded name, such as users by nick. */
export class NameMap<Value> extends Map<Folded, Value> {
  readonly #alike: LookAlikes;
  readonly #nameOf: (value: Value) => string;

  /** `nameOf` gives the name of a value as its owner writes it; for `isGuarded` see LookAlikes. */
  constructor(nameOf: (value: Value) => string, isGuarded: (value: Value) => boolean = () => false) {
    super();
    this.#nameOf = nameOf;
    this.#alike = new LookAlikes(
      (name) => {
        const value = this.get(name);
        return value === undefined ? undefined : nameOf(value);
      },
      (name) => {
        const value = this.get(name);
        return value !== undefined && isGuarded(value);
      },
    );
  }

  override set(name: Folded, value: Value): this {
    this.#alike.add(this.#nameOf(value));
    return super.set(name, value);
  }

  override delete(name: Folded): boolean {
    this.#alike.delete(name);
    return super.delete(name);
  }

  override clear(): void {
    this.#alike.clear();
    super.clear();
  }

  /** The values of other names that look like this one. */
  lookAlikes(name: string): Value[] {
    return this.#alike.find(name).flatMap((found) => this.get(found) ?? []);
  }
}
