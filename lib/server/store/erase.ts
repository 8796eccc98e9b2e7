/**
 * Erasing: one message (redaction) or all of an account. The text leaves the history, the search index and the write-ahead
 * log, so that nothing of it is left in any file. A record's place stays, empty.
 */
import type { StatementSync } from "node:sqlite";
import type { Saved } from "./block.ts";
import { logOf, row } from "./conversation.ts";
import type { Database } from "./database.ts";
import type { History, View } from "./history.ts";
import type { SearchIndex } from "./search.ts";

/** Hits erased in one step. */
const hitsPerStep = 32;

/** Takes records out of everything that has them. */
export class Eraser {
  readonly #database: Database;
  readonly #history: History;
  readonly #index: SearchIndex;
  readonly #jobs: StatementSync;
  readonly #addJob: StatementSync;
  readonly #endJob: StatementSync;
  readonly #remember: StatementSync;
  #leftovers = false;

  constructor(database: Database, history: History, index: SearchIndex) {
    this.#database = database;
    this.#history = history;
    this.#index = index;
    this.#jobs = database.prepareArrays("SELECT identity, until FROM forgetting");
    this.#addJob = database.prepare(
      "INSERT INTO forgetting (identity, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until",
    );
    this.#endJob = database.prepare("DELETE FROM forgetting WHERE identity = ?");
    this.#remember = database.prepare(
      "INSERT INTO redaction (stamp, conversation) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
  }

  /**
   * Erases the record with this stamp; false when there is none in these views. That it was taken back is kept either way:
   * it may be gone here already, and not on a machine that was away.
   */
  redact(views: readonly View[], stamp: number): boolean {
    for (const view of views) {
      const found = this.#history.locate(view, stamp);
      if (found === undefined) continue;
      this.#erase(found.block, logOf(view.conversation, found.stream), found.first, found.records, [
        found.place,
      ]);
      this.#keepRedaction(view, stamp);
      return true;
    }
    for (const view of views) this.#keepRedaction(view, stamp);
    return false;
  }

  /** All that this account said and did up to a stamp is to go; step() does it. `account` is folded. */
  forget(account: string, until: number): void {
    this.#database.attempt(() => this.#addJob.run(account, until));
  }

  /** One step of what forget() began; the index must have followed everything. True when more is to be done. */
  step(): boolean {
    const [account, until] = row(this.#jobs.get());
    if (account === undefined) return false;
    const hits = this.#index.search({
      logs: [],
      account: String(account),
      before: Number(until) + 1,
      from: "start",
      limit: hitsPerStep,
    });
    this.#database.write();
    if (hits.length === 0) this.#endJob.run(String(account));
    for (const [block, places] of Map.groupBy(hits, (hit) => hit.block)) {
      const found = this.#history.load(block);
      if (found) this.#erase(block, found.log, found.first, found.records, places.map(({ place }) => place));
    }
    return true;
  }

  /** Whether erased text may still be in the write-ahead log; then scrub() is due. */
  get leftovers(): boolean {
    return this.#leftovers;
  }

  /** Empties the write-ahead log. */
  scrub(): void {
    if (this.#database.scrub()) this.#leftovers = false;
  }

  #keepRedaction({ conversation }: View, stamp: number): void {
    this.#database.attempt(() => this.#remember.run(stamp, conversation));
  }

  #erase(
    block: number,
    log: number,
    first: number,
    records: readonly Saved[],
    places: readonly number[],
  ): void {
    this.#index.remove(block, log, records, { places, secure: true });
    const left = records.map((one, place) => places.includes(place) ? { ...one, record: "" } : one);
    this.#history.rewrite(block, first, left);
    this.#leftovers = true;
  }
}
