/**
 * The message history, in the order of the stamps. Appending runs no statement; at the commit, the records of one
 * tick and one log become one row (block.ts). A range of history is a range of the key (log, stamp).
 *
 * The reason for many records in one row: CPU time per message of 100 bytes, with 64 messages per tick, on two shared
 * cores: one row per message 4.5 µs, one INSERT of 64 rows 2.4, json_each 2.9, one row for all 1.0. Text inside the
 * tree of the index (WITHOUT ROWID): 1.3, and a third more disk, because long rows fill its pages badly. Other page
 * sizes, and storing senders once per row, made no measurable difference; our own lock (open.ts) and copying the log
 * in idle moments (database.ts) saved a quarter each. tests/bench/history.ts measures today's figures: 20 µs for a
 * single message, 1.1 with 43 per tick. In a busy server, whose caches hold other data, the commit of a tick takes 60
 * µs; appending the same bytes to a plain file takes 32. Reading the last 50 of a million messages takes 0.1 ms, and
 * 5 ms the first time after a start.
 */
import type { StatementSync } from "node:sqlite";
import {
  decodeBlock,
  encodeBlock,
  firstRecord,
  laterRecord,
  maxCharacters,
  maxRecords,
  type StoredRecord,
} from "./block.ts";
import { type Conversation, type Conversations, logOf, row, type Stream } from "./conversation.ts";
import type { CommitParticipant } from "./commit_participants.ts";
import type { Database, WriteStatement } from "./database.ts";
import { type HistoryRange, HistoryReader, type HistoryView, isOpen } from "./history_reader.ts";
import type { HistorySize } from "./history_size.ts";
import type { TurnsOptions } from "./steps.ts";

/** Records of one log that are not written yet. */
export interface UnsavedBlock {
  readonly conversation: Conversation;
  readonly stream: Stream;
  readonly first: number;
  last: number;
  count: number;
  records: string;
}

/** The place of a record. */
export interface RecordPlace {
  readonly block: number;
  readonly stream: Stream;
  readonly first: number;
  readonly place: number;
  /** All records of its block. */
  readonly records: readonly StoredRecord[];
}

/** The records of all conversations. */
export class History implements CommitParticipant {
  readonly reader: HistoryReader;
  readonly #database: Database;
  readonly #conversations: Conversations;
  readonly #size: HistorySize;
  #unsaved: UnsavedBlock[] = [];
  #unsavedLength = 0;
  #isCut = false;
  #dropped = 0;
  /** Whether others have the records that are dropped here, as the machines of a cluster do. @default {false} */
  canRefill = false;
  #appended = 0;
  #storedUntil = 0;
  #checkedUntil = 0;
  readonly #insert: WriteStatement;
  readonly #blockAt: StatementSync;
  readonly #newest: StatementSync;
  readonly #change: WriteStatement;
  readonly #block: StatementSync;
  readonly #moved: StatementSync;
  /** Whether a record has got another stamp. */
  readonly #hasMoved: boolean;

  constructor(database: Database, conversations: Conversations, size: HistorySize) {
    this.#database = database;
    this.#conversations = conversations;
    this.#size = size;
    this.reader = new HistoryReader(database);
    this.#insert = database.prepareWrite(
      "INSERT INTO block (log, first, count, records) VALUES (?, ?, ?, ?)",
    );
    this.#blockAt = database.prepareArrays(
      "SELECT id, first, records FROM block WHERE log = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    );
    this.#newest = database.prepareArrays("SELECT first, records FROM block ORDER BY id DESC LIMIT 1");
    this.#block = database.prepareArrays("SELECT log, first, records FROM block WHERE id = ? AND log >= 0");
    this.#moved = database.prepareArrays(
      "SELECT stamp FROM moved_stamp WHERE old <= ? ORDER BY old DESC LIMIT 1",
    );
    this.#hasMoved = this.#moved.get(Number.MAX_SAFE_INTEGER) !== undefined;
    this.#change = database.prepareWrite("UPDATE block SET records = ?, count = count - ? WHERE id = ?");
  }

  /**
   * Adds a record. It never fails and never waits: the commit of the tick saves it. Stamps must grow. While the disk
   * fails and so much waits in memory that nothing more can, the record is dropped; see isCut.
   */
  append(conversation: Conversation, stream: Stream, stamp: number, record: string): void {
    if (stamp <= this.#storedUntil) return;
    if (stamp <= this.#checkedUntil) {
      if (this.#isStored(conversation, stream, stamp)) return;
      // Stamps grow, so no later record is stored either.
      this.#checkedUntil = 0;
    }
    if (this.#isCut || this.#database.isFull) return this.#drop();
    const { records } = this.#database;
    this.#appended++;
    records.unsaved++;
    this.#unsavedLength += record.length;
    const block = conversation.open[stream];
    if (block !== undefined && block.count < maxRecords && block.records.length < maxCharacters) {
      block.records += laterRecord(block.first, stamp, record);
      block.last = stamp;
      block.count++;
      return;
    }
    const newBlock: UnsavedBlock = {
      conversation,
      stream,
      first: stamp,
      last: stamp,
      count: 1,
      records: firstRecord(record),
    };
    conversation.open[stream] = newBlock;
    this.#unsaved.push(newBlock);
    this.#database.scheduleCommit();
  }

  /** The next record starts a new block. */
  endBlocks(conversation: Conversation): void {
    conversation.open[0] = conversation.open[1] = undefined;
  }

  /** Ignores records up to this stamp: they are stored already and are being repeated. */
  skipUntil(stamp: number): void {
    this.#storedUntil = stamp;
  }

  /** Ignores the next records as long as each is stored already: some that end at this stamp can be repeated. */
  skipStored(until: number): void {
    this.#checkedUntil = until;
  }

  #isStored(conversation: Conversation, stream: Stream, stamp: number): boolean {
    this.#database.insertPending();
    if (conversation.id === undefined) return false;
    const [, first, text] = row(this.#blockAt.get(logOf(conversation.id, stream), stamp));
    return first !== undefined && decodeBlock(Number(first), String(text)).some((one) => one.stamp === stamp);
  }

  /**
   * Whether the history ends before a record that was dropped and that others have. All later records are dropped too
   * until endCut(), so what others have after the newest stamp is what is missing here. Without canRefill a dropped
   * record is lost, and the next ones are saved.
   */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Accepts records again. The dropped ones count as lost unless they come from others now. */
  endCut({ isRefilled }: { isRefilled: boolean }): void {
    if (!isRefilled) this.#database.records.lost += this.#dropped;
    this.#isCut = false;
    this.#dropped = 0;
  }

  #drop(): void {
    this.#isCut = this.canRefill;
    if (this.canRefill) this.#dropped++;
    else this.#database.records.lost++;
  }

  /** The number of records appended since the start. */
  get appended(): number {
    return this.#appended;
  }

  /** Whether a view contains a record with this stamp. */
  isOpen(view: HistoryView, stamp: number): boolean {
    return isOpen(view, stamp);
  }

  /** The record with this stamp. */
  find(views: readonly HistoryView[], stamp: number): StoredRecord | undefined {
    return this.reader.find(views, stamp);
  }

  /** See HistoryReader.read. */
  read(views: readonly HistoryView[], range: HistoryRange): StoredRecord[] {
    return this.reader.read(views, range);
  }

  /** See HistoryReader.readInSteps. */
  readInSteps(
    views: readonly HistoryView[],
    range: HistoryRange,
    options?: TurnsOptions,
  ): Promise<StoredRecord[]> {
    return this.reader.readInSteps(views, range, options);
  }

  /** The newest stored stamp; 0 if there is none. */
  get newestStamp(): number {
    const [first, records] = row(this.#newest.get());
    if (first === undefined) return 0;
    return decodeBlock(Number(first), String(records)).at(-1)?.stamp ?? 0;
  }

  /**
   * The present stamp of the record with this stamp, or of the last one before it: records that were in the future have
   * moved (mend_times.ts), and clients still know their old stamps.
   */
  presentStamp(stamp: number): number {
    if (!this.#hasMoved || stamp <= this.newestStamp) return stamp;
    const [moved] = this.#database.read(() => row(this.#moved.get(stamp)), []);
    return moved === undefined ? stamp : Number(moved);
  }

  /** Replaces the records of a block, of which `erased` are gone. Only inside Database.change(). */
  rewrite(block: number, first: number, records: readonly StoredRecord[], erased: number): void {
    this.#change.run(encodeBlock(first, records), erased, block);
  }

  /** The records of a block. */
  load(block: number): { log: number; first: number; records: StoredRecord[] } | undefined {
    const [log, first, text] = row(this.#block.get(block));
    if (log === undefined) return undefined;
    return { log: Number(log), first: Number(first), records: decodeBlock(Number(first), String(text)) };
  }

  /** The block and place of the record with this stamp. */
  locate(view: HistoryView, stamp: number): RecordPlace | undefined {
    this.#database.insertPending();
    if (!isOpen(view, stamp)) return undefined;
    for (const stream of [0, 1] as const) {
      const [id, first, text] = row(this.#blockAt.get(logOf(view.conversation, stream), stamp));
      if (id === undefined) continue;
      const records = decodeBlock(Number(first), String(text));
      const place = records.findIndex((one) => one.stamp === stamp && one.record !== "");
      if (place >= 0) return { block: Number(id), first: Number(first), stream, place, records };
    }
  }

  get statements(): number {
    let count = 0;
    // A conversation without a row needs more statements.
    for (const { conversation } of this.#unsaved) count += conversation.id === undefined ? 4 : 1;
    return count;
  }

  get bytes(): number {
    return this.#unsavedLength;
  }

  write(): void {
    const blocks = this.#unsaved;
    // newestStamp expects the newest record in the newest row.
    if (blocks.length > 1) blocks.sort((one, other) => one.last - other.last);
    for (const block of blocks) {
      block.conversation.open[block.stream] = undefined;
      const id = this.#conversations.idOf(block.conversation);
      this.#insert.run(logOf(id, block.stream), block.first, block.count, block.records);
      this.#size.wait(block.records.length);
    }
  }

  written(): void {
    if (this.#unsaved.length > 0) this.#unsaved = [];
    this.#unsavedLength = 0;
  }

  rolledBack(): void {}
}
