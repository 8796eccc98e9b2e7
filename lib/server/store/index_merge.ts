/**
 * Merging the search index. FTS5 writes a small part for each transaction, and a search asks every part, so small parts
 * become larger ones. FTS5 would merge by itself inside a commit, 20 ms at a time, so that is off while it has fewer than
 * 64 parts of one size (schema.ts): here it takes steps of less than a millisecond.
 *
 * An entry that the retention removes needs more space than before, and its words stay in the file, until all parts are
 * merged into one. Without it, a history that stays at its limit has an index that grows without end. So all is merged
 * when much was removed, and a day after the first removal. (An erasure leaves no words; see index_entries.ts.)
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
/** Words of removed records stay in the index for so long at most, and until the merge ends. */
const longestMs = 24 * 3_600_000;

/** Merges the small parts, and the whole index when much was removed. */
export class IndexMerge {
  readonly #merge: WriteStatement;
  readonly #changes: StatementSync;
  readonly #since: StatementSync;
  readonly #saveSince: WriteStatement;
  #removed = 0;
  /** The time of the first removal since the last merge of everything, 0 without one; undefined before the first merge. */
  #sinceMs: number | undefined;
  #isMerging = false;
  /** The write-ahead log can have words that such a merge removed. */
  needsScrub = false;
  /** The transactions since the small parts were merged; an earlier run can have left some. */
  #parts = mostParts;

  constructor(database: Database) {
    this.#merge = database.prepareWrite(
      "INSERT INTO words (words, rank) VALUES ('merge', CAST(? AS INTEGER))",
      { isDerived: true },
    );
    this.#changes = database.prepareArrays("SELECT total_changes()");
    this.#since = database.prepareArrays("SELECT value FROM progress WHERE name = 'removed since'");
    this.#saveSince = database.prepareWrite(
      "INSERT OR REPLACE INTO progress (name, value) VALUES ('removed since', ?)",
      { isDerived: true },
    );
    this.load();
  }

  /** Reads the progress again, after a rollback. */
  load(): void {
    const [since] = row(this.#since.get());
    this.#sinceMs = since === undefined ? undefined : Number(since);
    this.#isMerging = false;
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

  /**
   * One step, if there is something to do in a history of this size; true if more is to do. `nowMs` is the time since
   * 1970. Only inside change().
   */
  step(historyBytes: number, nowMs: number): boolean {
    const isMuch = this.#removed >= Math.max(leastRemoved, historyBytes * removedShare);
    const isFirst = !this.#isMerging;
    if (isFirst) {
      // Versions before this row did not count what they removed.
      if (this.#sinceMs === undefined || (this.#sinceMs === 0 && this.#removed > 0)) {
        this.#removedSince(Math.floor(nowMs));
      }
      // A clock that was ahead can have given the time.
      const isLate = this.#sinceMs !== 0 && Math.abs(nowMs - (this.#sinceMs ?? nowMs)) >= longestMs;
      if (!isMuch && !isLate) return false;
      this.#removed = 0;
    }
    // A negative number begins a merge of everything.
    this.#isMerging = this.#run(isFirst ? -pagesPerStep : pagesPerStep);
    if (!this.#isMerging) {
      this.#removedSince(this.#removed > 0 ? Math.floor(nowMs) : 0);
      this.needsScrub = true;
    }
    return this.#isMerging;
  }

  #removedSince(ms: number): void {
    this.#sinceMs = ms;
    this.#saveSince.run(ms);
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
