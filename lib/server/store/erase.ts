/**
 * Erasing one message (redaction), or everything from an account. The text is removed from the history, the search
 * index and the write-ahead log, so that no file contains it any more. The place of a record stays, empty, as long as
 * its block has other records. The records of an account are hidden at once, and erased step by step.
 */
import type { StatementSync } from "node:sqlite";
import { utf8Bytes } from "../../irc/lines.ts";
import { parse } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { StoredRecord } from "./block.ts";
import { logOf, row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
import type { Deletion, Deletions } from "./deletions.ts";
import type { History } from "./history.ts";
import type { HistoryView } from "./history_reader.ts";
import type { SearchIndex } from "./search.ts";
import type { SearchHit } from "./search_request.ts";

/** Records erased in one step. */
const hitsPerStep = 2;

/** Erases records wherever they are stored. */
export class Eraser {
  readonly #database: Database;
  readonly #history: History;
  readonly #index: SearchIndex;
  readonly #jobs: StatementSync;
  readonly #addJob: WriteStatement;
  readonly #endJob: WriteStatement;
  readonly #deletions: Deletions;
  readonly #removeBlock: WriteStatement;
  /** The accounts whose records up to a stamp are being erased. */
  readonly #hidden = new Map<Folded, number>();
  /** Records whose erasure waits until the disk can be read. */
  readonly #redacting = new Set<number>();
  /** Blocks without a record that must stay while they are the newest. */
  readonly #empty = new Set<number>();
  #needsScrub = false;
  /**
   * The last entry that the current job erased, so that its next step does not search the whole index. The job ends when
   * a search from the start finds nothing.
   */
  #erasedUntil = -1;
  /** The search for the next records; it has steps of its own. */
  #searching: Generator<void, SearchHit[]> | undefined;

  constructor(database: Database, history: History, index: SearchIndex, deletions: Deletions) {
    this.#database = database;
    this.#history = history;
    this.#deletions = deletions;
    this.#index = index;
    this.#jobs = database.prepareArrays("SELECT identity, until FROM forgetting");
    this.#addJob = database.prepareWrite(
      "INSERT INTO forgetting (identity, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until",
    );
    this.#endJob = database.prepareWrite("DELETE FROM forgetting WHERE identity = ?");
    // The newest block always stays: the next stamps must be higher than its stamps.
    this.#removeBlock = database.prepareWrite(
      "DELETE FROM block WHERE id = ? AND id < (SELECT max(id) FROM block) RETURNING log, count, octet_length(records)",
    );
    this.#loadHidden();
  }

  /**
   * Erases the record with this stamp; false if it is not in these views. In both cases the deletion is recorded: the
   * record can be missing here and still exist on a machine that was offline.
   */
  redact(views: readonly HistoryView[], stamp: number, deletion?: Deletion): boolean {
    this.#history.reader.erasures++;
    let isFound = false;
    this.#redacting.add(stamp);
    this.#database.change(() => {
      isFound = this.#redactNow(views, stamp, deletion);
      this.#redacting.delete(stamp);
      this.#hide();
    });
    this.#hide();
    return isFound;
  }

  #redactNow(views: readonly HistoryView[], stamp: number, deletion?: Deletion): boolean {
    for (const view of views) {
      const found = this.#history.locate(view, stamp);
      if (found === undefined) continue;
      this.#erase(found.block, logOf(view.conversation, found.stream), found.first, found.records, [
        found.place,
      ]);
      this.#deletions.save(view.conversation, stamp, deletion);
      return true;
    }
    for (const view of views) this.#deletions.save(view.conversation, stamp, deletion);
    return false;
  }

  /**
   * Hides all records of this account up to a stamp, and schedules their erasure; step() erases them. `account` is
   * folded.
   */
  scheduleErasure(account: string, until: number): void {
    this.#history.reader.erasures++;
    this.#database.change(() => this.#addJob.run(account, until));
    this.#deletions.removeReasons(account);
    this.#needsScrub = true;
    this.#searching = undefined;
    this.#hidden.set(fold(account), until);
    this.#hide();
  }

  /** Whether a record waits for its erasure, so that nobody can see it. */
  isHidden({ stamp, record }: StoredRecord): boolean {
    if (this.#redacting.has(stamp)) return true;
    if (this.#hidden.size === 0) return false;
    const account = record.startsWith("@")
      ? parse(record.split("\r", 1)[0] ?? "")?.tags.get("account")
      : undefined;
    return account !== undefined && stamp <= (this.#hidden.get(fold(account)) ?? -1);
  }

  /**
   * Runs one step of the scheduled erasures; the index must be complete. Only inside Database.attempt(). True if more is
   * to do.
   */
  step(): boolean {
    const [account, until] = row(this.#jobs.get());
    if (account === undefined) return false;
    this.#searching ??= this.#index.searchInSteps({
      logs: [],
      account: String(account),
      before: Number(until) + 1,
      from: "start",
      limit: hitsPerStep,
      afterEntry: this.#erasedUntil,
    });
    const { done, value: hits } = this.#searching.next();
    if (!done) return true;
    this.#searching = undefined;
    const isFromStart = this.#erasedUntil < 0;
    this.#erasedUntil = hits.at(-1)?.entry ?? -1;
    if (hits.length === 0 && isFromStart) {
      this.#endJob.run(String(account));
      this.#loadHidden();
    }
    for (const [block, places] of Map.groupBy(hits, (hit) => hit.block)) {
      const found = this.#history.load(block);
      if (found) this.#erase(block, found.log, found.first, found.records, places.map(({ place }) => place));
    }
    return true;
  }

  /** Whether records of an account wait for their erasure. */
  get isBusy(): boolean {
    return this.#hidden.size > 0;
  }

  /** Whether the write-ahead log can still contain erased text; then call scrub(). */
  get needsScrub(): boolean {
    return this.#needsScrub;
  }

  /** Empties the write-ahead log. */
  scrub(): void {
    if (this.#database.scrub()) this.#needsScrub = false;
  }

  #erase(
    block: number,
    log: number,
    first: number,
    records: readonly StoredRecord[],
    places: readonly number[],
  ): void {
    this.#index.remove(block, log, records, { places, secure: true });
    const remaining = records.map((one, place) => places.includes(place) ? { ...one, record: "" } : one);
    const erased = places.map((place) => records[place]?.record ?? "").filter((record) => record !== "");
    this.#history.rewrite(block, first, remaining, erased.length);
    const bytes = erased.reduce((sum, record) => sum + utf8Bytes(record), 0);
    this.#index.uncount(block, log, { count: erased.length, bytes });
    this.#needsScrub = true;
    if (remaining.every(({ record }) => record === "")) this.#empty.add(block);
    if (this.#empty.size > 0) this.#removeEmptyBlocks();
  }

  /** Deletes blocks without a record, because every reader would have to pass them. */
  #removeEmptyBlocks(): void {
    for (const block of this.#empty) {
      const [log, count, bytes] = row(this.#removeBlock.get(block));
      if (log === undefined) continue;
      this.#empty.delete(block);
      // Older versions counted erased records.
      this.#index.uncount(block, Number(log), { count: Number(count), bytes: Number(bytes) });
    }
  }

  #loadHidden(): void {
    this.#hidden.clear();
    for (const [account, until] of this.#database.read(() => this.#jobs.all().map(row), [])) {
      this.#hidden.set(fold(String(account)), Number(until));
    }
    this.#hide();
  }

  /** A read of history asks for each record, so it asks nothing while nothing is being erased. */
  #hide(): void {
    const isNeeded = this.#hidden.size + this.#redacting.size > 0;
    this.#history.reader.isHidden = isNeeded ? (saved) => this.isHidden(saved) : undefined;
  }
}
