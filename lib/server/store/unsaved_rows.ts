/**
 * Rows by key that stay in memory until the commit of the tick: reading finds a new row at once, and several changes of
 * a row in one tick are one write. Tables use it that change rarely, such as accounts.
 */
import type { CommitParticipant } from "./commit_participants.ts";
import type { Database } from "./database.ts";

/** About the characters of a row. */
const rowBytes = 300;

/** Statements that save and remove one row; both can run twice for the same row. */
export interface RowStatements<Row> {
  readonly save: (key: string, row: Row) => void;
  readonly remove: (key: string) => void;
  /** The most statements that one call runs; several need a transaction. @default {1} */
  readonly each?: number;
}

/** The changes of one table that are not written yet. It adds itself to the database's commits. */
export class UnsavedRows<Row> implements CommitParticipant {
  readonly #database: Database;
  readonly #statements: RowStatements<Row>;
  /** Undefined means that the row is removed. */
  readonly #unsaved = new Map<string, Row | undefined>();

  constructor(database: Database, statements: RowStatements<Row>) {
    this.#database = database;
    this.#statements = statements;
    database.addParticipant(this);
  }

  /** Saves the row, or removes it if it is undefined. Never fails. */
  put(key: string, row: Row | undefined): void {
    this.#unsaved.set(key, row);
    this.#database.scheduleCommit();
  }

  /** The unsaved row for this key, otherwise the result of `load`. */
  find(key: string, load: () => Row | undefined): Row | undefined {
    return this.#unsaved.has(key) ? this.#unsaved.get(key) : load();
  }

  /** All rows: those of the table, replaced by unsaved ones. */
  merge(stored: Iterable<readonly [key: string, row: Row]>): Row[] {
    const all = new Map(stored);
    for (const [key, row] of this.#unsaved) {
      if (row === undefined) all.delete(key);
      else all.set(key, row);
    }
    return [...all.values()];
  }

  get statements(): number {
    return this.#unsaved.size * (this.#statements.each ?? 1);
  }

  get bytes(): number {
    return this.#unsaved.size * rowBytes;
  }

  write(): void {
    for (const [key, row] of this.#unsaved) {
      if (row === undefined) this.#statements.remove(key);
      else this.#statements.save(key, row);
    }
  }

  written(): void {
    // Clearing a map in every tick makes work for the garbage collector, even if it is empty
    // (conversation.ts).
    if (this.#unsaved.size > 0) this.#unsaved.clear();
  }

  rolledBack(): void {}
}
