/**
 * History: what was said, in the order of the stamps. Appending costs no statement; the records of one tick and one log
 * become one row when the tick is committed (block.ts). A range of history is a range on the key (log, stamp).
 *
 * Why rows of many records: CPU time per message of 100 bytes, 64 of them in each tick, measured on two shared cores.
 * A row for each 4.5 µs, the same by one INSERT of 64 rows 2.4, by json_each 2.9; one row for all 1.0. With the text in
 * the index's own tree (WITHOUT ROWID) that is 1.3 and a third more disk, as long rows fill its pages badly. Larger or
 * smaller pages, and senders written once for each row, gained nothing that could be told from noise; a lock of our own
 * (open.ts) and copying the log in quiet moments (database.ts) a quarter each. tests/bench/history.ts has today's figures:
 * 20 µs for a message that comes alone, 1.1 with 43 in a tick. Inside a busy server, whose caches hold other things, a
 * tick's commit takes 60 µs, where appending the same bytes to a plain file takes 32. The last 50 of a million messages
 * are read in 0.1 ms, and in 5 the first time after a start.
 */
import type { StatementSync } from "node:sqlite";
import { decodeBlock, encodeBlock, firstRecord, laterRecord, maxRecords, type Saved } from "./block.ts";
import { type Conversation, type Conversations, logOf, row, type Stream } from "./conversation.ts";
import type { Database, Keeper } from "./database.ts";

/** What of a conversation somebody may see. */
export interface View {
  /** Its id. */
  readonly conversation: number;
  /** Older records are not for this reader. */
  readonly since: number;
}

/** Which records are wanted; both bounds are excluded themselves. */
export interface Range {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** At most so many. */
  readonly limit: number;
  /** Whether those next to `after` or those next to `before` are wanted when there are more. */
  readonly from: "start" | "end";
  /** Joins, topics and reactions too. */
  readonly events: boolean;
}

/** Records of one log that are not committed yet. */
export interface Unsaved {
  readonly conversation: Conversation;
  readonly stream: Stream;
  readonly first: number;
  last: number;
  count: number;
  records: string;
  written: boolean;
}

/** Where a record is. */
export interface Located {
  readonly block: number;
  readonly stream: Stream;
  readonly first: number;
  readonly place: number;
  /** All of its block. */
  readonly records: readonly Saved[];
}

/** While the disk fails, what is not saved waits in memory up to this many characters; then the oldest is given up. */
const maxUnsavedLength = 16 * 1024 * 1024;

/** The records of all conversations. */
export class History implements Keeper {
  readonly #database: Database;
  readonly #conversations: Conversations;
  #unsaved: Unsaved[] = [];
  #appended = 0;
  #known = 0;
  readonly #insert: StatementSync;
  readonly #startAt: StatementSync;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;
  readonly #newest: StatementSync;
  readonly #change: StatementSync;
  readonly #block: StatementSync;

  constructor(database: Database, conversations: Conversations) {
    this.#database = database;
    this.#conversations = conversations;
    this.#insert = database.prepare("INSERT INTO block (log, first, count, records) VALUES (?, ?, ?, ?)");
    this.#startAt = database.prepareArrays(
      "SELECT first FROM block WHERE log = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    );
    const columns = "SELECT id, first, records FROM block WHERE log = ?";
    this.#forwards = database.prepareArrays(`${columns} AND first >= ? ORDER BY first LIMIT ?`);
    this.#backwards = database.prepareArrays(`${columns} AND first < ? ORDER BY first DESC LIMIT ?`);
    this.#newest = database.prepareArrays("SELECT first, records FROM block ORDER BY id DESC LIMIT 1");
    this.#block = database.prepareArrays("SELECT log, first, records FROM block WHERE id = ?");
    this.#change = database.prepare("UPDATE block SET records = ? WHERE id = ?");
  }

  /** Keeps a record. Never fails and never waits: it is saved when the tick is committed. Stamps only grow. */
  append(conversation: Conversation, stream: Stream, stamp: number, record: string): void {
    if (stamp <= this.#known) return;
    this.#appended++;
    const block = conversation.open[stream];
    if (block !== undefined && block.count < maxRecords) {
      block.records += laterRecord(block.first, stamp, record);
      block.last = stamp;
      block.count++;
      return;
    }
    const made: Unsaved = {
      conversation,
      stream,
      first: stamp,
      last: stamp,
      count: 1,
      records: firstRecord(record),
      written: false,
    };
    conversation.open[stream] = made;
    this.#unsaved.push(made);
    this.#database.wait();
  }

  /** What is appended next begins a block of its own. */
  endBlocks(conversation: Conversation): void {
    conversation.open[0] = conversation.open[1] = undefined;
  }

  /** What is appended up to this stamp is here already, and left out: it happens a second time. */
  skipUntil(stamp: number): void {
    this.#known = stamp;
  }

  /** How many records were appended since the start. */
  get appended(): number {
    return this.#appended;
  }

  /** The records of these views in the order of their stamps. */
  read(views: readonly View[], range: Range): Saved[] {
    this.#database.settle();
    const streams: Stream[] = range.events ? [0, 1] : [0];
    const logs = views.flatMap((view) =>
      streams.map((stream) =>
        this.#readLog(logOf(view.conversation, stream), {
          ...range,
          after: Math.max(range.after ?? -1, view.since - 1),
        })
      )
    );
    const [only] = logs;
    if (only && logs.length === 1) return only;
    const all = logs.flat().sort((one, other) => one.stamp - other.stamp);
    if (range.from === "start") return all.slice(0, range.limit);
    return all.slice(Math.max(0, all.length - range.limit));
  }

  /** The record with this stamp. */
  find(views: readonly View[], stamp: number): Saved | undefined {
    const range = { after: stamp - 1, before: stamp + 1, limit: 1, from: "start", events: true } as const;
    return this.read(views, range)[0];
  }

  /** The newest stamp that is stored; 0 when nothing is. */
  get newestStamp(): number {
    const [first, records] = row(this.#newest.get());
    if (first === undefined) return 0;
    return decodeBlock(Number(first), String(records)).at(-1)?.stamp ?? 0;
  }

  /** Puts other records in the place of a block's own. */
  rewrite(block: number, first: number, records: readonly Saved[]): void {
    this.#database.write();
    this.#change.run(encodeBlock(first, records), block);
  }

  /** A block's records. */
  load(block: number): { log: number; first: number; records: Saved[] } | undefined {
    const [log, first, text] = row(this.#block.get(block));
    if (log === undefined) return undefined;
    return { log: Number(log), first: Number(first), records: decodeBlock(Number(first), String(text)) };
  }

  /** The block and place of the record with this stamp. */
  locate(view: View, stamp: number): Located | undefined {
    this.#database.settle();
    if (stamp < view.since) return undefined;
    for (const stream of [0, 1] as const) {
      const [id, first, text] = row(this.#backwards.get(logOf(view.conversation, stream), stamp + 1, 1));
      if (id === undefined) continue;
      const records = decodeBlock(Number(first), String(text));
      const place = records.findIndex((one) => one.stamp === stamp && one.record !== "");
      if (place >= 0) return { block: Number(id), first: Number(first), stream, place, records };
    }
  }

  get statements(): number {
    let count = 0;
    // A conversation that has no row yet takes statements of its own.
    for (const { conversation, written } of this.#unsaved) {
      if (!written) count += conversation.id === undefined ? 4 : 1;
    }
    return count;
  }

  write(): void {
    const blocks = this.#unsaved;
    // The newest record is in the newest row, where newestStamp looks for it.
    if (blocks.length > 1) blocks.sort((one, other) => one.last - other.last);
    for (const block of blocks) {
      block.conversation.open[block.stream] = undefined;
      if (block.written) continue;
      const id = this.#conversations.idOf(block.conversation);
      this.#insert.run(logOf(id, block.stream), block.first, block.count, block.records);
      block.written = true;
    }
  }

  saved(): void {
    if (this.#unsaved.length > 0) this.#unsaved = [];
  }

  lost(): void {
    for (const block of this.#unsaved) block.written = false;
    let room = maxUnsavedLength;
    const kept = this.#unsaved.toReversed().filter(({ records }) => (room -= records.length) >= 0);
    if (kept.length === this.#unsaved.length) return;
    for (const { conversation, stream } of this.#unsaved) conversation.open[stream] = undefined;
    this.#unsaved = kept.reverse();
  }

  #readLog(log: number, range: Range): Saved[] {
    return range.from === "start" ? this.#readForwards(log, range) : this.#readBackwards(log, range);
  }

  #readForwards(log: number, { after = -1, before = Infinity, limit }: Range): Saved[] {
    const found: Saved[] = [];
    // The block that the bound is inside of begins before it.
    let from = Number(row(this.#startAt.get(log, after))[0] ?? 0);
    for (let step = firstStep; found.length < limit; step = laterStep) {
      const blocks = this.#forwards.all(log, from, step);
      for (const block of blocks) {
        const [, first, text] = row(block);
        if (Number(first) >= before) return found;
        for (const saved of decodeBlock(Number(first), String(text))) {
          if (saved.record === "" || saved.stamp <= after) continue;
          if (saved.stamp >= before || found.length === limit) return found;
          found.push(saved);
        }
        from = Number(first) + 1;
      }
      if (blocks.length < step) break;
    }
    return found;
  }

  #readBackwards(log: number, { after = -1, before = Infinity, limit }: Range): Saved[] {
    const found: Saved[] = [];
    let until = Math.min(before, Number.MAX_SAFE_INTEGER);
    for (let step = firstStep; found.length < limit; step = laterStep) {
      const blocks = this.#backwards.all(log, until, step);
      for (const block of blocks) {
        const [, first, text] = row(block);
        const records = decodeBlock(Number(first), String(text));
        for (let at = records.length - 1; at >= 0; at--) {
          const saved = records[at];
          if (saved === undefined || saved.record === "" || saved.stamp >= before) continue;
          if (saved.stamp <= after || found.length === limit) return found.reverse();
          found.push(saved);
        }
        until = Number(first);
      }
      if (blocks.length < step) break;
    }
    return found.reverse();
  }
}

/** Blocks asked for at a time; most readers want fifty records, and a busy tick has as many in one block. */
const firstStep = 4;
const laterStep = 24;
