/**
 * The sections of the search index: each has the words of some thousand records that follow each other. A question for
 * the beginning of a word costs as much as all its matches (findings/fts5_prefix_reads_all_matches.sh), so a search asks
 * section after section, and the chat continues in between.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** The words after which a section ends, some thousand records: it is read in some milliseconds. */
export const wordsPerSection = 65_536;

/** All sections; a section begins with a block, and its name begins its words. There is always one. */
export class SearchSections {
  readonly #select: StatementSync;
  readonly #save: WriteStatement;
  #firsts: number[] = [];
  /** The words in the last section. */
  #count = 0;

  constructor(database: Database) {
    this.#select = database.prepareArrays("SELECT first, words FROM search_section ORDER BY number");
    this.#save = database.prepareWrite(
      `INSERT INTO search_section (number, first, words) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET words = excluded.words`,
      { isDerived: true },
    );
    this.load();
  }

  /** Reads the sections again, after a rollback. */
  load(): void {
    const rows = this.#select.all().map(row);
    this.#firsts = rows.length === 0 ? [0] : rows.map(([first]) => Number(first));
    this.#count = Number(rows.at(-1)?.[1] ?? 0);
  }

  /** The name of the section for a new block, which has a higher id than all before. */
  nameForNew(block: number): string {
    if (this.#count >= wordsPerSection) {
      this.save();
      this.#firsts.push(block);
      this.#count = 0;
    }
    return nameOf(this.#firsts.length - 1);
  }

  /** Counts the words that the last section gets. */
  count(words: number): void {
    this.#count += words;
  }

  /** Saves the last section, in the transaction of its records. */
  save(): void {
    this.#save.run(this.#firsts.length - 1, this.#firsts.at(-1) ?? 0, this.#count);
  }

  /** The name of the section with this block. */
  nameFor(block: number): string {
    return nameOf(this.#indexOf(block));
  }

  /** The names of the sections with the blocks from `low` to `high`, oldest first. */
  between(low: number, high: number): string[] {
    const from = this.#indexOf(low);
    return Array.from({ length: this.#indexOf(high) - from + 1 }, (_, at) => nameOf(from + at));
  }

  /** The last section that begins at or before the block. */
  #indexOf(block: number): number {
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#firsts[middle] ?? 0) <= block) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** All names have the same length, so no name with a word is the beginning of another one. */
function nameOf(number: number): string {
  return number.toString(36).padStart(5, "0");
}
