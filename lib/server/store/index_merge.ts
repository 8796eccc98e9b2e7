/**
 * Merging the search index: an entry that is removed needs more space than before, until all parts of the index are
 * merged into one. Without it, a history that stays at its limit has an index that grows without end.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** The pages that one step writes; it takes some milliseconds. */
const pagesPerStep = 8;
/** The index is merged when so many bytes, and this share of the history, were removed. */
const leastRemoved = 1024 * 1024;
const removedShare = 0.25;

/** Merges the index when much was removed. */
export class IndexMerge {
  readonly #merge: WriteStatement;
  readonly #changes: StatementSync;
  #removed = 0;
  #isMerging = false;

  constructor(database: Database) {
    this.#merge = database.prepareWrite(
      "INSERT INTO words (words, rank) VALUES ('merge', CAST(? AS INTEGER))",
      { isDerived: true },
    );
    this.#changes = database.prepareArrays("SELECT total_changes()");
  }

  /** Records with so many bytes were removed. */
  count(bytes: number): void {
    this.#removed += bytes;
  }

  /** One step, if there is something to do in a history of this size; true if more is to do. Only inside change(). */
  step(historyBytes: number): boolean {
    const isFirst = !this.#isMerging;
    if (isFirst && this.#removed < Math.max(leastRemoved, historyBytes * removedShare)) return false;
    if (isFirst) this.#removed = 0;
    const before = this.#total();
    // A negative number begins a merge of everything.
    this.#merge.run(isFirst ? -pagesPerStep : pagesPerStep);
    // One change is the command itself.
    return this.#isMerging = this.#total() - before >= 2;
  }

  #total(): number {
    return Number(row(this.#changes.get())[0]);
  }
}
