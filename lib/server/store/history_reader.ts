/**
 * Reading the history: the records of some conversations in a range, in the order of their stamps. Only records that
 * the reader can see count, so a page is never short because of others. Many records that cannot be seen make a read
 * long; readInSteps() then lets the chat continue between its steps.
 */
import type { StatementSync } from "node:sqlite";
import { decodeBlock, type StoredRecord } from "./block.ts";
import { logOf, row, type Stream } from "./conversation.ts";
import type { Database } from "./database.ts";
import { runAtOnce, runInTurns, type TurnsOptions } from "./steps.ts";

/** The part of a conversation that a user can see. */
export interface HistoryView {
  /** The id of the conversation. */
  readonly conversation: number;
  /** The user cannot see older records. */
  readonly since: number;
  /** The user cannot see the records of these times either. @default {none} */
  readonly closed?: readonly ClosedTime[];
}

/** A time in the history: stamps, of which `until` is not included. */
export interface ClosedTime {
  readonly from: number;
  readonly until: number;
}

/** Whether a view contains records with this stamp. */
export function isOpen({ since, closed }: Omit<HistoryView, "conversation">, stamp: number): boolean {
  return stamp >= since && closed?.some(({ from, until }) => stamp >= from && stamp < until) !== true;
}

/** The range of records to read; both bounds are excluded. */
export interface HistoryRange {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** The maximum number of records. */
  readonly limit: number;
  /** If there are more: the records next to `after` ("start") or next to `before` ("end"). */
  readonly from: "start" | "end";
  /** Whether to include joins, topics and reactions. */
  readonly events: boolean;
  /** Stops after so many steps of the read, even if there are more records. @default {no limit} */
  readonly mostSteps?: number;
  /** Records for which it returns false are left out and do not count. @default {all are visible} */
  readonly isVisible?: ((saved: StoredRecord) => boolean) | undefined;
}

/** The records of one step; the read continues after the stamp `next`, which is undefined at the end. */
interface Step {
  readonly records: StoredRecord[];
  readonly next: number | undefined;
}

/** Records that one step looks at in one log; this takes some milliseconds. */
const recordsPerStep = 2048;
/** Blocks per query; most readers want fifty records, and a busy tick has that many in one block. */
const firstQuery = 4;
const laterQuery = 24;

/** Reads the blocks of all conversations. */
export class HistoryReader {
  /** Hides records from everybody, for example until they are erased. @default {none are hidden} */
  isHidden: ((saved: StoredRecord) => boolean) | undefined;
  /** Grows with each erasure, so that a long read notices what was erased meanwhile. */
  erasures = 0;
  readonly #database: Database;
  readonly #startAt: StatementSync;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#startAt = database.prepareArrays(
      "SELECT first FROM block WHERE log = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    );
    const columns = "SELECT first, records FROM block WHERE log = ?";
    this.#forwards = database.prepareArrays(`${columns} AND first >= ? ORDER BY first LIMIT ?`);
    this.#backwards = database.prepareArrays(`${columns} AND first < ? ORDER BY first DESC LIMIT ?`);
  }

  /** The records of these views, ordered by stamp. */
  read(views: readonly HistoryView[], range: HistoryRange): StoredRecord[] {
    return runAtOnce(this.#steps(views, range));
  }

  /** The same; when it takes long, the chat continues meanwhile. */
  async readInSteps(
    views: readonly HistoryView[],
    range: HistoryRange,
    options: TurnsOptions = {},
  ): Promise<StoredRecord[]> {
    const before = this.erasures;
    const records = await runInTurns<StoredRecord[]>(this.#steps(views, range), options) ?? [];
    return this.erasures === before ? records : records.filter(({ stamp }) => this.find(views, stamp));
  }

  /** The record with this stamp. */
  find(views: readonly HistoryView[], stamp: number): StoredRecord | undefined {
    const range = { after: stamp - 1, before: stamp + 1, limit: 1, from: "start", events: true } as const;
    return this.read(views, range)[0];
  }

  /** Reads step by step until the limit or the end of the range is reached. */
  *#steps(views: readonly HistoryView[], range: HistoryRange): Generator<void, StoredRecord[]> {
    const pages: StoredRecord[][] = [];
    let { after, before, limit } = range;
    for (let steps = range.mostSteps ?? Infinity; steps > 0; steps--) {
      const { records, next } = this.#step(views, { ...range, after, before, limit });
      pages.push(records);
      limit -= records.length;
      if (next === undefined || limit <= 0) break;
      if (range.from === "start") after = next;
      else before = next;
      yield;
    }
    const [only] = pages;
    if (only && pages.length === 1) return only;
    return (range.from === "start" ? pages : pages.toReversed()).flat();
  }

  #step(views: readonly HistoryView[], range: HistoryRange): Step {
    this.#database.insertPending();
    const streams: Stream[] = range.events ? [0, 1] : [0];
    const logs = views.flatMap((view) =>
      streams.map((stream) =>
        this.#readLog(logOf(view.conversation, stream), {
          ...range,
          after: Math.max(range.after ?? -1, view.since - 1),
        }, view)
      )
    );
    const [only] = logs;
    if (only && logs.length === 1) return only;
    return join(logs, range);
  }

  #readLog(log: number, range: HistoryRange, view: HistoryView): Step {
    const { from, limit, after = -1, before = Infinity, isVisible } = range;
    const { isHidden } = this;
    const isForwards = from === "start";
    const records: StoredRecord[] = [];
    let seen = 0;
    const end = (next?: number) => ({ records: isForwards ? records : records.reverse(), next });
    for (const block of isForwards ? this.#readForwards(log, after) : this.#readBackwards(log, before)) {
      for (let at = 0; at < block.length; at++) {
        const saved = block[isForwards ? at : block.length - 1 - at];
        if (saved === undefined || (isForwards ? saved.stamp <= after : saved.stamp >= before)) continue;
        if (isForwards ? saved.stamp >= before : saved.stamp <= after) return end();
        if (records.length === limit) return end(records.at(-1)?.stamp ?? 0);
        seen++;
        if (view.closed !== undefined && !isOpen(view, saved.stamp)) continue;
        if (saved.record === "" || isHidden?.(saved) || isVisible?.(saved) === false) continue;
        records.push(saved);
      }
      const last = isForwards ? block.at(-1) : block[0];
      if (seen >= recordsPerStep && last !== undefined) return end(last.stamp);
    }
    return end();
  }

  *#readForwards(log: number, after: number): Generator<StoredRecord[]> {
    // The block that contains the bound starts before it.
    let from = Number(row(this.#startAt.get(log, after))[0] ?? 0);
    for (let count = firstQuery;; count = laterQuery) {
      const blocks = this.#forwards.all(log, from, count);
      for (const block of blocks) {
        const [first, text] = row(block);
        from = Number(first) + 1;
        yield decodeBlock(Number(first), String(text));
      }
      if (blocks.length < count) return;
    }
  }

  *#readBackwards(log: number, before: number): Generator<StoredRecord[]> {
    let until = Math.min(before, Number.MAX_SAFE_INTEGER);
    for (let count = firstQuery;; count = laterQuery) {
      const blocks = this.#backwards.all(log, until, count);
      for (const block of blocks) {
        const [first, text] = row(block);
        until = Number(first);
        yield decodeBlock(Number(first), String(text));
      }
      if (blocks.length < count) return;
    }
  }
}

/**
 * Joins the logs of one step, up to the place where the first of them stopped, because it can have more records
 * there.
 */
function join(logs: readonly Step[], { from, limit }: HistoryRange): Step {
  const isForwards = from === "start";
  const stops = logs.flatMap(({ next }) => next ?? []);
  const next = stops.length === 0 ? undefined : isForwards ? Math.min(...stops) : Math.max(...stops);
  const all = logs.flatMap(({ records }) => records).sort((one, other) => one.stamp - other.stamp);
  const sure = next === undefined
    ? all
    : all.filter(({ stamp }) => isForwards ? stamp <= next : stamp >= next);
  const records = isForwards ? sure.slice(0, limit) : sure.slice(Math.max(0, sure.length - limit));
  return { records, next };
}
