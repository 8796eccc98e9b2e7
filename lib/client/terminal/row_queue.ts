/**
 * Lines that wait for the next frame of a display. Where they go on scrolling by faster than anybody can read, the last
 * screenful of each frame is drawn, and a rule says how many there were before it. A slow terminal is so not kept busy
 * with what scrolls away, and has time for keys.
 */

import { ruleRow } from "./event_rows.ts";
import type { Row } from "./wrap_spans.ts";

/** A screenful in less time than this is too fast to read. */
const screenfulMs = 100;

interface Entry {
  readonly rows: readonly Row[];
  readonly fleeting: boolean;
}

/** What waits for one display. */
export class Waiting {
  readonly #floodMs: number;
  #entries: Entry[] = [];
  #rows = 0;
  /** Lines go by too fast to read, by what was taken in the last stretch of time. */
  #flood = false;
  #stretchAt = -Infinity;
  #stretchRows = 0;

  /** How long lines must come too fast before any is left out, in milliseconds. */
  constructor(floodMs: number) {
    this.#floodMs = floodMs;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds the rows of one line; a fleeting one may be left out. */
  add(rows: readonly Row[], fleeting: boolean): void {
    this.#entries.push({ rows, fleeting });
    this.#rows += rows.length;
  }

  /** Takes what is to be drawn at a time, in milliseconds, on a screen of that height. */
  take(height: number, now: number): Row[] {
    const entries = this.#entries;
    this.#measure(height, now);
    this.#entries = [];
    this.#rows = 0;
    return (this.#flood ? lastScreenful(entries, height) : entries).flatMap(({ rows }) => rows);
  }

  #measure(height: number, now: number): void {
    this.#stretchRows += this.#rows;
    const stretchMs = now - this.#stretchAt;
    if (stretchMs < this.#floodMs) return;
    this.#flood = this.#stretchRows / height > stretchMs / screenfulMs;
    this.#stretchAt = now;
    this.#stretchRows = 0;
  }
}

/** What is not fleeting stays, wherever it stands, and so does the last of all, however long it is. */
function lastScreenful(entries: readonly Entry[], height: number): readonly Entry[] {
  let room = height - 1;
  const first = entries.findLastIndex(({ rows }) => (room -= rows.length) < 0) + 1;
  const before = entries.slice(0, Math.min(first, entries.length - 1));
  const kept = before.filter(({ fleeting }) => !fleeting);
  const gone = before.length - kept.length;
  if (gone === 0) return entries;
  const rule = ruleRow(`${gone === 1 ? "1 line" : `${gone} lines`} went by too fast to be shown`);
  return [...kept, { rows: [rule], fleeting: false }, ...entries.slice(before.length)];
}
