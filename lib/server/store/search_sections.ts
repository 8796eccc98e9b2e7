/**
 * The sections of the search index: each has the words of about a thousand records that follow each other. A question
 * for the beginning of a word costs as much as all its matches (findings/fts5_prefix_reads_all_matches.sh), so a search
 * asks section after section, and the chat continues in between.
 *
 * A section also knows the log of each of its blocks. So a search in a hundred channels does not ask the index for the
 * channels, which takes fifty times as long as asking for the words, and does not read blocks of other channels.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** The words after which a section ends, about a thousand records: it is read in a millisecond or two. */
export const wordsPerSection = 16_384;
/** The most ids of blocks in a section; blocks that are deleted leave gaps. */
const maxBlocks = 16_384;

/** A part of the index. */
export interface SearchSection {
  /** It begins each word of the section. All names have the same length, so none with a word begins another one. */
  readonly name: string;
  /** The id of its first block. */
  readonly first: number;
  /** The id of its last block. */
  readonly last: number;
  /** The log of a block of the section; undefined if it is not in the index. */
  logOf(block: number): number | undefined;
}

/** A section, and the id of its first block. */
interface SectionPlace {
  readonly number: number;
  readonly first: number;
}

/** All sections, in the order of their blocks. There is always one. */
export class SearchSections {
  readonly #select: StatementSync;
  readonly #selectLast: StatementSync;
  readonly #selectLogs: StatementSync;
  readonly #save: WriteStatement;
  readonly #remove: WriteStatement;
  readonly #hasRecords: StatementSync;
  /** All sections; undefined until they are needed, because a start does not need them. */
  #places: SectionPlace[] | undefined;
  /** The number of the last section, and its first block. */
  #last = 0;
  #first = 0;
  /** The words in the last section. */
  #count = 0;
  /** The logs of the blocks in the last section, each plus one, by the distance to its first block; 0 for a gap. */
  #logs: number[] = [];

  constructor(database: Database) {
    this.#select = database.prepareArrays("SELECT number, first FROM search_section ORDER BY number");
    this.#selectLast = database.prepareArrays(
      "SELECT number, first, words FROM search_section ORDER BY number DESC LIMIT 1",
    );
    this.#selectLogs = database.prepareArrays("SELECT logs FROM search_section WHERE number = ?");
    this.#save = database.prepareWrite(
      `INSERT INTO search_section (number, first, words, logs) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET words = excluded.words, logs = excluded.logs`,
      { isDerived: true },
    );
    this.#remove = database.prepareWrite("DELETE FROM search_section WHERE number = ?", { isDerived: true });
    // The oldest records are removed first, so the last ones are found first.
    this.#hasRecords = database.prepareArrays(
      "SELECT 1 FROM block WHERE id >= ? AND id < ? AND log >= 0 ORDER BY id DESC LIMIT 1",
    );
    this.load();
  }

  /** Reads the sections again, after a rollback. */
  load(): void {
    const [number = 0, first = 0, words = 0] = row(this.#selectLast.get());
    this.#places = undefined;
    [this.#last, this.#first, this.#count] = [Number(number), Number(first), Number(words)];
    this.#logs = [];
    this.#logs = [...this.#loadLogs(this.#last)];
  }

  /** Adds a block, which has a higher id than all before; returns the name of its section. */
  add(block: number, log: number): string {
    const place = block - this.#first;
    if (this.#count >= wordsPerSection || place >= maxBlocks) {
      this.save();
      this.#last++;
      this.#places?.push({ number: this.#last, first: block });
      this.#first = block;
      this.#count = 0;
      this.#logs = [];
    }
    const at = block - this.#first;
    while (this.#logs.length < at) this.#logs.push(0);
    // A block without a record has no log.
    this.#logs.push(Math.max(0, log + 1));
    return nameOf(this.#last);
  }

  /** Counts the words that the last section gets. */
  count(words: number): void {
    this.#count += words;
  }

  /** Saves the last section, in the transaction of its records. */
  save(): void {
    const logs = new Uint8Array(Uint32Array.from(this.#logs).buffer);
    this.#save.run(this.#last, this.#first, this.#count, logs);
  }

  /** The name of the section with this block. */
  nameFor(block: number): string {
    return nameOf(block >= this.#first ? this.#last : this.#allPlaces()[this.#indexOf(block)]?.number ?? 0);
  }

  /** The sections with the blocks from `low` to `high`, in the direction of a search. Each is read when it is needed. */
  *between(low: number, high: number, isForwards: boolean): Generator<SearchSection> {
    const places = this.#allPlaces().slice(this.#indexOf(low), this.#indexOf(high) + 1);
    for (const place of isForwards ? places : places.reverse()) yield this.#section(place);
  }

  /**
   * Removes the section of a block, and the one before it, if they have no record any more; the last one stays. Only
   * inside Database.change().
   */
  removeIfEmpty(block: number): void {
    const places = this.#allPlaces();
    const index = this.#indexOf(block);
    for (const at of [index, index - 1]) {
      const [place, next] = [places[at], places[at + 1]];
      if (place === undefined || next === undefined) continue;
      if (this.#hasRecords.get(place.first, next.first) !== undefined) continue;
      this.#remove.run(place.number);
      places.splice(at, 1);
    }
  }

  #section({ number, first }: SectionPlace): SearchSection {
    const logs = this.#loadLogs(number);
    return {
      name: nameOf(number),
      first,
      last: first + logs.length - 1,
      logOf: (block) => {
        const found = logs[block - first] ?? 0;
        return found === 0 ? undefined : found - 1;
      },
    };
  }

  #loadLogs(number: number): Uint32Array {
    if (number === this.#last && this.#logs.length > 0) return Uint32Array.from(this.#logs);
    const [logs] = (this.#selectLogs.get(number) ?? []) as unknown as [Uint8Array?];
    // The bytes are copied, because they can begin anywhere in their buffer.
    return logs === undefined || logs === null
      ? new Uint32Array()
      : new Uint32Array(Uint8Array.from(logs).buffer);
  }

  #allPlaces(): SectionPlace[] {
    if (this.#places !== undefined) return this.#places;
    const places = this.#select.all().map((one) => {
      const [number, first] = row(one);
      return { number: Number(number), first: Number(first) };
    });
    // The row of the last section can be missing until it is saved.
    if (places.at(-1)?.number !== this.#last) places.push({ number: this.#last, first: this.#first });
    return this.#places = places;
  }

  /** The index in `#allPlaces()` of the last section that begins at or before the block. */
  #indexOf(block: number): number {
    const places = this.#allPlaces();
    let low = 0;
    let high = places.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((places[middle]?.first ?? 0) <= block) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function nameOf(number: number): string {
  return number.toString(36).padStart(5, "0");
}
