/**
 * The retention of history: deletes messages and events that are too old, or too many or too large for one
 * conversation, or too large together, a few blocks at a time. When all together are too large, the largest
 * conversation loses its oldest ones, so nobody who writes very much can push out what others wrote.
 * server/web/uploaded_files.ts prunes uploaded files.
 */
import type { StatementSync } from "node:sqlite";
import { decodeBlock, type StoredRecord } from "./block.ts";
import { type Conversations, logOf, row } from "./conversation.ts";
import type { Database } from "./database.ts";
import type { Deletions } from "./deletions.ts";
import { EmptyBlocks } from "./empty_blocks.ts";
import { emptyRecords } from "./empty_records.ts";
import { grownLimits, type SizeLimits } from "./grown_limits.ts";
import type { History } from "./history.ts";
import type { HistorySize } from "./history_size.ts";
import type { SavedValues } from "./saved_values.ts";
import type { SearchIndex } from "./search.ts";
import type { Clock } from "../../irc/clock.ts";
import { firstStamp } from "../../irc/stamp.ts";

/** The limits of the stored history. */
export interface RetentionLimits {
  /** Milliseconds; 0 means no limit. */
  readonly ageMs: number;
  /** Messages per conversation, and the same number of events; 0 means no limit. */
  readonly count: number;
  /** Bytes per conversation; 0 means no limit. @default {0} */
  readonly bytes?: number;
  /** Bytes of the whole history; 0 means no limit. @default {0} */
  readonly totalBytes?: number;
  /** The limits by size that nobody set by hand: they grow for a history from before them. @default {none} */
  readonly defaults?: ReadonlySet<keyof SizeLimits>;
}

/** When the history is so much larger than its limit, pruning goes before all other upkeep. */
const urgentShare = 1.02;

/** Records with so many characters lose their words in the index in less than a millisecond. */
const charactersPerStep = 2048;

/** The parts of the store that lose what is deleted. */
interface HistoryParts {
  readonly history: Pick<History, "rewrite">;
  readonly index: SearchIndex;
  readonly size: HistorySize;
  readonly deletions: Deletions;
  readonly conversations: Conversations;
  readonly savedValues: Pick<SavedValues, "find">;
}

/** Deletes history over the limits. */
export class HistoryRetention {
  readonly #history: HistoryParts["history"];
  readonly #index: SearchIndex;
  readonly #size: HistorySize;
  readonly #deletions: Deletions;
  readonly #conversations: Conversations;
  readonly #savedValues: Pick<SavedValues, "find">;
  readonly #limits: RetentionLimits;
  readonly #clock: Clock;
  readonly #oldest: StatementSync;
  readonly #full: StatementSync;
  readonly #oldestOf: StatementSync;
  readonly #emptyBlocks: EmptyBlocks;
  readonly #largest: StatementSync;
  /** The id of the last conversation that this pass looked at. */
  #visited = 0;

  constructor(database: Database, parts: HistoryParts, limits: RetentionLimits, clock: Clock) {
    this.#history = parts.history;
    this.#index = parts.index;
    this.#size = parts.size;
    this.#deletions = parts.deletions;
    this.#conversations = parts.conversations;
    this.#savedValues = parts.savedValues;
    this.#limits = limits;
    this.#clock = clock;
    // The newest block always stays: the next stamps must be higher than its stamps.
    const columns = "SELECT id, log, first, count, records, octet_length(records) FROM block";
    const notNewest = "id < (SELECT max(id) FROM block)";
    this.#oldest = database.prepareArrays(`${columns} WHERE ${notNewest} AND log >= 0 ORDER BY id LIMIT 1`);
    this.#full = database.prepareArrays(
      `SELECT id, messages, events FROM conversation WHERE id > ?2 AND (messages > ?1 OR events > ?1)
       ORDER BY id LIMIT 1`,
    );
    this.#oldestOf = database.prepareArrays(
      `${columns} WHERE log = ? AND ${notNewest} ORDER BY first LIMIT 1`,
    );
    this.#emptyBlocks = new EmptyBlocks(database, this.#index);
    this.#largest = database.prepareArrays("SELECT id, bytes FROM conversation ORDER BY bytes DESC LIMIT 1");
  }

  /** Deletes a block or a part of it. True if there can be more to delete. */
  step(): boolean {
    return this.#pruneOld() || this.#pruneFull() || this.pruneLargest() ||
      this.#index.merge.step(this.#size.bytes, this.#clock.cautiousNow());
  }

  /** The limits by size. A snapshot of another machine can change them. */
  get sizeLimits(): SizeLimits {
    const { bytes: each = 0, totalBytes: total = 0, defaults = new Set() } = this.#limits;
    return grownLimits(this.#savedValues, { total, each }, defaults);
  }

  /** Whether the history is so far over its limit that pruning cannot wait. */
  get isUrgent(): boolean {
    const { total } = this.sizeLimits;
    return total > 0 && !this.#size.isUncounted && this.#size.bytes > total * urgentShare;
  }

  /** Deletes some of the largest conversation, the oldest first, if it, or all together, are too large. */
  pruneLargest(): boolean {
    const { each, total } = this.sizeLimits;
    if ((each === 0 && total === 0) || this.#size.isUncounted) return false;
    const [id, bytes] = row(this.#largest.get());
    if (id === undefined) return false;
    const over = Math.max(
      each > 0 ? Number(bytes) - each : 0,
      total > 0 ? this.#size.bytes - total : 0,
    );
    return over > 0 && this.#shorten(Number(id));
  }

  /** Deletes the oldest block of a conversation, or a part of it, and the deletions of messages from that time. */
  #shorten(id: number): boolean {
    const oldest = ([0, 1] as const).flatMap((stream) => this.#oldestOf.all(logOf(id, stream)));
    oldest.sort((one, other) => Number(row(one)[2]) - Number(row(other)[2]));
    const [block] = oldest;
    if (block !== undefined) this.#delete(block);
    const until = block === undefined ? Number.MAX_SAFE_INTEGER : Number(row(block)[2]);
    const deletions = this.#deletions.removeBefore(until, id);
    return deletions > 0 || block !== undefined;
  }

  #pruneOld(): boolean {
    const { ageMs } = this.#limits;
    if (ageMs === 0) return false;
    const oldest = firstStamp(this.#clock.cautiousNow() - ageMs);
    const block = this.#oldest.get();
    const isOld = block !== undefined && lastOf(block) < oldest;
    if (isOld) this.#delete(block);
    const deletions = this.#deletions.removeBefore(oldest);
    return isOld || deletions > 0;
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
    if (!isReduced) this.#visited = Number(id);
    return true;
  }

  /** Deletes the oldest block of a log if it has `over` records at most; returns whether it did. */
  #reduce(log: number, over: number): boolean {
    if (over <= 0) return false;
    const block = this.#oldestOf.get(log);
    if (block === undefined || Number(row(block)[3]) > over) return false;
    this.#delete(block);
    return true;
  }

  /** Deletes a block; if it has many words, only its first records. */
  #delete(block: unknown): void {
    const [id, log, first, count, text, bytes] = row(block).map((value) => value ?? 0);
    const records = decodeBlock(Number(first), String(text));
    const places = firstPlaces(records);
    if (this.#index.contains(Number(id)) && places.length < records.length) {
      const found = { block: Number(id), log: Number(log), first: Number(first), records };
      const emptied = emptyRecords(this.#history, this.#index, found, { places, secure: false });
      return this.#index.merge.count(emptied.bytes);
    }
    this.#index.remove(Number(id), Number(log), records, { secure: false });
    this.#index.uncount(Number(id), Number(log), { count: Number(count), bytes: Number(bytes) });
    this.#emptyBlocks.add(Number(id));
    this.#emptyBlocks.removeBefore(Number(id));
    this.#index.merge.count(Number(bytes));
    this.#size.drop(this.#conversations.removeIfEmpty(Number(log) >> 1));
  }
}

/**
 * The places of the first records of a block that are deleted in one step, and of the empty ones between them. One of
 * them has a text, however long, so that each step deletes something.
 */
function firstPlaces(records: readonly StoredRecord[]): number[] {
  let characters = 0;
  const end = records.findIndex(({ record }) => {
    const before = characters;
    characters += record.length;
    return before > 0 && characters > charactersPerStep;
  });
  return [...records.keys()].slice(0, end < 0 ? records.length : end);
}

/** The stamp of the last record of a block. */
function lastOf(block: unknown): number {
  const [, , first, , records] = row(block);
  return decodeBlock(Number(first), String(records)).at(-1)?.stamp ?? Number(first);
}
