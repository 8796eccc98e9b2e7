/**
 * Lines that wait for the next frame of the display. When lines arrive faster than anybody can read, only the last
 * screenful of each frame is drawn, and a separator shows the number of lines before it. So a slow terminal has time for
 * keys.
 */

import { separatorRow } from "./event_rows.ts";
import type { Row } from "./wrap_spans.ts";

/** A screenful in less time than this is too fast to read. */
const screenfulMs = 100;

interface WaitingLine {
  readonly rows: readonly Row[];
  readonly skippable: boolean;
}

/** The waiting lines of one display. */
export class RowQueue {
  readonly #floodMs: number;
  #entries: WaitingLine[] = [];
  #rows = 0;
  /** Lines arrived too fast to read in the last period. */
  #flood = false;
  #periodAt = -Infinity;
  #periodRows = 0;

  /** How long lines must arrive too fast before some are left out, in milliseconds. */
  constructor(floodMs: number) {
    this.#floodMs = floodMs;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds the rows of one line. A skippable line can be left out. */
  add(rows: readonly Row[], skippable: boolean): void {
    this.#entries.push({ rows, skippable });
    this.#rows += rows.length;
  }

  /** Removes and returns the rows to draw at this time, in milliseconds, on a screen of this height. */
  take(height: number, now: number): Row[] {
    const entries = this.#entries;
    this.#measure(height, now);
    this.#entries = [];
    this.#rows = 0;
    return (this.#flood ? lastScreenful(entries, height) : entries).flatMap(({ rows }) => rows);
  }

  #measure(height: number, now: number): void {
    this.#periodRows += this.#rows;
    const periodMs = now - this.#periodAt;
    if (periodMs < this.#floodMs) return;
    this.#flood = this.#periodRows / height > periodMs / screenfulMs;
    this.#periodAt = now;
    this.#periodRows = 0;
  }
}

/** Lines that are not skippable stay. The last line stays too, whatever its length. */
function lastScreenful(entries: readonly WaitingLine[], height: number): readonly WaitingLine[] {
  let rowsLeft = height - 1;
  const first = entries.findLastIndex(({ rows }) => (rowsLeft -= rows.length) < 0) + 1;
  const before = entries.slice(0, Math.min(first, entries.length - 1));
  const required = before.filter(({ skippable }) => !skippable);
  const skipped = before.length - required.length;
  if (skipped === 0) return entries;
  const separator = separatorRow(
    `${skipped === 1 ? "1 line" : `${skipped} lines`} skipped: they came too fast`,
  );
  return [...required, { rows: [separator], skippable: false }, ...entries.slice(before.length)];
}
