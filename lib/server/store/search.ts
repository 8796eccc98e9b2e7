/**
 * The search index (FTS5, without a copy of the text). It processes the blocks in their order and stores its progress.
 * It advances in steps when there is time and before a search, never while a message is being delivered. The id of an
 * entry contains block and place, so a hit leads directly to its record.
 */
import type { StatementSync } from "node:sqlite";
import { decodeBlock, type StoredRecord } from "./block.ts";
import { row } from "./conversation.ts";
import type { CommitParticipant, Database, WriteStatement } from "./database.ts";
import { runAtOnce } from "./steps.ts";
import { entryOf, type IndexEntry, queryOf, type SearchTerms } from "./search_words.ts";

/** Ids per block in the numbering of entries; more than maxRecords. */
const placesPerBlock = 1024;

/** Blocks of one tick are not ordered; ten seconds, in stamps, are longer than any tick. */
const slack = 10_000 * 1024;

/** The most matches of one step of a search. */
const mostPerStep = 16_384;

/** A record that was found. */
export interface SearchHit extends StoredRecord {
  readonly block: number;
  readonly place: number;
  readonly log: number;
  /** The id of its entry: grows with time. */
  readonly entry: number;
}

/** The parameters of a search. */
export interface SearchRequest extends SearchTerms {
  /** Stamps; both bounds are excluded. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Only entries after this entry. */
  readonly afterEntry?: number | undefined;
  readonly limit: number;
  /** Hits for which it returns false are left out and do not count towards the limit. */
  readonly isVisible?: ((hit: SearchHit) => boolean) | undefined;
  /** If there are more: the oldest or the newest. */
  readonly from: "start" | "end";
}

/** The index and its progress. */
export class SearchIndex implements CommitParticipant {
  readonly #database: Database;
  #lastIndexed = 0;
  readonly #progress: StatementSync;
  readonly #next: StatementSync;
  readonly #saveProgress: WriteStatement;
  readonly #insert: WriteStatement;
  readonly #remove: WriteStatement;
  readonly #configure: WriteStatement;
  readonly #count: WriteStatement;
  readonly #oldest: StatementSync;
  readonly #latest: StatementSync;
  readonly #block: StatementSync;
  readonly #startAt: StatementSync;
  readonly #newestId: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    const derived = { isDerived: true };
    this.#next = database.prepareArrays(
      "SELECT id, log, first, count, records FROM block WHERE id > ? ORDER BY id LIMIT 16",
    );
    this.#saveProgress = database.prepareWrite(
      "INSERT INTO progress (name, value) VALUES ('followed', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      derived,
    );
    this.#insert = database.prepareWrite("INSERT INTO words (rowid, keys, text) VALUES (?, ?, ?)", derived);
    this.#remove = database.prepareWrite(
      "INSERT INTO words (words, rowid, keys, text) VALUES ('delete', ?, ?, ?)",
      derived,
    );
    this.#configure = database.prepareWrite(
      "INSERT INTO words (words, rank) VALUES ('secure-delete', CAST(? AS INTEGER))",
      derived,
    );
    this.#count = database.prepareWrite(
      `UPDATE conversation SET messages = messages + iif(?1 & 1, 0, ?2), events = events + iif(?1 & 1, ?2, 0)
       WHERE id = ?1 >> 1`,
      derived,
    );
    const hits = "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? AND rowid < ? ORDER BY rowid";
    this.#oldest = database.prepareArrays(`${hits} LIMIT ?`);
    this.#latest = database.prepareArrays(`${hits} DESC LIMIT ?`);
    this.#block = database.prepareArrays("SELECT log, first, records FROM block WHERE id = ?");
    this.#startAt = database.prepareArrays("SELECT id, first FROM block WHERE id >= ? ORDER BY id LIMIT 1");
    this.#newestId = database.prepareArrays("SELECT max(id) FROM block");
    this.#progress = database.prepareArrays("SELECT value FROM progress WHERE name = 'followed'");
    this.rolledBack();
  }

  /** Adds the next blocks until `deadline` (performance.now()). True if there are more. */
  advance(deadline: number): boolean {
    this.#database.insertPending();
    for (;;) {
      const blocks = this.#next.all(this.#lastIndexed);
      if (blocks.length === 0) return false;
      for (const block of blocks) {
        const [id, log, first, count, records] = row(block);
        this.#insertRecords(Number(id), Number(log), decodeBlock(Number(first), String(records)));
        this.#count.run(Number(log), Number(count));
        this.#lastIndexed = Number(id);
        if (performance.now() >= deadline) break;
      }
      this.#saveProgress.run(this.#lastIndexed);
      if (performance.now() >= deadline) return true;
    }
  }

  /** The matches, oldest first. Records after the last advance() are not found. */
  search(search: SearchRequest): SearchHit[] {
    return runAtOnce(this.searchInSteps(search));
  }

  /**
   * The same in steps, for a search with many matches that are not visible. Each step asks the index once for more
   * matches than the step before, because every question costs as much as the words have matches
   * (findings/fts5_prefix_reads_all_matches.sh).
   */
  *searchInSteps(search: SearchRequest): Generator<void, SearchHit[]> {
    const query = queryOf(search);
    if (query === undefined) return [];
    const { after = -1, before = Number.MAX_SAFE_INTEGER, afterEntry = -1, limit, isVisible = () => true } =
      search;
    let low = Math.max(afterEntry, this.#blockAt(after - slack) * placesPerBlock - 1);
    let high = (this.#blockAt(before + slack) + 1) * placesPerBlock;
    const found: SearchHit[] = [];
    const isForwards = search.from === "start";
    for (let count = limit; found.length < limit; count = Math.min(count * 4, mostPerStep)) {
      const statement = isForwards ? this.#oldest : this.#latest;
      const entries = statement.all(query, low, high, count).map((one) => Number(row(one)[0]));
      for (const hit of this.#load(entries)) {
        if (hit.stamp <= after || hit.stamp >= before || !isVisible(hit)) continue;
        if (found.length < limit) found.push(hit);
      }
      const last = entries.at(-1);
      if (last === undefined || entries.length < count) break;
      if (isForwards) low = last;
      else high = last;
      yield;
    }
    return isForwards ? found : found.reverse();
  }

  /** Removes the records of a block, all or at some places; `secure` leaves no trace of them in the file. */
  remove(
    block: number,
    log: number,
    records: readonly StoredRecord[],
    options: { places?: readonly number[]; secure: boolean },
  ): void {
    if (block > this.#lastIndexed) return;
    if (options.secure) this.#configure.run(1);
    for (const [place, { record }] of records.entries()) {
      if (options.places && !options.places.includes(place)) continue;
      const entry = this.#entry(log, record);
      if (entry) this.#remove.run(block * placesPerBlock + place, entry.keys, entry.text);
    }
    if (options.secure) this.#configure.run(0);
  }

  /** The hits whose records are not erased by now. */
  stillStored(hits: readonly SearchHit[]): SearchHit[] {
    return hits.filter(({ entry }) => [...this.#load([entry])].some(({ record }) => record !== ""));
  }

  /** Subtracts removed records of a block from the count of their conversation. */
  uncount(block: number, log: number, count: number): void {
    if (block <= this.#lastIndexed) this.#count.run(log, -count);
  }

  readonly statements = 0;
  readonly bytes = 0;

  write(): void {}

  written(): void {}

  rolledBack(): void {
    this.#lastIndexed = Number(row(this.#progress.get())[0] ?? 0);
  }

  #insertRecords(block: number, log: number, records: readonly StoredRecord[]): void {
    for (const [place, { record }] of records.entries()) {
      const entry = this.#entry(log, record);
      if (entry) this.#insert.run(block * placesPerBlock + place, entry.keys, entry.text);
    }
  }

  #entry(log: number, record: string): IndexEntry | undefined {
    return record === "" ? undefined : entryOf(log, record);
  }

  /** Entries that follow each other are often in one block, which is decoded once. */
  *#load(entries: readonly number[]): Generator<SearchHit> {
    let loaded = -1;
    let log = 0;
    let records: readonly StoredRecord[] = [];
    for (const entry of entries) {
      const block = Math.floor(entry / placesPerBlock);
      if (block !== loaded) {
        const [foundLog, first, text] = row(this.#block.get(block));
        loaded = block;
        log = Number(foundLog);
        records = text === undefined ? [] : decodeBlock(Number(first), String(text));
      }
      const place = entry % placesPerBlock;
      const saved = records[place];
      if (saved !== undefined) yield { ...saved, block, place, log, entry };
    }
  }

  /** The last block that starts at or before the stamp; ids grow with stamps. */
  #blockAt(stamp: number): number {
    let low = 0;
    let high = Number(row(this.#newestId.get())[0] ?? 0);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [id, first] = row(this.#startAt.get(middle));
      if (id !== undefined && Number(first) <= stamp) low = Number(id) > high ? high : Number(id);
      else high = middle - 1;
    }
    return low;
  }
}
