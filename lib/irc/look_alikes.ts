/**
 * Names that some clients take for one. RFC 1459 makes {}|^ the lower case of []\~, and clients such as ERC and
 * python3-irc compare names so, whatever CASEMAPPING says: they lose "ann[x]" when "ann{x}" leaves. So the server lets
 * nobody take a second name of such a pair. All look-ups stay ASCII. Names without these letters cost nothing here.
 */
import { fold, type Folded, foldRfc1459, hasRfc1459Letters } from "./names.ts";

/** A set of names that finds the ones that are equal to another name by RFC 1459 only. */
export class LookAlikes {
  /** Two names of one key exist only if both were there before the server refused such pairs. */
  readonly #byKey = new Map<string, Set<Folded>>();

  add(name: Folded): void {
    if (!hasRfc1459Letters(name)) return;
    const key = foldRfc1459(name);
    const names = this.#byKey.get(key);
    if (names === undefined) this.#byKey.set(key, new Set([name]));
    else names.add(name);
  }

  delete(name: Folded): void {
    if (!hasRfc1459Letters(name)) return;
    const key = foldRfc1459(name);
    const names = this.#byKey.get(key);
    if (names?.delete(name) && names.size === 0) this.#byKey.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
  }

  /** The names that are equal to `name` by RFC 1459, without `name` itself. */
  find(name: string): Folded[] {
    if (!hasRfc1459Letters(name)) return [];
    const folded = fold(name);
    return [...this.#byKey.get(foldRfc1459(name)) ?? []].filter((one) => one !== folded);
  }
}

/** Values by folded name, such as users by nick. */
export class NameMap<Value> extends Map<Folded, Value> {
  readonly #alike = new LookAlikes();

  override set(name: Folded, value: Value): this {
    this.#alike.add(name);
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

  /** The value of another name that is equal to this one by RFC 1459; undefined if there is none. */
  lookAlike(name: string): Value | undefined {
    const [found] = this.#alike.find(name);
    return found === undefined ? undefined : this.get(found);
  }
}
