/**
 * Read markers: how far an account has read each conversation. They only move forward, and other users do not see
 * them.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** The most conversations with a marker per account; above that, the oldest other marker is deleted. */
const maxTargets = 2000;

/** The markers of all accounts. Names are folded. */
export class ReadMarkers {
  readonly #database: Database;
  readonly #find: StatementSync;
  readonly #save: WriteStatement;
  readonly #remove: WriteStatement;
  readonly #removeOne: WriteStatement;
  readonly #removeOldest: WriteStatement;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepareArrays("SELECT ms FROM marker WHERE account = ? AND target = ?");
    this.#save = database.prepareWrite(
      `INSERT INTO marker (account, target, ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET ms = max(ms, excluded.ms)`,
    );
    this.#removeOldest = database.prepareWrite(
      `DELETE FROM marker WHERE account = ?1 AND target IN
         (SELECT target FROM marker WHERE account = ?1 AND target <> ?2
          ORDER BY ms DESC LIMIT -1 OFFSET ${maxTargets - 1})`,
    );
    this.#removeOne = database.prepareWrite("DELETE FROM marker WHERE account = ? AND target = ?");
    this.#remove = database.prepareWrite("DELETE FROM marker WHERE account = ?");
  }

  /** Milliseconds since 1970; undefined if there is no marker. */
  load(account: string, target: string): number | undefined {
    const [ms] = this.#database.read(() => row(this.#find.get(account, target)), []);
    return ms === undefined ? undefined : Number(ms);
  }

  /** A time before the stored one changes nothing. */
  save(account: string, target: string, ms: number): void {
    const isNew = this.load(account, target) === undefined;
    this.#database.change(() => {
      this.#save.run(account, target, ms);
      if (isNew) this.#removeOldest.run(account, target);
    });
  }

  /** Gives a marker of an account to another target: the person there has an account now. */
  retarget(account: string, from: string, to: string): void {
    const ms = this.load(account, from);
    if (ms === undefined) return;
    this.save(account, to, ms);
    this.#database.change(() => this.#removeOne.run(account, from));
  }

  /** Deletes all markers of an account. */
  remove(account: string): void {
    this.#database.change(() => this.#remove.run(account));
  }
}
