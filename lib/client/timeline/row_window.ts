/**
 * The entries of a timeline that are rows of the page: a window between two entries, or the newest ones. It moves with
 * the person who scrolls, and it has a limit at both ends. Pure.
 */
import type { EntryList } from "./entry_list.ts";

/** The indexes of the first row and of the one after the last. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** This many rows are at the end of a timeline, unless the area is tall. */
export const endRows = 60;
/** This many are around an entry. */
const aroundRows = 100;
/** This many more at each step: making them takes less time than a frame has. */
export const stepRows = 40;
/** Above this number, rows at the other end are removed. */
export const maxRows = 300;
/** Rows that must stay, such as selected ones, make a window larger, up to this number. */
export const maxKeptRows = 1_000;

/** The window of one timeline. */
export class RowWindow {
  /** The keys of the first and the last row; undefined for the newest rows, and while rows are added at the end. */
  #first: string | undefined;
  #last: string | undefined;
  /** The keys of the first and the last row at the last call of range(). */
  #shownFirst: string | undefined;
  #shownLast: string | undefined;
  /** The last row at the last call of hold(); a step of rows can follow it. */
  #heldLast: string | undefined;
  #endRows = endRows;

  /** The rows are now the newest ones, at least so many, whatever is added after them. */
  follow(rows = endRows): void {
    this.#first = this.#last = this.#heldLast = undefined;
    this.#endRows = Math.min(maxRows, Math.max(endRows, rows));
  }

  /** The first row stays where it is. At most one step of new rows is added after the last one until the next call. */
  hold(): void {
    this.#first ??= this.#shownFirst;
    this.#heldLast = this.#shownLast;
  }

  /** The rows are now the ones around an entry. */
  showAround(list: EntryList, at: number): void {
    this.#set(list, {
      start: Math.max(0, at - aroundRows / 2),
      end: Math.min(list.entries.length, at + aroundRows / 2),
    });
  }

  /** Adds rows before the first one. `kept` are the indexes of rows that must stay; others after them are removed. */
  moveUp(list: EntryList, kept: RowRange): void {
    const range = this.range(list);
    const start = Math.max(0, range.start - stepRows);
    const needed = Math.min(Math.max(start + maxRows, kept.end), start + maxKeptRows);
    this.#set(list, { start, end: Math.min(range.end, needed) });
  }

  /** Adds rows after the last one; rows before the kept ones are removed. */
  moveDown(list: EntryList, kept: RowRange): void {
    const range = this.range(list);
    const end = Math.min(list.entries.length, range.end + stepRows);
    const needed = Math.max(Math.min(end - maxRows, kept.start), end - maxKeptRows);
    this.#set(list, { start: Math.max(range.start, needed), end });
  }

  /** The rows of this moment. While the window follows the end, the row `keptFrom` and those after it stay. */
  range(list: EntryList, keptFrom = Infinity): RowRange {
    const range = this.#range(list, keptFrom);
    this.#shownFirst = list.entries[range.start]?.key;
    this.#shownLast = list.entries[range.end - 1]?.key;
    return range;
  }

  #range(list: EntryList, keptFrom: number): RowRange {
    const { length } = list.entries;
    const last = list.indexOf(this.#last);
    const first = list.indexOf(this.#first);
    if (first < 0) {
      const end = last < 0 ? length : last + 1;
      return { start: Math.max(0, end - maxKeptRows, Math.min(end - this.#endRows, keptFrom)), end };
    }
    if (last >= first) return { start: first, end: last + 1 };
    const held = list.indexOf(this.#heldLast);
    const reached = held < first ? Infinity : held + 1 + stepRows;
    return { start: first, end: Math.min(length, first + maxRows, reached) };
  }

  #set({ entries }: EntryList, { start, end }: RowRange): void {
    this.#first = entries[start]?.key;
    const isOpen = end === entries.length && end - start <= maxRows;
    this.#heldLast = entries[end - 1]?.key;
    this.#last = isOpen ? undefined : this.#heldLast;
  }
}
