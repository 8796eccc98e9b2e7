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

/** The clocks of a chat or a store. */
export class Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since any moment; never jumps. */
  readonly monotonic: () => number;
  readonly #startedMs: number;
  readonly #startedAt: number;

  constructor({ now = Date.now, monotonic = () => performance.now() }: ClockOptions = {}) {
    this.now = now;
    this.monotonic = monotonic;
    this.#startedMs = now();
    this.#startedAt = monotonic();
  }

  /** Milliseconds since the start. */
  uptimeMs(): number {
    return this.monotonic() - this.#startedAt;
  }

  /**
   * The time for deleting what is too old, in milliseconds since 1970: a clock that is set an hour or a year ahead must
   * not delete anything. It is late after a sleep of the machine, until the next start.
   */
  cautiousNow(): number {
    return Math.min(this.now(), this.#startedMs + this.uptimeMs());
  }
}
