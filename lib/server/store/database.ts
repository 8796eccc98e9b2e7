/**
 * The database file: one transaction per tick, and what happens while the disk fails. It knows no table.
 *
 * All rows of one tick of the event loop are one transaction. It begins at the first write and ends before anything is
 * sent (Flusher.before), so everything that users have seen is on disk. Ticks that send nothing share a transaction, which
 * a timer ends.
 *
 * The file has a write-ahead log. `synchronous` decides what survives: every level survives the end of the process,
 * also SIGKILL. A power failure can damage the file with "off", lose the last seconds with "normal", and lose nothing
 * that users have seen with "full". "full" waits for the disk once per tick, "normal" once for each log of thousands of
 * ticks, "off" never. write_ahead_log.ts says when the log is copied into the file.
 *
 * If a commit fails (the disk is full), it is reported once and tried again every second. Until then the transaction
 * stays open in memory: SQLite forgets it with the failed commit, so all its statements run again (transaction.ts).
 * Every reader therefore finds what waits, in its order, and later writes work as always. This holds for every write,
 * because rows are changed by a WriteStatement only, and only inside change(), attempt() or a participant. If even the
 * statements fail (the disk cannot be read), changes and participants wait as they are and run later, in their order.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { Clock } from "../../irc/clock.ts";
import { type CommitParticipant, CommitParticipants } from "./commit_participants.ts";
import { canGrow } from "./disk_space.ts";
import { copyFile } from "./file_copy.ts";
import type { OpenedDatabase } from "./open.ts";
import { isFailure, reasonOf } from "./sqlite_errors.ts";
import { WriteAheadLog } from "./write_ahead_log.ts";
import { Transaction } from "./transaction.ts";

/** The durability of commits; see the head of this file. */
export type Synchronous = "off" | "normal" | "full";

/** The options of a database. */
export interface DatabaseOptions {
  /** @default {that of the system} */
  readonly clock?: Clock;
  /** The most characters that wait in memory while the disk fails. @default {16 MiB} */
  readonly unsavedLimit?: number;
}

/** Above this, a commit is tried only when a file of this size can be written: a failed one costs a repetition. */
const probedBytes = 256 * 1024;
const retryMs = 1000;
/**
 * When a tick without output is saved. Under load the flusher commits before that, and a timer that fires often for
 * nothing costs more than a round of the event loop.
 */
const quietCommitMs = 25;
/** A retry that failed waits so many times longer than it took. */
const retryShare = 20;

/** A statement that changes rows; it runs only inside Database.change(), attempt() or a participant. */
export interface WriteStatement {
  run(...values: SQLInputValue[]): void;
  /** The first row of RETURNING, as an array. */
  get(...values: SQLInputValue[]): unknown;
}

/** A statement that returns rows as arrays, which is twice as fast as objects. */
export function prepareArrays(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql) as StatementSync & { setReturnArrays(enabled: boolean): void };
  statement.setReturnArrays(true);
  return statement;
}

/** An open database. */
export class Database {
  /** Called with one sentence when saving starts to fail, when it works again, and when reading fails. */
  onProblem: (sentence: string) => void = (sentence) => {
    throw new Error(sentence);
  };
  /** Records of the history that wait to be saved, and those that were dropped since the start. */
  readonly records = { unsaved: 0, lost: 0 };
  readonly #db: DatabaseSync;
  readonly #path: string | undefined;
  readonly #file: Deno.FsFile | undefined;
  readonly #participants = new CommitParticipants();
  readonly #clock: Clock;
  readonly #unsavedLimit: number;
  readonly #log: WriteAheadLog;
  readonly #transaction: Transaction;
  /** Changes that could not even be made in memory; later ones wait behind them. */
  #waiting: (() => void)[] = [];
  #isWriting = false;
  #isCommitScheduled = false;
  #failing = false;
  /** `records.lost` when saving failed last. */
  #lostBefore = 0;
  #unreadable = false;
  #retryAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #isHeld = false;
  #heldFailure: unknown;

  /** Takes over a database, which must have the newest version. */
  constructor(
    opened: Omit<OpenedDatabase, "release">,
    { clock = new Clock(), unsavedLimit = 16 * 1024 * 1024 }: DatabaseOptions = {},
  ) {
    const { db, path } = opened;
    this.#db = db;
    this.#path = path;
    this.#file = opened.file;
    this.#clock = clock;
    this.#unsavedLimit = unsavedLimit;
    this.#log = new WriteAheadLog(opened);
    this.#transaction = new Transaction(db);
  }

  /** A statement that only reads, and returns rows as arrays. */
  prepareArrays(sql: string): StatementSync {
    if (!/^\s*SELECT\b/.test(sql)) throw new Error(`Only prepareWrite() can change rows: ${sql}`);
    return prepareArrays(this.#db, sql);
  }

  /** A statement that changes rows. `isDerived`: they can be made again from other rows. */
  prepareWrite(sql: string, { isDerived = false }: { isDerived?: boolean } = {}): WriteStatement {
    const statement = prepareArrays(this.#db, sql);
    const enter = (values: readonly SQLInputValue[]) => {
      if (!this.#isWriting) throw new Error(`Rows are changed outside of change(): ${sql}`);
      if (!this.#isHeld) this.#transaction.add(statement, values, isDerived);
    };
    return {
      run(...values) {
        enter(values);
        statement.run(...values);
      },
      get(...values) {
        enter(values);
        return statement.get(...values);
      },
    };
  }

  /** Adds a participant to every commit from now on. */
  addParticipant(participant: CommitParticipant): void {
    this.#participants.add(participant);
  }

  /** A participant calls this when it has new rows: they are committed before this tick sends anything, or soon. */
  scheduleCommit(): void {
    if (this.#isCommitScheduled) return;
    this.#isCommitScheduled = true;
    // The timer is only for a tick without output; otherwise the flusher commits earlier.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.commit();
    }, quietCommitMs);
  }

  /**
   * Changes rows in the transaction of the tick. It never loses the change: if the disk failed so that `act` cannot be
   * done now, it returns false, and `act` is done later. Throws errors of `act` that have another reason.
   */
  change(act: () => void): boolean {
    if (this.attempt(act)) return true;
    if (!this.#isHeld) this.#waiting.push(act);
    return false;
  }

  /** The same for a change that its caller tries again: if the disk failed, `act` has no effect, and it returns false. */
  attempt(act: () => void): boolean {
    if (this.#isWriting) {
      act();
      return true;
    }
    this.scheduleCommit();
    // Rows that were collected before come first.
    return this.insertPending() && this.#write(act);
  }

  /**
   * The result of `find`; `otherwise` if the disk fails or the file is damaged, which is reported once.
   * server/apply uses it, because apply must continue.
   */
  read<T>(find: () => T, otherwise: T): T {
    try {
      return find();
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (!this.#unreadable) {
        this.onProblem(`Cannot read stored data: ${reasonOf(error)}; the chat continues without it`);
      }
      this.#unreadable = true;
      return otherwise;
    }
  }

  /** Writes the rows of all participants, so that queries find them. False if they cannot be written now. */
  insertPending(): boolean {
    if (!this.#isCommitScheduled || this.#isWriting) return true;
    if (this.#participants.statements === 0) return !this.#isStuck;
    return !this.#isStuck && this.#write(this.#participants.write);
  }

  /** Saves nothing until releaseCommits(): everything until then is one transaction, and a crash leaves none of it. */
  holdCommits(): void {
    this.commit();
    this.#isHeld = true;
    this.#heldFailure = undefined;
  }

  /** Ends holdCommits() and saves. False if the disk failed since; then nothing of it is saved. */
  releaseCommits(): boolean {
    const wasHeld = this.#isHeld;
    if (wasHeld) this.insertPending();
    this.#isHeld = false;
    if (this.#heldFailure !== undefined) return false;
    return this.commit() || !wasHeld;
  }

  /** Saves the rows of this tick. False if that failed: they wait, and every reader finds them. */
  commit(): boolean {
    if (!this.#isCommitScheduled) return true;
    if (this.#isHeld) {
      this.insertPending();
      return false;
    }
    if (this.#failing) return this.#commitAgain();
    if (this.#isOneStatement()) {
      if (this.#write(this.#participants.write, true) && !this.#failing) return this.#end();
      return false;
    }
    if (!this.insertPending() || this.#failing) return false;
    return this.#end();
  }

  /** Whether the last commit failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Whether the next commit can succeed, for what must be on disk before people hear of it. Costs system calls. */
  canSave(): boolean {
    return !this.#failing && (this.#path === undefined || canGrow(this.#path, probedBytes));
  }

  /** The characters that wait in memory because the disk fails; otherwise 0. */
  get unsavedBytes(): number {
    return this.#failing ? this.#transaction.bytes + this.#participants.bytes : 0;
  }

  /** Records that were dropped since saving failed last. */
  get lostSinceFailure(): number {
    return this.records.lost - this.#lostBefore;
  }

  /** Whether so much waits in memory that nothing more can. */
  get isFull(): boolean {
    return this.#failing && this.unsavedBytes >= this.#unsavedLimit;
  }

  /** Brings what is saved to the disk and copies the log into the file, except a few pages. */
  async checkpoint(): Promise<void> {
    await this.#log.prepare();
    if (!this.#closed && this.commit()) await this.#log.shorten();
  }

  /**
   * Copies the whole log into the file and empties the log, so that it contains no deleted text. False if that is not
   * possible now. The thread waits for the disk, but not long after a checkpoint().
   */
  scrub(): boolean {
    return this.commit() && this.#log.empty();
  }

  /**
   * Copies the file in its current state; meanwhile the chat continues and is saved only in the log. Rejects with the
   * system's error.
   */
  async copy(to: string): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error("the database has no file");
    await this.checkpoint();
    const isCopied = await this.#log.whileEmptied(() => this.commit(), () => copyFile(file, to));
    if (!isCopied) throw new Error("the disk is full or fails; make space, then try again");
    await this.checkpoint();
  }

  /** Saves and closes; a second call does nothing. Afterwards `records.unsaved` are lost. */
  close(): void {
    if (this.#closed) return;
    if (this.#isHeld) this.#transaction.undo();
    else if (!this.commit() && this.#failing) this.#retry();
    this.#closed = true;
    this.#log.close();
    clearTimeout(this.#timer);
    this.#transaction.undo();
    this.#db.close();
  }

  /** Whether changes must wait, because those before them are not in the transaction. */
  get #isStuck(): boolean {
    return !this.#transaction.isComplete || this.#waiting.length > 0;
  }

  /** The usual tick: one channel has messages. A single statement is its own transaction. */
  #isOneStatement(): boolean {
    return !this.#transaction.isOpen && this.#participants.statements === 1;
  }

  /** Runs `act`, again if it fails; false if the disk failed twice. The unsaved writes before it stay. */
  #write(act: () => void, alone = false): boolean {
    const before = this.#transaction.length;
    for (let isAgain = false;; isAgain = true) {
      try {
        if (!alone || isAgain) this.#transaction.open();
        this.#isWriting = true;
        act();
        return true;
      } catch (error) {
        this.#transaction.truncate(before);
        this.#transaction.undo();
        if (isFailure(error)) this.#fail(error);
        const isRepeated = this.#transaction.repeat();
        this.#participants.rolledBack();
        if (!isFailure(error)) throw error;
        if (isAgain || !isRepeated || this.#isHeld) return false;
      } finally {
        this.#isWriting = false;
      }
    }
  }

  /** Ends the transaction; after a failure it is made again. */
  #end(): boolean {
    for (let isAgain = false;; isAgain = true) {
      try {
        this.#transaction.commit();
        return this.#saved();
      } catch (error) {
        this.#transaction.undo();
        if (!isFailure(error)) throw error;
        // Pages of the log that are copied into the file can be used again.
        const hasSpace = !isAgain && this.#log.copy();
        if (!hasSpace) this.#fail(error);
        if (!this.#transaction.repeat() || !hasSpace) return false;
      }
    }
  }

  #commitAgain(): boolean {
    this.insertPending();
    return this.#clock.monotonic() >= this.#retryAtMs && this.#retry();
  }

  #retry(): boolean {
    const before = performance.now();
    const isSaved = this.#tryAgain();
    const tookMs = performance.now() - before;
    this.#retryAtMs = this.#clock.monotonic() + Math.max(retryMs, tookMs * retryShare);
    return isSaved;
  }

  #tryAgain(): boolean {
    if (!this.#transaction.isComplete && !this.#transaction.repeat()) return false;
    const waiting = this.#waiting;
    this.#waiting = [];
    // Participants have no row that is newer than a change that waits.
    const isWritten = this.insertPending();
    for (let act = waiting.shift(); act !== undefined; act = waiting.shift()) {
      if (isWritten && this.#write(act)) continue;
      waiting.unshift(act);
      break;
    }
    this.#waiting = waiting;
    if (this.#isStuck) return false;
    const { bytes } = this.#transaction;
    if (this.#path !== undefined && bytes > probedBytes && !canGrow(this.#path, bytes)) return false;
    return this.#end();
  }

  #saved(): true {
    this.#isCommitScheduled = false;
    this.#log.committed();
    const { records, records: { unsaved } } = this;
    records.unsaved = 0;
    if (!this.#failing) return true;
    this.#failing = false;
    this.#db.exec("PRAGMA cache_spill = ON");
    const lost = this.lostSinceFailure;
    this.onProblem(
      `Messages are saved again; messages and events that waited in memory: ${unsaved}, lost: ${lost}`,
    );
    return true;
  }

  #fail(error: unknown): void {
    if (this.#isHeld) this.#heldFailure ??= error;
    if (this.#failing) return;
    this.#failing = true;
    this.#retryAtMs = this.#clock.monotonic() + retryMs;
    this.#lostBefore = this.records.lost;
    // Pages of a long transaction would be written to the disk before its commit.
    this.#db.exec("PRAGMA cache_spill = OFF");
    this.onProblem(
      `Cannot save messages: ${reasonOf(error)}; the chat continues, and the server keeps trying to save`,
    );
  }
}
