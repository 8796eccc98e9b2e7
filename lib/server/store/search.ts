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
import { HistorySize, type SizeChange } from "./history_size.ts";
import { IndexMerge } from "./index_merge.ts";
import { turnMs } from "../../turns.ts";
import { type SearchSection, SearchSections } from "./search_sections.ts";
import { entryAt, IndexEntries, placeOf, placesPerBlock, type Removal } from "./index_entries.ts";
import { type CompiledSearch, compileSearch } from "./index_words.ts";
import type { SearchHit, SearchRequest } from "./search_request.ts";
import { runAtOnce } from "./steps.ts";

/** Blocks of one tick are not ordered; ten seconds, in stamps, are longer than any tick. */
const slack = 10_000 * 1024;

/** Entries that one question to the index finds. */
const entriesAtOnce = 512;
/** The index is asked for so many logs at most; the sections know the logs too (search_sections.ts). */
const askedLogs = 8;
/** Blocks that are read at once, where the index does not contain them. */
const blocksAtOnce = 16;

/** The entries and blocks that a search reads, by their ids; `low` and `high` are not included. */
interface SearchBounds {
  readonly low: number;
  readonly high: number;
  /** The last block that the index contains. */
  readonly lastIndexed: number;
  /** Whether a block can have a record that is searched for. */
  readonly isWithin: (log: number | undefined, block: number) => boolean;
}

/** The index and its progress. */
export class SearchIndex implements CommitParticipant {
  readonly #database: Database;
  readonly #sections: SearchSections;
  #lastIndexed = 0;
  /** The entry that is next, if only some records of the block after `lastIndexed` are in the index; otherwise 0. */
  #nextEntry = 0;
  readonly #progress: StatementSync;
  readonly #next: StatementSync;
  readonly #saveProgress: WriteStatement;
  readonly entries: IndexEntries;
  readonly merge: IndexMerge;
  readonly size: HistorySize;
  readonly #oldest: StatementSync;
  readonly #latest: StatementSync;
  readonly #block: StatementSync;
  readonly #blocksAfter: StatementSync;
  readonly #blocksBefore: StatementSync;
  readonly #startAt: StatementSync;
  readonly #bounds: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.size = new HistorySize(database);
    this.#sections = new SearchSections(database);
    this.entries = new IndexEntries(database, this.#sections);
    this.merge = new IndexMerge(database);
    this.#next = database.prepareArrays(
      "SELECT id, log, first, count, records, octet_length(records) FROM block WHERE id > ? ORDER BY id LIMIT 4",
    );
    this.#saveProgress = database.prepareWrite(
      "INSERT INTO progress (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      { isDerived: true },
    );
    const hits = "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? AND rowid < ? ORDER BY rowid";
    this.#oldest = database.prepareArrays(`${hits} LIMIT ${entriesAtOnce}`);
    this.#latest = database.prepareArrays(`${hits} DESC LIMIT ${entriesAtOnce}`);
    this.#block = database.prepareArrays("SELECT id, log, first, records FROM block WHERE id = ?");
    const blocks = "SELECT id, log, first, records FROM block WHERE id > ? AND id < ? ORDER BY id";
    this.#blocksAfter = database.prepareArrays(`${blocks} LIMIT ${blocksAtOnce}`);
    this.#blocksBefore = database.prepareArrays(`${blocks} DESC LIMIT ${blocksAtOnce}`);
    this.#startAt = database.prepareArrays("SELECT id, first FROM block WHERE id >= ? ORDER BY id LIMIT 1");
    // One query for both bounds would read all rows.
    this.#bounds = database.prepareArrays("SELECT (SELECT min(id) FROM block), (SELECT max(id) FROM block)");
    this.#progress = database.prepareArrays("SELECT value FROM progress WHERE name = ?");
    this.rolledBack();
  }

  /**
   * Adds the next records, one at least, until `deadline` (performance.now()), or merges some of the index. True if there
   * is more to do.
   */
  advance(deadline: number): boolean {
    this.#database.insertPending();
    if (this.merge.stepParts()) return true;
    const before = this.#nextEntry;
    let [isChanged, isLate] = [false, false];
    while (!isLate) {
      const blocks = this.#next.all(this.#lastIndexed);
      if (blocks.length === 0) break;
      isChanged = true;
      for (const block of blocks) {
        this.#add(row(block), deadline);
        isLate = performance.now() >= deadline;
        if (isLate) break;
      }
    }
    if (isChanged) this.#save(before);
    if (!isLate) this.size.endWaiting();
    return isLate;
  }

  /** Adds a block, or some of its records. */
  #add([id, log, first, count, text, bytes]: ReturnType<typeof row>, deadline: number): void {
    const block = Number(id);
    const records = decodeBlock(Number(first), String(text));
    const from = placeOf(this.#nextEntry);
    const found = { block, log: Number(log), records };
    const place = this.entries.insert(found, from.block === block ? from.place : 0, deadline);
    if (place < records.length) {
      this.#nextEntry = entryAt(block, place);
      return;
    }
    this.size.add(Number(log), { count: Number(count), bytes: Number(bytes) });
    this.size.wait(-Number(bytes));
    this.#lastIndexed = block;
    this.#nextEntry = 0;
  }

  /** Saves the progress; `before` is the next entry that was saved last. */
  #save(before: number): void {
    this.merge.countPart();
    this.#sections.save();
    this.#saveProgress.run("followed", this.#lastIndexed);
    if (this.#nextEntry !== before) this.#saveProgress.run("next entry", this.#nextEntry);
  }

  /** The matches, oldest first. */
  search(search: SearchRequest): SearchHit[] {
    return runAtOnce(this.searchInSteps(search));
  }

  /** The same in steps of some milliseconds. */
  *searchInSteps(search: SearchRequest): Generator<void, SearchHit[]> {
    const { within, from } = search;
    const isAsked = within !== undefined && within.size <= askedLogs;
    const compiled = compileSearch(isAsked ? { ...search, logs: [...within.keys()] } : search);
    if (compiled === undefined || within?.size === 0) return [];
    const { after = -1, before = Number.MAX_SAFE_INTEGER, limit, isVisible = () => true } = search;
    const found: SearchHit[] = [];
    let leftMs = search.budgetMs ?? Infinity;
    let startedMs = performance.now();
    for (const hit of this.#candidatesOf(search, compiled)) {
      if (
        hit && hit.stamp > after && hit.stamp < before && hit.stamp >= (within?.get(hit.log) ?? 0) &&
        isVisible(hit)
      ) found.push(hit);
      if (found.length >= limit) break;
      const workedMs = performance.now() - startedMs;
      if (workedMs < turnMs) continue;
      leftMs -= workedMs;
      if (leftMs <= 0) {
        search.onCut?.();
        break;
      }
      yield;
      startedMs = performance.now();
    }
    return from === "start" ? found : found.reverse();
  }

  /** Removes records of a block, if the index contains the block. */
  remove(block: number, log: number, records: readonly StoredRecord[], removal: Removal): void {
    const next = placeOf(this.#nextEntry);
    if (!this.contains(block) && block !== next.block) return;
    this.merge.countPart();
    const places = this.contains(block)
      ? removal.places
      : (removal.places ?? [...records.keys()]).filter((place) => place < next.place);
    this.entries.remove(block, log, records, { ...removal, ...(places && { places }) });
  }

  /** A block has no record any more. */
  removeBlock(block: number): void {
    if (this.contains(block)) this.#sections.removeIfEmpty(block);
  }

  /** Whether the index contains a whole block. */
  contains(block: number): boolean {
    return block <= this.#lastIndexed;
  }

  /** The hits whose records are not erased by now. */
  stillStored(hits: readonly SearchHit[]): SearchHit[] {
    return hits.filter(({ entry }) => [...this.#load([entry])].some(({ record }) => record !== ""));
  }

  /** Subtracts removed records of a block from the size of their conversation. */
  uncount(block: number, log: number, { count, bytes }: SizeChange): void {
    if (block <= this.#lastIndexed) this.size.add(log, { count: -count, bytes: -bytes });
    else this.size.wait(-bytes);
  }

  readonly statements = 0;
  readonly bytes = 0;

  write(): void {}

  written(): void {}

  rolledBack(): void {
    this.#lastIndexed = Number(row(this.#progress.get("followed"))[0] ?? 0);
    this.#nextEntry = Number(row(this.#progress.get("next entry"))[0] ?? 0);
    this.#sections.load();
    this.entries.load();
    this.merge.load();
    this.size.load(this.#lastIndexed);
  }

  /**
   * The records that match the terms, in the direction of the search, one by one; undefined for work without a match.
   * Records a little before and after the bounds come too. What is erased meanwhile can still come.
   */
  *candidates(search: SearchRequest): Generator<SearchHit | undefined> {
    const compiled = compileSearch(search);
    if (compiled !== undefined) yield* this.#candidatesOf(search, compiled);
  }

  *#candidatesOf(search: SearchRequest, compiled: CompiledSearch): Generator<SearchHit | undefined> {
    const { after = -1, before = Number.MAX_SAFE_INTEGER, afterEntry = -1 } = search;
    const bounds: SearchBounds = {
      low: Math.max(afterEntry, this.#blockAt(after - slack) * placesPerBlock - 1),
      high: (this.#blockAt(before + slack) + 1) * placesPerBlock,
      lastIndexed: this.#lastIndexed,
      isWithin: this.#filter(search),
    };
    if (search.from === "start") {
      yield* this.#indexed(bounds, compiled, true);
      yield* this.#notIndexed(bounds, search, compiled);
    } else {
      yield* this.#notIndexed(bounds, search, compiled);
      yield* this.#indexed(bounds, compiled, false);
    }
  }

  /** Whether a block of a log can have a visible record. Without it, hidden records would be read one by one. */
  #filter({ within, logs }: SearchRequest): SearchBounds["isWithin"] {
    if (within === undefined && logs.length === 0) return () => true;
    const visible = within ?? new Map(logs.map((log) => [log, 0]));
    const firsts = new Map<number, number>();
    return (log, block) => {
      const since = log === undefined ? undefined : visible.get(log);
      if (since === undefined) return false;
      if (since === 0) return true;
      let first = firsts.get(since);
      if (first === undefined) firsts.set(since, first = this.#blockAt(since - slack));
      return block >= first;
    };
  }

  *#indexed(
    bounds: SearchBounds,
    compiled: CompiledSearch,
    isForwards: boolean,
  ): Generator<SearchHit | undefined> {
    const high = Math.min(bounds.high, (bounds.lastIndexed + 1) * placesPerBlock);
    const oldest = Number(row(this.#bounds.get())[0] ?? 0);
    const sections = this.#sections.between(Math.max(oldest, blockOf(bounds.low)), blockOf(high), isForwards);
    for (const section of sections) {
      if (compiled.isEmpty) yield* this.#inSection(section, { ...bounds, high }, isForwards);
      else yield* this.#matching(section, { ...bounds, high }, compiled, isForwards);
    }
  }

  /** The records of a section that the index finds. */
  *#matching(
    section: SearchSection,
    { low, high, isWithin }: SearchBounds,
    compiled: CompiledSearch,
    isForwards: boolean,
  ): Generator<SearchHit | undefined> {
    const statement = isForwards ? this.#oldest : this.#latest;
    const query = compiled.query(section.name);
    let [from, to] = [low, high];
    for (;;) {
      const entries = statement.all(query, from, to).map((one) => Number(row(one)[0]));
      const wanted = entries.filter((entry) => {
        const block = blockOf(entry);
        return isWithin(section.logOf(block), block);
      });
      for (const hit of this.#load(wanted)) {
        yield compiled.isExact || compiled.matches(hit.log, hit.record) ? hit : undefined;
      }
      yield undefined;
      const last = entries.at(-1);
      if (last === undefined || entries.length < entriesAtOnce) return;
      if (isForwards) from = last;
      else to = last;
    }
  }

  /** All records of a section, for a search that has no condition but its logs. */
  *#inSection(
    section: SearchSection,
    { low, high, isWithin }: SearchBounds,
    isForwards: boolean,
  ): Generator<SearchHit | undefined> {
    const [from, to] = [Math.max(section.first, blockOf(low)), Math.min(section.last, blockOf(high))];
    for (let at = 0; at <= to - from; at++) {
      const block = isForwards ? from + at : to - at;
      if (!isWithin(section.logOf(block), block)) continue;
      for (const hit of hitsOf(row(this.#block.get(block)), isForwards)) {
        if (hit.entry > low && hit.entry < high && hit.record !== "") yield hit;
      }
      yield undefined;
    }
  }

  /** The matches in the blocks that the index did not contain when the search began. */
  *#notIndexed(
    { low, high, lastIndexed, isWithin }: SearchBounds,
    search: SearchRequest,
    compiled: CompiledSearch,
  ): Generator<SearchHit | undefined> {
    const isForwards = search.from === "start";
    let [from, to] = [Math.max(lastIndexed, blockOf(low) - 1), blockOf(high)];
    for (;;) {
      const blocks = (isForwards ? this.#blocksAfter : this.#blocksBefore).all(from, to).map(row);
      for (const block of blocks) {
        const [id, log] = block;
        if (isForwards) from = Number(id);
        else to = Number(id);
        if (!isWithin(Number(log), Number(id))) continue;
        for (const hit of hitsOf(block, isForwards)) {
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
      const { block, place } = placeOf(entry);
      if (block !== loaded) {
        const [, foundLog, first, text] = row(this.#block.get(block));
        loaded = block;
        log = Number(foundLog);
        records = text === undefined ? [] : decodeBlock(Number(first), String(text));
      }
      const saved = records[place];
      // A record can be deleted after the index found it.
      if (saved !== undefined && saved.record !== "") yield hitOf(saved, block, place, log);
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

/** The records of a block, from its row; none without one. */
function hitsOf([id, log, first, text]: ReturnType<typeof row>, isForwards: boolean): SearchHit[] {
  if (id === undefined) return [];
  const hits = decodeBlock(Number(first), String(text))
    .map((saved, place) => hitOf(saved, Number(id), place, Number(log)));
  return isForwards ? hits : hits.reverse();
}

function hitOf(saved: StoredRecord, block: number, place: number, log: number): SearchHit {
  return { ...saved, block, place, log, entry: entryAt(block, place) };
}

function blockOf(entry: number): number {
  return placeOf(entry).block;
}
