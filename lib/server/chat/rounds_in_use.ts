/**
 * The numbers of PBKDF2 rounds that the accounts have. They differ after the setting changed, until everybody has
 * logged in again. The made-up verifier of an unknown name takes its rounds from here: with the number of the
 * settings, another number would show that an account exists.
 */
import { parseVerifier } from "../../irc/scram.ts";
import type { AccountRow } from "../store/accounts.ts";

/** The time between two counts; a count reads all accounts. */
const countEveryMs = 600_000;

/** Counts the rounds from time to time. */
export class RoundsInUse {
  readonly #accounts: () => readonly AccountRow[];
  readonly #usual: number;
  readonly #monotonic: () => number;
  #sorted: readonly number[] = [];
  #nextCountMs = -Infinity;

  /** `usual` is the number of rounds while there is no account; `monotonic` is a clock in milliseconds. */
  constructor(accounts: () => readonly AccountRow[], usual: number, monotonic: () => number) {
    this.#accounts = accounts;
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
      this.#sorted = this.#accounts().map(({ verifier }) =>
        parseVerifier(verifier)?.iterations ?? this.#usual
      )
        .sort((a, b) => b - a);
    }
    return this.#sorted[Math.floor(share * this.#sorted.length)] ?? this.#usual;
  }
}
