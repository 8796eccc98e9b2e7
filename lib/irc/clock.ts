/**
 * The clocks of a machine. The wall clock says what time it is, and people or programs can set it: it jumps. The
 * monotonic clock measures how long something takes. So every deadline (PING, registration, flood, wrong passwords)
 * uses the monotonic clock, and stamps, bans and ages use the wall clock, with two levels of caution:
 *
 * - stamps use settledNow(): it follows a jump ahead only when it has lasted ten minutes, because a message with a time
 *   in the future holds back the times of all later messages;
 * - deletions and the ends of bans use cautiousNow(): it follows a jump ahead only when it has lasted a day, also a jump
 *   before the start.
 *
 * Both follow a clock that is set back at once, and the time during which the machine slept, where the system tells it.
 */

/** The functions that a clock reads; tests give their own. */
export interface ClockOptions {
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: (() => number) | undefined;
  /** Milliseconds since any moment; never jumps. @default {performance.now} */
  readonly monotonic?: (() => number) | undefined;
  /** Milliseconds since the system started, also those of its sleep. @default {sleep is not known} */
  readonly systemUptime?: (() => number) | undefined;
  /** An earlier time is certainly wrong, as of a machine without a clock battery. @default {0} */
  readonly earliestMs?: number | undefined;
  /** A later time is certainly wrong: stamps and deletions never follow it. @default {none} */
  readonly latestMs?: number | undefined;
}

/** A wall clock that stays ahead for this long is right, so deletions trust it. */
const trustAfterMs = 24 * 3_600_000;
/** A wall clock that stays ahead for this long is right, so stamps trust it. */
const settleAfterMs = 10 * 60_000;
/** A machine that was off for longer is rare, so its clock is doubtful. */
const longestOffMs = 7 * 24 * 3_600_000;
/** A larger difference between two clocks is a fault, and no correction. */
export const maxClockFaultMs = 60_000;

/** The clocks of a chat or a store. */
export class Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since any moment; never jumps. */
  readonly monotonic: () => number;
  readonly #systemUptime: () => number;
  readonly #earliestMs: number;
  readonly #latestMs: number;
  readonly #startedMs: number;
  /** How long nothing happened before the start, by the wall clock, if that is doubtful: see continueFrom(). */
  #gapMs = 0;
  /** The newest time from before the start. */
  #knownMs = 0;
  readonly #startedAt: number;
  readonly #startedUptime: number;
  /** How far the wall clock may be ahead of the time that passed since the start: for deletions, and for stamps. */
  #trustedAheadMs = 0;
  #settledAheadMs = 0;
  /** The largest value that #settledAheadMs had: a clock that was set back may return. */
  #mostAheadMs = 0;
  #windowAt: number;
  #leastAheadMs = Infinity;
  /** The jump that stamps do not follow yet: its start by the monotonic clock, and its size. */
  #jump: { readonly at: number; readonly aheadMs: number } | undefined;
  /** The sleep that is part of #settledAheadMs. */
  #sleptBeforeMs = 0;

  constructor(
    {
      now = Date.now,
      monotonic = () => performance.now(),
      systemUptime = () => 0,
      earliestMs = 0,
      latestMs = Infinity,
    }: ClockOptions = {},
  ) {
    this.#earliestMs = earliestMs;
    this.#latestMs = latestMs;
    this.now = now;
    this.monotonic = monotonic;
    this.#systemUptime = systemUptime;
    this.#startedMs = now();
    this.#startedAt = this.#windowAt = monotonic();
    this.#startedUptime = systemUptime();
  }

  /** Milliseconds since the start. */
  uptimeMs(): number {
    return this.monotonic() - this.#startedAt;
  }

  /**
   * The time for stamps, in milliseconds since 1970. A jump of more than a minute beyond the times that it has given
   * counts when it has lasted ten minutes. Call it every few seconds, or a slow drift looks like a jump.
   */
  settledNow(): number {
    const wallMs = this.now();
    const passedMs = this.#startedMs + this.uptimeMs();
    const aheadMs = wallMs - passedMs;
    if (aheadMs - this.#mostAheadMs <= maxClockFaultMs || this.#isSettled(aheadMs)) {
      this.#jump = undefined;
      this.#settledAheadMs = aheadMs;
      if (aheadMs > this.#mostAheadMs) this.#mostAheadMs = aheadMs;
      return wallMs;
    }
    return passedMs + this.#settledAheadMs;
  }

  /** How far the wall clock is ahead of settledNow(). */
  get unsettledMs(): number {
    return Math.max(0, this.now() - this.settledNow());
  }

  /**
   * The newest time that is known from before the start. If it is more than a week ago, the machine was off for long, or
   * the clock was set ahead: cautiousNow() continues from that time, until the clock is trusted. A clock that starts
   * before that time is behind, so stamps follow it at once when it is set.
   */
  continueFrom(ms: number): void {
    this.#knownMs = ms;
    const gapMs = this.#startedMs - ms;
    this.#gapMs = gapMs > longestOffMs ? gapMs : 0;
    this.#leastAheadMs = Infinity;
  }

  /** How far the wall clock is ahead of what deletions trust, because of a long time before the start. */
  get doubtfulGapMs(): number {
    return this.#gapMs === 0 ? 0 : Math.max(0, this.#gapMs - this.#trustedAheadMs);
  }

  /** When this clock was made, by the wall clock as it is now, in milliseconds since 1970. */
  get startedMs(): number {
    return this.settledNow() - this.uptimeMs() - this.#sleptMs();
  }

  /**
   * The time for deleting what is too old, in milliseconds since 1970: a clock that is set an hour or a year ahead must
   * not delete anything. A clock that stays ahead for a day is right. Call this every few minutes, or it notices a wrong
   * clock too late.
   */
  cautiousNow(): number {
    const [wallMs, monotonicMs] = [this.now(), this.monotonic()];
    const passedMs = this.#startedMs - this.#gapMs + monotonicMs - this.#startedAt + this.#sleptMs();
    const aheadMs = wallMs > this.#latestMs ? 0 : wallMs - passedMs;
    this.#leastAheadMs = Math.min(this.#leastAheadMs, aheadMs);
    if (monotonicMs - this.#windowAt >= trustAfterMs) {
      this.#trustedAheadMs = this.#leastAheadMs;
      this.#windowAt = monotonicMs;
      this.#leastAheadMs = Infinity;
    }
    return Math.min(wallMs, passedMs + this.#trustedAheadMs);
  }

  /** Whether a jump is the time of a sleep, or leaves an impossible time, or has lasted long enough. */
  #isSettled(aheadMs: number): boolean {
    if (this.now() > this.#latestMs) return false;
    const beforeMs = this.now() - (aheadMs - this.#settledAheadMs);
    if (beforeMs < this.#earliestMs) return true;
    // The clock was behind at the start, and a time server sets it.
    if (beforeMs < this.#knownMs && this.now() - this.#knownMs <= longestOffMs) return true;
    if (this.#jump === undefined || Math.abs(aheadMs - this.#jump.aheadMs) > maxClockFaultMs) {
      // Not for every stamp: to ask the system costs a system call.
      const sleptMs = this.#sleptMs();
      const wasAsleepMs = sleptMs - this.#sleptBeforeMs;
      this.#sleptBeforeMs = sleptMs;
      if (Math.abs(aheadMs - this.#mostAheadMs - wasAsleepMs) <= maxClockFaultMs) return true;
      this.#jump = { at: this.monotonic(), aheadMs };
    }
    return this.monotonic() - this.#jump.at >= settleAfterMs;
  }

  /** How long the machine slept since the start: the monotonic clock stands still meanwhile. */
  #sleptMs(): number {
    const sleptMs = this.#systemUptime() - this.#startedUptime - this.uptimeMs();
    // The system counts whole seconds.
    return sleptMs > 2000 ? sleptMs : 0;
  }
}
