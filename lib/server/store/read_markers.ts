/** Read markers: how far an account has read in each conversation. They only move on; nobody else is told of them. */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";

/** Conversations one account has markers in; past that the one that was read longest ago is forgotten. */
const maxTargets = 2000;

/** The markers of all accounts. Names are folded. */
export class ReadMarkers {
  readonly #database: Database;
  readonly #find: StatementSync;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeOldest: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepareArrays("SELECT ms FROM marker WHERE account = ? AND target = ?");
    this.#save = database.prepare(
      `INSERT INTO marker (account, target, ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET ms = max(ms, excluded.ms)`,
    );
    this.#removeOldest = database.prepare(
      `DELETE FROM marker WHERE account = ?1 AND target IN
         (SELECT target FROM marker WHERE account = ?1 ORDER BY ms DESC LIMIT -1 OFFSET ${maxTargets})`,
    );
    this.#remove = database.prepare("DELETE FROM marker WHERE account = ?");
  }

  /** Milliseconds since 1970, or undefined when none was ever set. */
  load(account: string, target: string): number | undefined {
    const [ms] = this.#database.read(() => row(this.#find.get(account, target)), []);
    return ms === undefined ? undefined : Number(ms);
  }

  /** An earlier time than the one that is stored changes nothing. */
  save(account: string, target: string, ms: number): void {
    const isNew = this.load(account, target) === undefined;
    this.#database.attempt(() => {
      this.#save.run(account, target, ms);
      if (isNew) this.#removeOldest.run(account);
    });
  }

  /** Forgets all of an account. */
  remove(account: string): void {
    this.#database.attempt(() => this.#remove.run(account));
  }
}
