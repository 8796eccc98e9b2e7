/**
 * Removes the traces that FTS5 leaves of words that were removed from the index. There are two
 * (findings/fts5_secure_delete_keeps_whole_words.sh shows the first):
 * - "words_idx" has a separator for each leaf page, the start of the first word of the page, often all of it. FTS5 does
 *   not change it when it removes that word. Here it becomes the start of the word that is the first one now.
 * - A segment that an unfinished merge has read to its end keeps its pages until the whole merge ends. Nothing reads
 *   them, so here they are deleted.
 *
 * Both change tables of FTS5 in ways in which FTS5 writes them itself; its "integrity-check" finds no fault in them.
 * Format: https://sqlite.org/src/file/ext/fts5/fts5_index.c
 */
import type { StatementSync } from "node:sqlite";
import type { Database, WriteStatement } from "./database.ts";
import { firstTermOf, readSegments } from "./index_pages.ts";

/** The separators that a step of the sweep checks; it takes less than half a millisecond. */
const separatorsPerStep = 32;
/** The words of a section are between these bytes after its name. */
const [lowest, highest] = [0x00, 0xff];
/** FTS5 begins each word with this. */
const mainIndex = "0";

interface Separator {
  readonly segment: number;
  readonly term: Uint8Array;
  /** Twice the number of the page, and a flag. */
  readonly pgno: number;
}

/** The traces of removed words. All changes happen only inside Database.change(). */
export class IndexTraces {
  readonly #structure: StatementSync;
  readonly #page: StatementSync;
  readonly #inSection: StatementSync;
  readonly #next: StatementSync;
  readonly #isSwept: StatementSync;
  readonly #saveSwept: WriteStatement;
  readonly #change: WriteStatement;
  readonly #remove: WriteStatement;
  readonly #removePages: WriteStatement;
  readonly #removeSeparators: WriteStatement;
  /** The last separator that the sweep has checked; undefined when all are checked. */
  #swept: Pick<Separator, "segment" | "term"> | undefined;

  constructor(database: Database) {
    const derived = { isDerived: true };
    this.#structure = database.prepareArrays("SELECT block FROM words_data WHERE id = 10");
    this.#page = database.prepareArrays("SELECT block FROM words_data WHERE id = (? << 37) + ?");
    this.#inSection = database.prepareArrays(
      "SELECT segid, term, pgno FROM words_idx WHERE segid = ? AND term > ? AND term < ?",
    );
    this.#next = database.prepareArrays(
      `SELECT segid, term, pgno FROM words_idx WHERE (segid, term) > (?, ?)
       ORDER BY segid, term LIMIT ${separatorsPerStep}`,
    );
    this.#change = database.prepareWrite(
      "UPDATE words_idx SET term = ? WHERE segid = ? AND term = ?",
      derived,
    );
    this.#remove = database.prepareWrite("DELETE FROM words_idx WHERE segid = ? AND term = ?", derived);
    this.#removePages = database.prepareWrite(
      "DELETE FROM words_data WHERE id >= (?1 << 37) AND id < (?1 + 1 << 37)",
      derived,
    );
    this.#removeSeparators = database.prepareWrite("DELETE FROM words_idx WHERE segid = ?", derived);
    this.#isSwept = database.prepareArrays("SELECT value FROM progress WHERE name = 'swept'");
    this.#saveSwept = database.prepareWrite(
      "INSERT OR REPLACE INTO progress (name, value) VALUES ('swept', 1)",
      derived,
    );
  }

  /** Reads the progress of the sweep again, after a rollback. */
  load(): void {
    this.#swept = this.#isSwept.get() === undefined ? { segment: 0, term: new Uint8Array() } : undefined;
  }

  /** Removes the traces of words that a section of the index does not have any more for some record. */
  remove(section: string, words: readonly string[]): void {
    if (words.length === 0) return;
    const start = mainIndex + section;
    const removed = [...new Set(words)].map((word) => bytesOf(start + word));
    const [from, to] = [lowest, highest].map((byte) => Uint8Array.of(...bytesOf(start), byte));
    for (const { id, isExhausted } of this.#segments()) {
      if (isExhausted) this.#removeSegment(id);
      else if (from !== undefined && to !== undefined) {
        for (const one of this.#inSection.all(id, from, to).map(toSeparator)) {
          if (removed.some((word) => startsWith(word, one.term))) this.#mend(one);
        }
      }
    }
  }

  /**
   * One step through all separators, because versions before this file left traces; true if more is to do. It is done
   * once for a data folder.
   */
  sweepStep(): boolean {
    if (this.#swept === undefined) return false;
    for (const { id, isExhausted } of this.#segments()) if (isExhausted) this.#removeSegment(id);
    const found = this.#next.all(this.#swept.segment, this.#swept.term).map(toSeparator);
    for (const one of found) this.#mend(one);
    this.#swept = found.at(-1);
    if (this.#swept === undefined) this.#saveSwept.run();
    return this.#swept !== undefined;
  }

  /** Makes a separator the start of the first word of its page. */
  #mend({ segment, term, pgno }: Separator): void {
    if (term.length === 0) return;
    const [page] = (this.#page.get(segment, pgno >> 1) ?? []) as unknown as [Uint8Array?];
    const first = page && firstTermOf(page);
    // A page without a word, or one that a merge has read: a search begins at an earlier page, or after it.
    if (first === undefined) return this.#remove.run(segment, term);
    if (startsWith(first, term)) return;
    const common = term.findIndex((byte, at) => byte !== first[at]);
    if ((first[common] ?? 0) < (term[common] ?? 0)) return;
    this.#change.run(first.slice(0, common + 1), segment, term);
  }

  #removeSegment(id: number): void {
    this.#removePages.run(id);
    this.#removeSeparators.run(id);
  }

  #segments(): ReturnType<typeof readSegments> {
    const [structure] = (this.#structure.get() ?? []) as unknown as [Uint8Array?];
    return structure === undefined ? [] : readSegments(structure);
  }
}

function toSeparator(found: unknown): Separator {
  const [segment, term, pgno] = found as [number, Uint8Array, number];
  return { segment, term, pgno };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Words of a section differ at their ends, so it compares the ends first. */
function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (start.length > bytes.length) return false;
  for (let at = start.length - 1; at >= 0; at--) if (bytes[at] !== start[at]) return false;
  return true;
}
