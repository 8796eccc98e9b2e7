/**
 * Erasing one message (redaction), or everything from an account. The text is removed from the history, the search
 * index and the write-ahead log, so that no file contains it any more. The place of a record stays, empty, as long as
 * its block has other records. The records of an account, and a message with many words (long_erasures.ts), are hidden
 * at once, and erased step by step.
 */
import type { StatementSync } from "node:sqlite";
import { parse } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { StoredRecord } from "./block.ts";
import { logOf, row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
import type { Deletion, Deletions } from "./deletions.ts";
import { EmptyBlocks } from "./empty_blocks.ts";
import { emptyRecords, type FoundBlock } from "./empty_records.ts";
import type { History } from "./history.ts";
import type { HistoryView } from "./history_reader.ts";
import { entryAt, placeOf } from "./index_entries.ts";
import type { SearchIndex } from "./search.ts";
import type { SearchHit } from "./search_request.ts";

/** Characters of records that are erased in one step; together they have about 25 words. */
const charactersPerStep = 256;
/** More records are not erased in one step. */
const recordsPerStep = 4;

/** Erases records wherever they are stored. */
export class Eraser {
  readonly #database: Database;
  readonly #history: History;
  readonly #index: SearchIndex;
  readonly #jobs: StatementSync;
  readonly #addJob: WriteStatement;
  readonly #endJob: WriteStatement;
  readonly #deletions: Deletions;
  readonly #emptyBlocks: EmptyBlocks;
  readonly #emptied: StatementSync;
  /** The accounts whose records up to a stamp are being erased. */
  readonly #hidden = new Map<Folded, number>();
  /** Records whose erasure waits until the disk can be read. */
  readonly #redacting = new Set<number>();
  /** Blocks without a record that must stay while they are the newest. */
  readonly #empty = new Set<number>();
  /** A server that was killed leaves a log, and it can have had something to erase from it. */
  #needsScrub = true;
  /** The pass of the current job through the records of its account. A job ends with a pass that finds nothing. */
  #pass: Generator<SearchHit[] | undefined, undefined> | undefined;
  #hasErased = false;

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
    this.#emptied = database.prepareArrays(
      "SELECT log, count, octet_length(records) FROM block WHERE id = ? AND id < (SELECT max(id) FROM block)",
    );
    this.#emptyBlocks = new EmptyBlocks(database, this.#index);
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
      this.#erase({ ...found, log: logOf(view.conversation, found.stream) }, [found.place]);
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
    this.#pass = undefined;
    this.#hasErased = false;
    this.#hidden.set(fold(account), until);
    this.#hide();
  }

  /** Whether a record waits for its erasure, so that nobody can see it. */
  isHidden({ stamp, record }: StoredRecord): boolean {
    if (this.#redacting.has(stamp) || this.#index.entries.long.has(stamp)) return true;
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
    if (this.#stepLong()) return true;
    const [account, until] = row(this.#jobs.get());
    if (account === undefined) return false;
    this.#pass ??= this.#batchesOf(String(account), Number(until));
    const { done, value: batch } = this.#pass.next();
    if (batch !== undefined) {
      this.#hasErased = true;
      const [{ block } = { block: 0 }] = batch;
      const found = this.#history.load(block);
      if (found) this.#erase({ ...found, block }, batch.map(({ place }) => place));
    }
    if (!done) return true;
    this.#pass = undefined;
    if (!this.#hasErased) {
      this.#endJob.run(String(account));
      this.#loadHidden();
    }
    this.#hasErased = false;
    return true;
  }

  /** The records of an account up to a stamp that are erased together; undefined for work that found none. */
  *#batchesOf(account: string, until: number): Generator<SearchHit[] | undefined, undefined> {
    let batch: SearchHit[] = [];
    const search = { logs: [], account, before: until + 1, from: "start", limit: Infinity } as const;
    for (const hit of this.#index.candidates(search)) {
      if (batch.length > 0 && (hit?.block !== batch[0]?.block || isEnough(batch))) {
        yield batch;
        batch = [];
      }
      if (hit === undefined) yield undefined;
      else if (hit.stamp <= until && hit.record !== "") batch.push(hit);
    }
    if (batch.length > 0) yield batch;
  }

  /** Removes some words of a long record, or all that is left of it; false if none waits. */
  #stepLong(): boolean {
    const { long } = this.#index.entries;
    const entry = long.first;
    if (entry === undefined) return false;
    const { block, place } = placeOf(entry);
    const found = this.#history.load(block);
    const record = found?.records[place]?.record ?? "";
    this.#needsScrub = true;
    if (found !== undefined && record !== "") {
      const isIndexed = this.#index.contains(block);
      if (isIndexed && this.#index.entries.removeSlice(entry, found.log, record)) return true;
      this.#eraseNow({ ...found, block }, [place]);
    }
    long.end(entry);
    this.#hide();
    return true;
  }

  /** Whether records that nobody can see wait for their erasure. */
  get isBusy(): boolean {
    return this.#hidden.size > 0 || this.#index.entries.long.size > 0;
  }

  /** Whether the write-ahead log can still contain erased text; then call scrub(). */
  get needsScrub(): boolean {
    return this.#needsScrub || this.#index.merge.needsScrub;
  }

  /** Empties the write-ahead log. */
  scrub(): void {
    if (this.#database.scrub()) this.#needsScrub = this.#index.merge.needsScrub = false;
  }

  /** Erases records of a block; the long ones are hidden, and lose their words in later steps. */
  #erase(found: FoundBlock, places: readonly number[]): void {
    const { block, log, records } = found;
    const { entries } = this.#index;
    const isIndexed = this.#index.contains(block);
    const { long = [], short = [] } = Object.groupBy(
      places,
      (place) => isIndexed && entries.isLong(log, records[place]?.record ?? "") ? "long" : "short",
    );
    for (const place of long) entries.long.add(entryAt(block, place), records[place]?.stamp ?? 0);
    if (long.length > 0) this.#hide();
    if (short.length > 0) this.#eraseNow(found, short);
  }

  #eraseNow(found: FoundBlock, places: readonly number[]): void {
    const { isEmpty } = emptyRecords(this.#history, this.#index, found, { places, secure: true });
    this.#needsScrub = true;
    if (isEmpty) this.#empty.add(found.block);
    if (this.#empty.size > 0) this.#removeEmptyBlocks();
  }

  /** Takes blocks without a record out of their logs, because every reader would have to pass them. */
  #removeEmptyBlocks(): void {
    for (const block of this.#empty) {
      const [log, count, bytes] = row(this.#emptied.get(block));
      if (log === undefined) continue;
      this.#emptyBlocks.add(block);
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
    const isNeeded = this.isBusy || this.#redacting.size > 0;
    this.#history.reader.isHidden = isNeeded ? (saved) => this.isHidden(saved) : undefined;
  }
}

function isEnough(batch: readonly SearchHit[]): boolean {
  return batch.length >= recordsPerStep ||
    batch.reduce((sum, { record }) => sum + record.length, 0) >= charactersPerStep;
}
