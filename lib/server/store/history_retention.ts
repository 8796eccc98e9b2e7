/**
 * The retention of history: deletes messages and events that are too old, or too many for one conversation, a few
 * blocks at a time. server/web/uploaded_files.ts prunes uploaded files.
 */
import type { StatementSync } from "node:sqlite";
import { decodeBlock } from "./block.ts";
import { logOf, row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
import type { SearchIndex } from "./search.ts";
import type { Clock } from "../../irc/clock.ts";
import { firstStamp } from "../../irc/stamp.ts";

/** The limits of the stored history. */
export interface RetentionLimits {
  /** Milliseconds; 0 means no limit. */
  readonly ageMs: number;
  /** Messages per conversation, and the same number of events; 0 means no limit. */
  readonly count: number;
}

const blocksPerStep = 16;

/** Deletes history over the limits. */
export class HistoryRetention {
  readonly #index: SearchIndex;
  readonly #limits: RetentionLimits;
  readonly #clock: Clock;
  readonly #oldest: StatementSync;
  readonly #full: StatementSync;
  readonly #oldestOf: StatementSync;
  readonly #remove: WriteStatement;
  readonly #removeRedactions: WriteStatement;
  /** The id of the last conversation that this pass looked at. */
  #visited = 0;

  constructor(database: Database, index: SearchIndex, limits: RetentionLimits, clock: Clock) {
    this.#index = index;
    this.#limits = limits;
    this.#clock = clock;
    // The newest block always stays: the next stamps must be higher than its stamps.
    const columns = "SELECT id, log, first, count, records FROM block";
    const notNewest = "id < (SELECT max(id) FROM block)";
    this.#oldest = database.prepareArrays(`${columns} WHERE ${notNewest} ORDER BY id LIMIT ${blocksPerStep}`);
    this.#full = database.prepareArrays(
      `SELECT id, messages, events FROM conversation WHERE id > ?2 AND (messages > ?1 OR events > ?1)
       ORDER BY id LIMIT 1`,
    );
    this.#oldestOf = database.prepareArrays(
      `${columns} WHERE log = ? AND ${notNewest} ORDER BY first LIMIT ${blocksPerStep}`,
    );
    this.#remove = database.prepareWrite("DELETE FROM block WHERE id = ?");
    this.#removeRedactions = database.prepareWrite("DELETE FROM redaction WHERE stamp < ?");
  }

  /** Deletes a few blocks. True if there can be more to delete. */
  step(): boolean {
    return this.#pruneOld() || this.#pruneFull();
  }

  #pruneOld(): boolean {
    const { ageMs } = this.#limits;
    if (ageMs === 0) return false;
    const oldest = firstStamp(this.#clock.cautiousNow() - ageMs);
    const blocks = this.#oldest.all().filter((block) => lastOf(block) < oldest);
    for (const block of blocks) this.#delete(block);
    if (blocks.length > 0) this.#removeRedactions.run(oldest);
    return blocks.length > 0;
  }

  /** Whole blocks are deleted, so a conversation can stay over the limit; the next one gets its turn all the same. */
  #pruneFull(): boolean {
    const { count: maxCount } = this.#limits;
    if (maxCount === 0) return false;
    const [id, messages, events] = row(this.#full.get(maxCount, this.#visited));
    if (id === undefined) {
      this.#visited = 0;
      return false;
    }
    const isReduced = [messages, events].map((count, stream) =>
      this.#reduce(logOf(Number(id), stream === 0 ? 0 : 1), Number(count) - maxCount)
    ).includes(true);
    // A step deletes only a few blocks.
    if (!isReduced) this.#visited = Number(id);
    return true;
  }

  /** Deletes the oldest blocks of a log, with `over` records at most; returns whether it deleted one. */
  #reduce(log: number, over: number): boolean {
    if (over <= 0) return false;
    let left = over;
    for (const block of this.#oldestOf.all(log)) {
      const count = Number(row(block)[3]);
      if (count > left) break;
      left -= count;
      this.#delete(block);
    }
    return left < over;
  }

  #delete(block: unknown): void {
    const [id, log, first, count, records] = row(block);
    this.#index.remove(Number(id), Number(log), decodeBlock(Number(first), String(records)), {
      secure: false,
    });
    this.#index.uncount(Number(id), Number(log), Number(count));
    this.#remove.run(Number(id));
  }
}

/** The stamp of the last record of a block. */
function lastOf(block: unknown): number {
  const [, , first, , records] = row(block);
  return decodeBlock(Number(first), String(records)).at(-1)?.stamp ?? Number(first);
}
