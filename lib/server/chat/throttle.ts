/** Token buckets: how much at once, and how fast after that. Time comes from outside; nothing here waits. */

/** How much a bucket holds and how fast it fills. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** One bucket; full at first. */
export class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  /** Takes one token in any case, and says for how many milliseconds the taker owes it; 0 when it was there. */
  take(nowMs: number, share = 1): number {
    this.#fill(nowMs);
    this.#tokens -= share;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#rate.perSecond * 1000);
  }

  /** Takes a token if one is there. */
  takeIfAny(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Gives one token back. */
  giveBack(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1);
  }

  /** Whether nothing was taken that did not come back since. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#rate.burst;
  }

  /** A clock that jumps back fills nothing, and empties nothing. */
  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + passedMs / 1000 * this.#rate.perSecond);
    this.#atMs = nowMs;
  }
}

/** A bucket for each of many, such as the addresses that guess passwords. */
export class Buckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** See Bucket.takeIfAny. */
  takeIfAny(key: string, nowMs: number): boolean {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, bucket = new Bucket(this.#rate, nowMs));
    return bucket.takeIfAny(nowMs);
  }

  giveBack(key: string): void {
    this.#buckets.get(key)?.giveBack();
  }

  /** Forgets those that are full again. */
  sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
  }
}
