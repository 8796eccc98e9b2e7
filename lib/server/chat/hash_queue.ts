/** A queue for password hashing: one piece of work at a time for each key, and a few at a time in total. */

/** Runs at most `atOnce` pieces of work at a time. */
export class HashQueue {
  readonly #atOnce: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #last = new Map<string, Promise<void>>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Runs `act` after all earlier work with the same key. */
  async run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const previous = this.#last.get(key);
    const done = Promise.withResolvers<void>();
    this.#last.set(key, done.promise);
    try {
      await previous;
      return await this.#runWhenFree(act);
    } finally {
      if (this.#last.get(key) === done.promise) this.#last.delete(key);
      done.resolve();
    }
  }

  async #runWhenFree<T>(act: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await act();
    } finally {
      // The next piece of work gets this slot directly, so no other work can take it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
