/**
 * Blocks without a record. Their rows are not deleted at once: SQLite would join half-empty pages of the table then, and
 * a page that gives rows away keeps their bytes in its free space, also with "secure_delete"
 * (findings/sqlite_secure_delete_keeps_moved_rows.sh). So such a row leaves its log and becomes short, and it is deleted
 * when the rows beside it are without records, too.
 */
import type { StatementSync } from "node:sqlite";
import { firstRecord } from "./block.ts";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
import type { SearchIndex } from "./search.ts";

/** So many short rows are longer than three pages, and SQLite joins at most three. */
const rowsBetween = 1024;
/** Rows that are deleted in one step. */
const rowsPerStep = 8;

/** The rows of blocks without a record. All changes happen only inside Database.change(). */
export class EmptyBlocks {
  readonly #index: Pick<SearchIndex, "removeBlock">;
  readonly #empty: WriteStatement;
  readonly #oldest: StatementSync;
  readonly #remove: WriteStatement;

  constructor(database: Database, index: Pick<SearchIndex, "removeBlock">) {
    this.#index = index;
    // The logs of conversations are not negative, and no two rows have the same log here.
    this.#empty = database.prepareWrite(
      `UPDATE block SET log = -id, count = 0, records = '${firstRecord("")}' WHERE id = ?`,
    );
    this.#oldest = database.prepareArrays(
      `SELECT id FROM block WHERE log < 0 ORDER BY log DESC LIMIT ${rowsPerStep}`,
    );
    this.#remove = database.prepareWrite("DELETE FROM block WHERE id = ?");
  }

  /** Takes a block with all its records out of its log. */
  add(block: number): void {
    this.#empty.run(block);
    this.#index.removeBlock(block);
  }

  /** Deletes a few rows that are older than this block, and not near to it; returns their number. */
  removeBefore(block: number): number {
    const found = this.#oldest.all().map((one) => Number(row(one)[0])).filter((id) =>
      id < block - rowsBetween
    );
    for (const id of found) this.#remove.run(id);
    return found.length;
  }
}
