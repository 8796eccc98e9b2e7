/** The bus of a single server: it applies an event at once, in the order of the calls. */
import { nextStamp } from "../../irc/stamp.ts";
import type { Apply, Bus } from "../hub/bus.ts";

/** Applies synchronously; `commit` costs one call and returns nothing. */
export class LocalBus<E> implements Bus<E> {
  #apply: Apply<E> = () => {};
  #last: number;
  readonly #now: () => number;

  /** `last` is the newest stamp already used (from the store), so that new stamps are larger after a restart. */
  constructor(options: { last?: number; now: () => number }) {
    this.#last = options.last ?? 0;
    this.#now = options.now;
  }

  subscribe(apply: Apply<E>): void {
    this.#apply = apply;
  }

  commit(event: E, by: string): void {
    this.#last = nextStamp(this.#last, this.#now());
    this.#apply(event, this.#last, by);
  }

  close(): Promise<void> {
    this.#apply = () => {};
    return Promise.resolve();
  }
}
