/**
 * Writing the entries of the search index: one for each record, with an id that contains block and place. search.ts
 * reads them. FTS5 stores no text, so an entry is removed with the same words with which it was inserted.
 */
import type { StoredRecord } from "./block.ts";
import type { Database, WriteStatement } from "./database.ts";
import { entryOf, inSection, removalOrder, slice } from "./index_words.ts";
import { IndexTraces } from "./index_traces.ts";
import { LongErasures } from "./long_erasures.ts";
import type { SearchSections } from "./search_sections.ts";

/** Ids per block in the numbering of entries; more than maxRecords. */
export const placesPerBlock = 1024;
/** The words that a step removes without a trace; it takes less than a millisecond. */
const wordsPerRemoval = 24;
/** So many words are removed at once; a text with fewer characters has fewer words. */
const fewWords = 2 * wordsPerRemoval;

/** The id of the entry for the record at this place. */
export function entryAt(block: number, place: number): number {
  return block * placesPerBlock + place;
}

/** The block with the record of an entry, and its place there. */
export function placeOf(entry: number): { block: number; place: number } {
  return { block: Math.max(0, Math.floor(entry / placesPerBlock)), place: entry % placesPerBlock };
}

/** A block that the index gets. */
export interface BlockToAdd {
  readonly block: number;
  readonly log: number;
  readonly records: readonly StoredRecord[];
}

/** The entries of a block that are removed, and how. */
export interface Removal {
  /** @default {all} */
  readonly places?: readonly number[];
  /** No trace of the words stays in the file. */
  readonly secure: boolean;
}

/** The entries of the index. All changes happen only inside Database.change(). */
export class IndexEntries {
  readonly long: LongErasures;
  readonly traces: IndexTraces;
  readonly #sections: SearchSections;
  readonly #insert: WriteStatement;
  readonly #remove: WriteStatement;
  readonly #configure: WriteStatement;
  /** The entry whose words were removed last: finding the words of a long text takes as long as removing a slice. */
  #removing: { readonly entry: number; readonly words: ReturnType<typeof removalOrder> } | undefined;

  constructor(database: Database, sections: SearchSections) {
    this.#sections = sections;
    this.long = new LongErasures(database);
    this.traces = new IndexTraces(database);
    const derived = { isDerived: true };
    this.#insert = database.prepareWrite("INSERT INTO words (rowid, keys, text) VALUES (?, ?, ?)", derived);
    this.#remove = database.prepareWrite(
      "INSERT INTO words (words, rowid, keys, text) VALUES ('delete', ?, ?, ?)",
      derived,
    );
    this.#configure = database.prepareWrite(
      "INSERT INTO words (words, rank) VALUES ('secure-delete', CAST(? AS INTEGER))",
      derived,
    );
  }

  /** Reads the progress again, after a rollback. */
  load(): void {
    this.long.load();
    this.traces.load();
    this.#removing = undefined;
  }

  /**
   * Adds the records of a block from a place on, one at least, until `deadline` (performance.now()); returns the place
   * where the next call continues.
   */
  insert({ block, log, records }: BlockToAdd, from: number, deadline: number): number {
    const section = from === 0 ? this.#sections.add(block, log) : this.#sections.nameFor(block);
    for (let place = from; place < records.length; place++) {
      if (place > from && performance.now() >= deadline) return place;
      const record = records[place]?.record ?? "";
      const words = record === "" ? undefined : entryOf(log, record);
      if (words === undefined) continue;
      const { keys, text } = words;
      this.#insert.run(entryAt(block, place), inSection(section, keys), inSection(section, text));
      this.#sections.count(keys.length + text.length);
    }
    return records.length;
  }

  /** Removes the entries of a block. A long record can have lost words already; then it loses the others. */
  remove(block: number, log: number, records: readonly StoredRecord[], { places, secure }: Removal): void {
    if (secure) this.#configure.run(1);
    const section = this.#sections.nameFor(block);
    const removed: string[] = [];
    for (const [place, { record }] of records.entries()) {
      if (places && !places.includes(place)) continue;
      const words = record === "" ? undefined : entryOf(log, record);
      if (words === undefined) continue;
      const entry = entryAt(block, place);
      const gone = this.long.wordsGone(entry);
      const { keys, text } = gone === 0 ? words : slice(removalOrder(words), gone);
      this.#remove.run(entry, inSection(section, keys), inSection(section, text));
      this.long.end(entry);
      if (secure) removed.push(...keys, ...text);
    }
    if (!secure) return;
    // This writes the removals into the pages of the index.
    this.#configure.run(0);
    this.traces.remove(section, removed);
  }

  /** Whether a record has so many words that they are removed in slices. */
  isLong(log: number, record: string): boolean {
    if (record.length < fewWords) return false;
    const words = entryOf(log, record);
    return words !== undefined && words.keys.length + words.text.length > fewWords;
  }

  /** Removes the next words of an entry without a trace; false if remove() can remove the others at once. */
  removeSlice(entry: number, log: number, record: string): boolean {
    if (this.#removing?.entry !== entry) {
      const found = entryOf(log, record);
      if (found === undefined) return false;
      this.#removing = { entry, words: removalOrder(found) };
    }
    const { words } = this.#removing;
    const from = this.long.wordsGone(entry);
    const until = from + wordsPerRemoval;
    if (words.count <= until) {
      this.#removing = undefined;
      return false;
    }
    const section = this.#sections.nameFor(placeOf(entry).block);
    const { keys, text } = slice(words, from, until);
    this.#configure.run(1);
    this.#remove.run(entry, inSection(section, keys), inSection(section, text));
    this.#configure.run(0);
    this.traces.remove(section, [...keys, ...text]);
    // FTS5 counts one entry less with each removal, so an entry without words takes the place.
    this.#insert.run(entry, "", "");
    this.long.advance(entry, until);
    return true;
  }
}
