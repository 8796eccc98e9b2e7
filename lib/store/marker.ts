/** Read markers: how far an account has read in each conversation. They only move on; nobody else is told of them. */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";

/** The markers of all accounts. Names are folded. */
export class Markers {
  readonly #database: Database;
  readonly #find: StatementSync;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepareArrays("SELECT ms FROM marker WHERE account = ? AND target = ?");
    this.#save = database.prepare(
      `INSERT INTO marker (account, target, ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET ms = max(ms, excluded.ms)`,
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
    this.#database.attempt(() => this.#save.run(account, target, ms));
  }

  /** Forgets all of an account. */
  remove(account: string): void {
    this.#database.attempt(() => this.#remove.run(account));
  }
}
