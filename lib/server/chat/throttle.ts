/**
 * Token buckets: they limit a burst and the rate after it. The caller passes the time of a monotonic clock; no function
 * here waits.
 */

/** The size of a bucket, and how fast it fills. */
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

  /**
   * Takes one token even from an empty bucket; returns the milliseconds until the bucket has it, 0 if it has it now.
   */
  take(nowMs: number, share = 1): number {
    this.#fill(nowMs);
    this.#tokens -= share;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#rate.perSecond * 1000);
  }

  /** Takes a token if the bucket has one. */
  tryTake(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** The milliseconds until the bucket has a token, 0 if it has one now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#rate.perSecond * 1000);
  }

  /** Returns one token. */
  returnToken(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1);
  }

  /** Whether all tokens are in the bucket. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#rate.burst;
  }

  /** A clock that jumps back changes nothing. */
  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + passedMs / 1000 * this.#rate.perSecond);
    this.#atMs = nowMs;
  }
}

/** One bucket for each key, for example for each address that tries passwords. */
export class Buckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** See Bucket.tryTake. */
  tryTake(key: string, nowMs: number): boolean {
    return this.#bucketOf(key, nowMs).tryTake(nowMs);
  }

  /** See Bucket.take. */
  take(key: string, nowMs: number): number {
    return this.#bucketOf(key, nowMs).take(nowMs);
  }

  /** See Bucket.waitMs. */
  waitMs(key: string, nowMs: number): number {
    return this.#buckets.get(key)?.waitMs(nowMs) ?? 0;
  }

  returnToken(key: string): void {
    this.#buckets.get(key)?.returnToken();
  }

  #bucketOf(key: string, nowMs: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, bucket = new Bucket(this.#rate, nowMs));
    return bucket;
  }

  /** Removes full buckets. */
  sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
  }
}
