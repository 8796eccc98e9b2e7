/**
 * The size of the history: the bytes of all stored records, and of each conversation. Appending counts nothing in the
 * database: a conversation is counted when the index takes its blocks, and until then its bytes wait in memory.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** The records that are added to a conversation; negative when they are removed. */
export interface SizeChange {
  readonly count: number;
  readonly bytes: number;
}

/** About the bytes of a deletion with its reason, in the table and its index. */
export const deletionBytes = 512;

/** The sizes of all conversations. */
export class HistorySize {
  readonly #count: WriteStatement;
  readonly #sum: StatementSync;
  readonly #waitingSum: StatementSync;
  #indexed = 0;
  #waiting = 0;

  constructor(database: Database) {
    this.#count = database.prepareWrite(
      `UPDATE conversation SET messages = messages + iif(?1 & 1, 0, ?2), events = events + iif(?1 & 1, ?2, 0),
         bytes = max(0, bytes + ?3)
       WHERE id = ?1 >> 1`,
      { isDerived: true },
    );
    this.#sum = database.prepareArrays("SELECT coalesce(sum(bytes), 0) FROM conversation");
    this.#waitingSum = database.prepareArrays(
      "SELECT coalesce(sum(octet_length(records)), 0) FROM block WHERE id > ?",
    );
  }

  /** The bytes of all records and deletions. */
  get bytes(): number {
    return this.#indexed + this.#waiting;
  }

  /** The bytes of the blocks that the index does not contain yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether most of it is not counted by conversation, because the index is built again. */
  get isUncounted(): boolean {
    return this.#waiting > this.#indexed;
  }

  /** A conversation was removed with all that it had. */
  drop(bytes: number): void {
    this.#indexed = Math.max(0, this.#indexed - bytes);
  }

  /** Reads the sizes again; the index contains the blocks up to this one. */
  load(lastIndexed: number): void {
    this.#indexed = Number(row(this.#sum.get())[0]);
    this.#waiting = Number(row(this.#waitingSum.get(lastIndexed))[0]);
  }

  /** Counts the bytes of a block that the index does not contain yet; the characters of its text are near enough. */
  wait(bytes: number): void {
    this.#waiting = Math.max(0, this.#waiting + bytes);
  }

  /** The index contains all blocks. */
  endWaiting(): void {
    this.#waiting = 0;
  }

  /** Counts records of a log, of blocks that the index contains. Only inside Database.change(). */
  add(log: number, { count, bytes }: SizeChange): void {
    this.#count.run(log, count, bytes);
    this.#indexed = Math.max(0, this.#indexed + bytes);
  }
}
