/**
 * The transaction of a database, and its writes that are not saved yet: each statement that changed rows, with its
 * values, in their order. When a commit fails, SQLite forgets the whole transaction; repeat() then makes it again. The
 * rows are the same before, so every statement has the same result, and ids stay as they were.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { isFailure } from "./sqlite_errors.ts";

/** One statement that was run. */
interface Write {
  readonly statement: StatementSync;
  readonly values: readonly SQLInputValue[];
  /** Its part of `bytes`. */
  readonly bytes: number;
}

/** About the memory that a write needs beside its texts. */
const writeBytes = 64;

/** The writes since the last commit that succeeded. */
export class Transaction {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #writes: Write[] = [];
  #bytes = 0;
  #isOpen = false;
  #isComplete = true;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
  }

  /** Whether SQLite is in the transaction. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the open transaction has all writes; false after repeat() failed. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The number of writes. */
  get length(): number {
    return this.#writes.length;
  }

  /** The characters of all texts in the writes, and something for each. */
  get bytes(): number {
    return this.#bytes;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#begin.run();
    this.#isOpen = true;
  }

  /** Adds a write that is run now. Derived rows can be made again from others, so their length does not count. */
  add(statement: StatementSync, values: readonly SQLInputValue[], isDerived: boolean): void {
    const bytes = isDerived ? 0 : sizeOf(values);
    this.#bytes += bytes;
    this.#writes.push({ statement, values, bytes });
  }

  /** Saves all writes. If it throws, call undo() and repeat(). */
  commit(): void {
    if (this.#isOpen) this.#commit.run();
    this.#isOpen = false;
    if (this.#writes.length > 0) this.#writes = [];
    this.#bytes = 0;
  }

  /** Ends the transaction; its writes stay in memory. */
  undo(): void {
    // SQLite rolls back by itself after some failures.
    if (this.#db.isTransaction) this.#rollback.run();
    this.#isOpen = false;
  }

  /** Makes the transaction again; false if the disk failed. */
  repeat(): boolean {
    this.#isComplete = false;
    try {
      if (this.#writes.length > 0) this.open();
      for (const { statement, values } of this.#writes) statement.all(...values);
      return this.#isComplete = true;
    } catch (error) {
      this.undo();
      if (!isFailure(error)) throw error;
      return false;
    }
  }

  /** Forgets the writes from this position on. */
  truncate(length: number): void {
    for (const { bytes } of this.#writes.slice(length)) this.#bytes -= bytes;
    this.#writes.length = Math.min(this.#writes.length, length);
  }
}

function sizeOf(values: readonly SQLInputValue[]): number {
  let bytes = writeBytes;
  for (const value of values) if (typeof value === "string") bytes += value.length;
  return bytes;
}
