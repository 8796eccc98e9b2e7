/** The end of a load: waits for the deliveries that are on their way, as long as some arrive. */

/** The deliveries that are missing at a moment. */
export interface Missing {
  readonly deliveries: number;
  /** The reason why they cannot arrive any more; undefined while all clients are connected. */
  readonly loss?: string | undefined;
}

/** The missing deliveries count as lost after this time without any: on a busy machine the load reads late. */
export const stillMs = 10_000;

/** Judges one load. */
export class Drain {
  #fewest = Infinity;
  #sinceMs = 0;

  /** Whether all have arrived. Throws an Error with a sentence when the rest does not arrive. */
  isDone({ deliveries, loss }: Missing, nowMs: number): boolean {
    if (deliveries === 0) return true;
    if (deliveries < 0) throw new Error(`the server delivered ${-deliveries} too many`);
    if (deliveries < this.#fewest) {
      this.#fewest = deliveries;
      this.#sinceMs = nowMs;
    }
    if (loss !== undefined) throw new Error(loss);
    if (nowMs - this.#sinceMs < stillMs) return false;
    throw new Error(`${deliveries} deliveries are missing, and none came for ${stillMs / 1000} s`);
  }
}
