/**
 * Rows by key that stay in memory until they are saved: reading finds a new row at once, and a failing disk loses none.
 * Tables use it that change rarely and must not lose a change, such as accounts.
 */
import type { CommitParticipant, Database } from "./database.ts";

/** Statements that save and remove one row; both can run twice for the same row. */
export interface RowStatements<Row> {
  readonly save: (key: string, row: Row) => void;
  readonly remove: (key: string) => void;
}

/** The unsaved changes of one table. It adds itself to the database's commits. */
export class UnsavedRows<Row> implements CommitParticipant {
  readonly #database: Database;
  readonly #statements: RowStatements<Row>;
  /** Undefined means that the row is removed. */
  readonly #unsaved = new Map<string, Row | undefined>();
  /** Keys of rows that are not in the current transaction. */
  readonly #unwritten = new Set<string>();

  constructor(database: Database, statements: RowStatements<Row>) {
    this.#database = database;
    this.#statements = statements;
    database.addParticipant(this);
  }

  /** Saves the row, or removes it if it is undefined. Never fails. */
  put(key: string, row: Row | undefined): void {
    this.#unsaved.set(key, row);
    this.#unwritten.add(key);
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
    return this.#unwritten.size;
  }

  write(): void {
    for (const key of this.#unwritten) {
      const row = this.#unsaved.get(key);
      if (row === undefined) this.#statements.remove(key);
      else this.#statements.save(key, row);
    }
    if (this.#unwritten.size > 0) this.#unwritten.clear();
  }

  saved(): void {
    // Clearing a map in every tick makes work for the garbage collector, even if it is empty
    // (conversation.ts).
    if (this.#unsaved.size > 0) this.#unsaved.clear();
  }

  /** The rows stay unsaved and are written again. */
  rolledBack(): void {
    for (const key of this.#unsaved.keys()) this.#unwritten.add(key);
  }
}
