/**
 * Blocks without a record. Their rows are not deleted at once: SQLite would join half-empty pages of the table then, and
 * a page that gives rows away keeps their bytes in its free space, also with "secure_delete"
 * (findings/sqlite_secure_delete_keeps_moved_rows.sh). So such a row leaves its log and becomes short, and it is deleted
 * when many rows before and after it are without records, too. The blocks of all conversations are in one order, so a
 * row can wait for the blocks of other conversations.
 */
import type { StatementSync } from "node:sqlite";
import { firstRecord } from "./block.ts";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
import type { SearchIndex } from "./search.ts";

/** So many short rows are longer than three pages, and SQLite joins at most three. */
const rowsBetween = 1024;
/** So many blocks are added before rows are deleted, because a look at the rows beside them takes time. */
const blocksPerLook = 8;
/** Rows that are deleted after a look. It is more than were added, so the others are reached later. */
const rowsPerLook = 2 * blocksPerLook;
/** Rows that a look reads at most; it takes a quarter of a millisecond. */
const rowsRead = rowsBetween + rowsPerLook + rowsBetween;

/** The rows of blocks without a record. All changes happen only inside Database.change(). */
export class EmptyBlocks {
  readonly #index: Pick<SearchIndex, "removeBlock">;
  readonly #empty: WriteStatement;
  readonly #lastFilled: StatementSync;
  readonly #between: StatementSync;
  readonly #remove: WriteStatement;
  #added = 0;

  constructor(database: Database, index: Pick<SearchIndex, "removeBlock">) {
    this.#index = index;
    // The logs of conversations are not negative, and no two rows have the same log here.
    this.#empty = database.prepareWrite(
      `UPDATE block SET log = -id, count = 0, records = '${firstRecord("")}' WHERE id = ?`,
    );
    this.#lastFilled = database.prepareArrays(
      `SELECT id FROM (SELECT id, log FROM block WHERE id < ? ORDER BY id DESC LIMIT ${rowsRead})
       WHERE log >= 0 LIMIT 1`,
    );
    this.#between = database.prepareArrays(
      `SELECT id FROM block WHERE id > ? AND id < ? ORDER BY id DESC
       LIMIT ${rowsRead - rowsBetween} OFFSET ${rowsBetween}`,
    );
    this.#remove = database.prepareWrite("DELETE FROM block WHERE id = ?");
  }

  /** Takes a block with all its records out of its log. */
  add(block: number): void {
    this.#empty.run(block);
    this.#index.removeBlock(block);
  }

  /** Deletes a few rows before a block that was added, if that is possible and enough blocks were added. */
  removeBefore(block: number): void {
    if (++this.#added % blocksPerLook !== 0) return;
    const [filled] = row(this.#lastFilled.get(block));
    const found = this.#between.all(Number(filled ?? -1), block).map((one) => Number(row(one)[0]));
    // The last ones are near to the block with records before them.
    const far = filled === undefined ? found : found.slice(0, -rowsBetween);
    for (const id of far.slice(0, rowsPerLook)) this.#remove.run(id);
  }
}
