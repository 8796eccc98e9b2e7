/**
 * Rows by key that wait in memory until they are saved: what was put is found at once, and a disk that fails loses
 * none of it. For tables that change seldom and must not lose a change, such as accounts.
 */
import type { Database, Keeper } from "./database.ts";

/** How a table saves and removes one row; both may run twice for the same row. */
export interface RowStatements<Row> {
  readonly save: (key: string, row: Row) => void;
  readonly remove: (key: string) => void;
}

/** The changes of one table that are not saved yet. Joins the database by itself. */
export class UnsavedRows<Row> implements Keeper {
  readonly #database: Database;
  readonly #statements: RowStatements<Row>;
  /** Undefined is to be removed. */
  readonly #waiting = new Map<string, Row | undefined>();
  /** Keys of those that are not in the transaction under way. */
  readonly #unwritten = new Set<string>();

  constructor(database: Database, statements: RowStatements<Row>) {
    this.#database = database;
    this.#statements = statements;
    database.join(this);
  }

  /** Saves the row, or removes it when it is undefined. Never fails. */
  put(key: string, row: Row | undefined): void {
    this.#waiting.set(key, row);
    this.#unwritten.add(key);
    this.#database.wait();
  }

  /** What waits for this key; `load` is asked when nothing does. */
  find(key: string, load: () => Row | undefined): Row | undefined {
    return this.#waiting.has(key) ? this.#waiting.get(key) : load();
  }

  /** Every row: those of the table with what waits in their place. */
  merge(stored: Iterable<readonly [key: string, row: Row]>): Row[] {
    const all = new Map(stored);
    for (const [key, row] of this.#waiting) {
      if (row === undefined) all.delete(key);
      else all.set(key, row);
    }
    return [...all.values()];
  }

  get statements(): number {
    return this.#unwritten.size;
  }

  write(): void {
    for (const key of this.#unwritten) {
      const row = this.#waiting.get(key);
      if (row === undefined) this.#statements.remove(key);
      else this.#statements.save(key, row);
    }
    if (this.#unwritten.size > 0) this.#unwritten.clear();
  }

  saved(): void {
    // A map cleared each tick makes a garbage collector's work of it, empty or not (conversation.ts).
    if (this.#waiting.size > 0) this.#waiting.clear();
  }

  /** They still wait. */
  lost(): void {
    for (const key of this.#waiting.keys()) this.#unwritten.add(key);
  }
}
