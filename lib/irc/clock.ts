/**
 * The two clocks of a machine. The wall clock says what time it is, and people or programs can set it: it jumps. The
 * monotonic clock measures how long something takes. So stamps, bans and ages use the wall clock, and every deadline
 * (PING, registration, flood, wrong passwords) the monotonic one.
 */

/** The functions that a clock reads; tests give their own. */
export interface ClockOptions {
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: (() => number) | undefined;
  /** Milliseconds since any moment; never jumps. @default {performance.now} */
  readonly monotonic?: (() => number) | undefined;
}

/** A wall clock that stays ahead for this long is right, so deletions trust it. */
const trustAfterMs = 24 * 3_600_000;

/** The clocks of a chat or a store. */
export class Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since any moment; never jumps. */
  readonly monotonic: () => number;
  readonly #startedMs: number;
  readonly #startedAt: number;
  /** How far the wall clock may be ahead of the time that passed since the start. */
  #trustedAheadMs = 0;
  #windowAt: number;
  #leastAheadMs = Infinity;

  constructor({ now = Date.now, monotonic = () => performance.now() }: ClockOptions = {}) {
    this.now = now;
    this.monotonic = monotonic;
    this.#startedMs = now();
    this.#startedAt = this.#windowAt = monotonic();
  }

  /** Milliseconds since the start. */
  uptimeMs(): number {
    return this.monotonic() - this.#startedAt;
  }

  /**
   * The time for deleting what is too old, in milliseconds since 1970: a clock that is set an hour or a year ahead must
   * not delete anything. A clock that stays ahead for a day is right: it was set right, or the machine slept. Call this
   * every few minutes, or it notices a wrong clock too late.
   */
  cautiousNow(): number {
    const [wallMs, monotonicMs] = [this.now(), this.monotonic()];
    const passedMs = this.#startedMs + monotonicMs - this.#startedAt;
    this.#leastAheadMs = Math.min(this.#leastAheadMs, wallMs - passedMs);
    if (monotonicMs - this.#windowAt >= trustAfterMs) {
      this.#trustedAheadMs = this.#leastAheadMs;
      this.#windowAt = monotonicMs;
      this.#leastAheadMs = Infinity;
    }
    return Math.min(wallMs, passedMs + this.#trustedAheadMs);
  }
}
