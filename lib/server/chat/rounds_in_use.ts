/**
 * The numbers of PBKDF2 rounds that the accounts have. They differ after the setting changed, until everybody has
 * logged in again. The made-up verifier of an unknown name takes its rounds from here: with the number of the
 * settings, another number would show that an account exists.
 */

/** Numbers of rounds, the highest first, and the number of accounts with each. */
export type RoundCounts = readonly (readonly [rounds: number, accounts: number])[];

/** The time between two counts; a count reads all accounts. */
const countEveryMs = 600_000;

/** Counts the rounds from time to time. */
export class RoundsInUse {
  readonly #count: () => RoundCounts;
  readonly #usual: number;
  readonly #monotonic: () => number;
  #counts: RoundCounts = [];
  #accounts = 0;
  #nextCountMs = -Infinity;

  /** `usual` is the number of rounds while there is no account; `monotonic` is a clock in milliseconds. */
  constructor(count: () => RoundCounts, usual: number, monotonic: () => number) {
    this.#count = count;
    this.#usual = usual;
    this.#monotonic = monotonic;
  }

  /**
   * The rounds for a share from 0 to 1: the more accounts have a number, the more shares give it. A name keeps its
   * number until the accounts change theirs.
   */
  at(share: number): number {
    if (this.#monotonic() >= this.#nextCountMs) {
      this.#nextCountMs = this.#monotonic() + countEveryMs;
      this.#counts = this.#count();
      this.#accounts = this.#counts.reduce((sum, [, accounts]) => sum + accounts, 0);
    }
    let left = share * this.#accounts;
    for (const [rounds, accounts] of this.#counts) {
      if (left < accounts) return rounds;
      left -= accounts;
    }
    return this.#usual;
  }
}
