/**
 * The time by the clock of the server, as far as its messages show it. The clock of this computer can be wrong, or be set
 * while the client runs: then its own lines would stand in the wrong place among the messages. Between two messages the
 * time follows a clock that never jumps.
 */

/** Times after the year 9999 are a mistake of the server. */
const latest = 253_402_300_799_000;

/** The clock of one client. */
export class ServerClock {
  /** Milliseconds since 1970, by this computer. */
  readonly #now: () => number;
  readonly #elapsed: () => number;
  #anchor: { readonly at: number; readonly elapsed: number } | undefined;
  /** The next message sets the time, also an earlier one. */
  #isNew = true;

  constructor(now: () => number, elapsed: () => number) {
    this.#now = now;
    this.#elapsed = elapsed;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    const anchor = this.#anchor;
    return anchor === undefined ? this.#now() : Math.round(anchor.at + this.#elapsed() - anchor.elapsed);
  }

  /** A message that happens now has this time. An older one was late, or comes from a bouncer. */
  onTime(at: number): void {
    if (at > latest || (!this.#isNew && at <= this.now)) return;
    this.#isNew = false;
    this.#anchor = { at, elapsed: this.#elapsed() };
  }

  /** A new connection can lead to another machine, and the computer can have slept before it. */
  onConnection(): void {
    this.#isNew = true;
  }
}
