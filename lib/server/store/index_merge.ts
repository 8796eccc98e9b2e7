/**
 * Merging the search index. FTS5 writes a small part for each transaction, and a search asks every part, so small parts
 * become larger ones. FTS5 would merge by itself inside a commit, 20 ms at a time, so that is off while it has fewer than
 * 64 parts of one size (schema.ts): here it takes steps of less than a millisecond.
 *
 * An entry that is removed needs more space than before, until all parts are merged into one. Without it, a history that
 * stays at its limit has an index that grows without end.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** The pages that one step writes; it takes half a millisecond. */
const pagesPerStep = 2;
/** The small parts are merged after so many transactions. */
const mostParts = 8;
/** The index is merged when so many bytes, and this share of the history, were removed. */
const leastRemoved = 1024 * 1024;
const removedShare = 0.25;

/** Merges the small parts, and the whole index when much was removed. */
export class IndexMerge {
  readonly #merge: WriteStatement;
  readonly #changes: StatementSync;
  #removed = 0;
  #isMerging = false;
  /** The transactions since the small parts were merged; an earlier run can have left some. */
  #parts = mostParts;

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

  /** This transaction changes the index. */
  countPart(): void {
    this.#parts++;
  }

  /** One step of merging the small parts; false if they are few enough. Only inside change(). */
  stepParts(): boolean {
    if (this.#parts < mostParts) return false;
    if (this.#run(pagesPerStep)) return true;
    this.#parts = 0;
    return false;
  }

  /** One step, if there is something to do in a history of this size; true if more is to do. Only inside change(). */
  step(historyBytes: number): boolean {
    const isFirst = !this.#isMerging;
    if (isFirst && this.#removed < Math.max(leastRemoved, historyBytes * removedShare)) return false;
    if (isFirst) this.#removed = 0;
    // A negative number begins a merge of everything.
    return this.#isMerging = this.#run(isFirst ? -pagesPerStep : pagesPerStep);
  }

  /** Writes so many pages; false if there was nothing to merge. */
  #run(pages: number): boolean {
    const before = this.#total();
    this.#merge.run(pages);
    // One change is the command itself.
    return this.#total() - before >= 2;
  }

  #total(): number {
    return Number(row(this.#changes.get())[0]);
  }
}
