/**
 * The erasures of long messages. The index needs about 15 µs to lose a word without a trace, so 64 KB of text take a
 * sixth of a second: a long message is hidden at once, and its words are removed in slices. The progress is saved with
 * each slice, so it continues after a crash. The text stays in the history until its last word is removed, because the
 * index needs the words again.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

interface Progress {
  readonly stamp: number;
  /** The words that the index does not contain any more. */
  readonly words: number;
}

/** The long messages that are being erased, by the ids of their entries in the index. */
export class LongErasures {
  readonly #waiting = new Map<number, Progress>();
  readonly #stamps = new Set<number>();
  readonly #select: StatementSync;
  readonly #save: WriteStatement;
  readonly #remove: WriteStatement;

  constructor(database: Database) {
    this.#select = database.prepareArrays("SELECT entry, stamp, words FROM erasing ORDER BY entry");
    this.#save = database.prepareWrite(
      `INSERT INTO erasing (entry, stamp, words) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET words = excluded.words`,
    );
    this.#remove = database.prepareWrite("DELETE FROM erasing WHERE entry = ?");
  }

  /** Reads the table again, after a rollback. */
  load(): void {
    this.#waiting.clear();
    this.#stamps.clear();
    for (const [entry, stamp, words] of this.#select.all().map(row)) {
      this.#keep(Number(entry), { stamp: Number(stamp), words: Number(words) });
    }
  }

  /** Adds a message. Like all changes here, only inside Database.change(). */
  add(entry: number, stamp: number): void {
    if (this.#waiting.has(entry)) return;
    this.#save.run(entry, stamp, 0);
    this.#keep(entry, { stamp, words: 0 });
  }

  /** The index has lost so many words of the entry. */
  advance(entry: number, words: number): void {
    const { stamp } = this.#waiting.get(entry) ?? {};
    if (stamp === undefined) return;
    this.#save.run(entry, stamp, words);
    this.#waiting.set(entry, { stamp, words });
  }

  /** The message is erased, or its block was deleted. */
  end(entry: number): void {
    const found = this.#waiting.get(entry);
    if (found === undefined) return;
    this.#remove.run(entry);
    this.#waiting.delete(entry);
    this.#stamps.delete(found.stamp);
  }

  /** The words of an entry that the index has lost. */
  wordsGone(entry: number): number {
    return this.#waiting.get(entry)?.words ?? 0;
  }

  /** The entry that is next; undefined if nothing waits. */
  get first(): number | undefined {
    return this.#waiting.keys().next().value;
  }

  /** Whether the message with this stamp waits. */
  has(stamp: number): boolean {
    return this.#stamps.has(stamp);
  }

  get size(): number {
    return this.#waiting.size;
  }

  #keep(entry: number, progress: Progress): void {
    this.#waiting.set(entry, progress);
    this.#stamps.add(progress.stamp);
  }
}
