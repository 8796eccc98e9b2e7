/**
 * The search index (FTS5, without a copy of the text). It processes the blocks in their order and stores its progress.
 * It advances in steps when there is time and before a search, never while a message is being delivered. A search reads
 * the blocks that it does not contain yet one by one: they are many only while the index is built again. The id of an
 * entry contains block and place, so a hit leads directly to its record.
 */
import type { StatementSync } from "node:sqlite";
import { decodeBlock, type StoredRecord } from "./block.ts";
import { row } from "./conversation.ts";
import type { CommitParticipant } from "./commit_participants.ts";
import type { Database, WriteStatement } from "./database.ts";
import { SearchSections } from "./search_sections.ts";
import { type CompiledSearch, compileSearch, entryOf, inSection, type SearchTerms } from "./index_words.ts";
import { runAtOnce } from "./steps.ts";

/** Ids per block in the numbering of entries; more than maxRecords. */
const placesPerBlock = 1024;

/** Blocks of one tick are not ordered; ten seconds, in stamps, are longer than any tick. */
const slack = 10_000 * 1024;

/** The time after which a search lets the chat continue, checked after each section and each few blocks. */
const sliceMs = 4;

/** Blocks that are read at once, where the index does not contain them. */
const blocksAtOnce = 16;

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

/** The entries and blocks that a search reads, by their ids; `low` and `high` are not included. */
interface SearchBounds {
  readonly low: number;
  readonly high: number;
  /** The last block that the index contains. */
  readonly lastIndexed: number;
}

/** The index and its progress. */
export class SearchIndex implements CommitParticipant {
  readonly #database: Database;
  readonly #sections: SearchSections;
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
  readonly #blocksAfter: StatementSync;
  readonly #blocksBefore: StatementSync;
  readonly #startAt: StatementSync;
  readonly #bounds: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    const derived = { isDerived: true };
    this.#sections = new SearchSections(database);
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
    this.#oldest = database.prepareArrays(hits);
    this.#latest = database.prepareArrays(`${hits} DESC`);
    this.#block = database.prepareArrays("SELECT log, first, records FROM block WHERE id = ?");
    const blocks = "SELECT id, log, first, records FROM block WHERE id > ? AND id < ? ORDER BY id";
    this.#blocksAfter = database.prepareArrays(`${blocks} LIMIT ${blocksAtOnce}`);
    this.#blocksBefore = database.prepareArrays(`${blocks} DESC LIMIT ${blocksAtOnce}`);
    this.#startAt = database.prepareArrays("SELECT id, first FROM block WHERE id >= ? ORDER BY id LIMIT 1");
    // One query for both bounds would read all rows.
    this.#bounds = database.prepareArrays("SELECT (SELECT min(id) FROM block), (SELECT max(id) FROM block)");
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
      this.#sections.save();
      this.#saveProgress.run(this.#lastIndexed);
      if (performance.now() >= deadline) return true;
    }
  }

  /** The matches, oldest first. */
  search(search: SearchRequest): SearchHit[] {
    return runAtOnce(this.searchInSteps(search));
  }

  /** The same in steps of some milliseconds. */
  *searchInSteps(search: SearchRequest): Generator<void, SearchHit[]> {
    const compiled = compileSearch(search);
    if (compiled === undefined) return [];
    const { after = -1, before = Number.MAX_SAFE_INTEGER, limit, isVisible = () => true } = search;
    const found: SearchHit[] = [];
    let restMs = performance.now() + sliceMs;
    for (const hit of this.#candidates(search, compiled)) {
      if (hit && hit.stamp > after && hit.stamp < before && isVisible(hit)) found.push(hit);
      if (found.length >= limit) break;
      if (performance.now() < restMs) continue;
      yield;
      restMs = performance.now() + sliceMs;
    }
    return search.from === "start" ? found : found.reverse();
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
    const section = this.#sections.nameFor(block);
    for (const [place, { record }] of records.entries()) {
      if (options.places && !options.places.includes(place)) continue;
      this.#run(this.#remove, { section, block, log, place, record });
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
    this.#sections.load();
  }

  #insertRecords(block: number, log: number, records: readonly StoredRecord[]): void {
    const section = this.#sections.nameForNew(block);
    for (const [place, { record }] of records.entries()) {
      this.#sections.count(this.#run(this.#insert, { section, block, log, place, record }));
    }
  }

  /** Inserts or removes the entry of a record; returns the number of its words. */
  #run(
    statement: WriteStatement,
    one: { section: string; block: number; log: number; place: number; record: string },
  ): number {
    const { section, block, log, place, record } = one;
    const entry = record === "" ? undefined : entryOf(log, record);
    if (entry === undefined) return 0;
    statement.run(
      block * placesPerBlock + place,
      inSection(section, entry.keys),
      inSection(section, entry.text),
    );
    return entry.keys.length + entry.text.length;
  }

  /** The records that match, in the direction of the search; undefined for work without a match. */
  *#candidates(search: SearchRequest, compiled: CompiledSearch): Generator<SearchHit | undefined> {
    const { after = -1, before = Number.MAX_SAFE_INTEGER, afterEntry = -1 } = search;
    const bounds = {
      low: Math.max(afterEntry, this.#blockAt(after - slack) * placesPerBlock - 1),
      high: (this.#blockAt(before + slack) + 1) * placesPerBlock,
      lastIndexed: this.#lastIndexed,
    };
    if (search.from === "start") {
      yield* this.#indexed(bounds, compiled, true);
      yield* this.#notIndexed(bounds, search, compiled);
    } else {
      yield* this.#notIndexed(bounds, search, compiled);
      yield* this.#indexed(bounds, compiled, false);
    }
  }

  *#indexed(
    { low, high, lastIndexed }: SearchBounds,
    compiled: CompiledSearch,
    isForwards: boolean,
  ): Generator<SearchHit | undefined> {
    const end = Math.min(high, (lastIndexed + 1) * placesPerBlock);
    const oldest = Number(row(this.#bounds.get())[0] ?? 0);
    const sections = this.#sections.between(Math.max(oldest, blockOf(low)), blockOf(end));
    for (const name of isForwards ? sections : sections.reverse()) {
      const statement = isForwards ? this.#oldest : this.#latest;
      const entries = statement.all(compiled.query(name), low, end).map((one) => Number(row(one)[0]));
      for (const hit of this.#load(entries)) {
        yield compiled.isExact || compiled.matches(hit.log, hit.record) ? hit : undefined;
      }
      yield undefined;
    }
  }

  /** The matches in the blocks that the index did not contain when the search began. */
  *#notIndexed(
    { low, high, lastIndexed }: SearchBounds,
    search: SearchRequest,
    compiled: CompiledSearch,
  ): Generator<SearchHit | undefined> {
    const isForwards = search.from === "start";
    const logs = new Set(search.logs);
    let [from, to] = [Math.max(lastIndexed, blockOf(low) - 1), blockOf(high)];
    for (;;) {
      const blocks = (isForwards ? this.#blocksAfter : this.#blocksBefore).all(from, to).map(row);
      for (const [id, log, first, records] of blocks) {
        if (isForwards) from = Number(id);
        else to = Number(id);
        if (logs.size > 0 && !logs.has(Number(log))) continue;
        const hits = decodeBlock(Number(first), String(records))
          .map((saved, place) => hitOf(saved, Number(id), place, Number(log)));
        for (const hit of isForwards ? hits : hits.reverse()) {
          if (hit.entry > low && hit.record !== "" && compiled.matches(hit.log, hit.record)) yield hit;
        }
        yield undefined;
      }
      if (blocks.length < blocksAtOnce) return;
    }
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
      if (saved !== undefined) yield hitOf(saved, block, place, log);
    }
  }

  /** The last block that starts at or before the stamp; ids grow with stamps. */
  #blockAt(stamp: number): number {
    let low = 0;
    let high = Number(row(this.#bounds.get())[1] ?? 0);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [id, first] = row(this.#startAt.get(middle));
      if (id !== undefined && Number(first) <= stamp) low = Number(id) > high ? high : Number(id);
      else high = middle - 1;
    }
    return low;
  }
}

function hitOf(saved: StoredRecord, block: number, place: number, log: number): SearchHit {
  return { ...saved, block, place, log, entry: block * placesPerBlock + place };
}

function blockOf(entry: number): number {
  return Math.max(0, Math.floor(entry / placesPerBlock));
}
