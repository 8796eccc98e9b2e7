/** Work in turns: one piece at a time for each key, and a few at once altogether. For password hashing. */

/** At most `atOnce` pieces run at once. */
export class HashQueue {
  readonly #atOnce: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #last = new Map<string, Promise<void>>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Runs `act` after what was asked for before under the same key. */
  async run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const done = Promise.withResolvers<void>();
    this.#last.set(key, done.promise);
    try {
      await before;
      return await this.#inLane(act);
    } finally {
      if (this.#last.get(key) === done.promise) this.#last.delete(key);
      done.resolve();
    }
  }

  async #inLane<T>(act: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await act();
    } finally {
      // The lane goes to the next in line without being free in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
