/**
 * The database file: one transaction per tick, and error handling when the disk fails. It knows no table.
 *
 * All rows of one tick of the event loop are one transaction. It begins at the first write and ends before anything is
 * sent (Flusher.before), so everything that users have seen is on disk. Without a flush, a timer ends it.
 *
 * The file has a write-ahead log. `synchronous` decides what survives: every level survives the end of the process,
 * also SIGKILL. A power failure can damage the file with "off", lose the last seconds with "normal", and lose nothing
 * that users have seen with "full". "full" waits for the disk once per tick, "normal" when the log is copied into the
 * file, "off" never. The log is copied when the chat is idle (checkpoint), and during a tick only if it has grown to
 * 32 MiB.
 *
 * If a commit fails (the disk is full), it is rolled back, reported once, and retried every second: commit
 * participants keep their rows until they are saved; all other code checks the result of commit().
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Clock } from "../../irc/clock.ts";

/** The durability of commits; see the head of this file. */
export type Synchronous = "off" | "normal" | "full";

/** The size of the log in pages at which a commit must copy it into the file. */
export const checkpointPages = 8000;

/** An object that keeps rows in memory until their transaction is saved. Only `write` can throw. */
export interface CommitParticipant {
  /** The number of statements that `write` will run, or more. */
  readonly statements: number;
  /** Inserts the rows that are not inserted yet. */
  write(): void;
  /** The inserted rows are saved. */
  saved(): void;
  /** The rows inserted since the last `saved` were rolled back. */
  rolledBack(): void;
}

/** Functions of node:sqlite that its types do not have. */
interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}

/** An open database. */
export class Database {
  /** Called with one sentence when saving starts to fail, when it works again, and when reading fails. */
  onProblem: (sentence: string) => void = (sentence) => {
    throw new Error(sentence);
  };
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #participants: CommitParticipant[] = [];
  readonly #clock: Clock;
  #begun = false;
  #isCommitScheduled = false;
  #failing = false;
  #copying = false;
  #unreadable = false;
  #retryAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #isHeld = false;

  /** Takes over `db`, which must have the newest version. */
  constructor(db: DatabaseSync, clock = new Clock()) {
    this.#db = db;
    this.#clock = clock;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
  }

  /** A statement whose rows are objects. */
  prepare(sql: string): StatementSync {
    return this.#db.prepare(sql);
  }

  /** A statement that returns rows as arrays, which is twice as fast. */
  prepareArrays(sql: string): StatementSync {
    const statement = this.#db.prepare(sql) as ArrayStatement;
    statement.setReturnArrays(true);
    return statement;
  }

  /** Adds a participant to every commit from now on. */
  addParticipant(participant: CommitParticipant): void {
    this.#participants.push(participant);
  }

  /** A participant calls this when it has new rows: they are committed in this tick. */
  scheduleCommit(): void {
    if (this.#isCommitScheduled) return;
    this.#isCommitScheduled = true;
    // The timer is only for a tick without output; otherwise the flusher commits earlier.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.commit();
    }, 5);
  }

  /** Call this before inserting, changing or deleting rows: it begins the transaction of the tick. */
  write(): void {
    if (this.#begun) return;
    this.#begin.run();
    this.#begun = true;
    this.scheduleCommit();
  }

  /**
   * Writes in the transaction of the tick. False if the disk failed; then the whole transaction is lost, except rows
   * of participants. Throws errors of `act` that have another reason.
   */
  attempt(act: () => void): boolean {
    try {
      this.write();
      act();
      return true;
    } catch (error) {
      this.#undo();
      if (!failures.has(resultCode(error))) throw error;
      this.#fail(error);
      return false;
    }
  }

  /**
   * The result of `find`; `otherwise` if the disk fails or the file is damaged, which is reported once.
   * server/apply uses it, because apply must continue.
   */
  read<T>(find: () => T, otherwise: T): T {
    try {
      return find();
    } catch (error) {
      if (!failures.has(resultCode(error))) throw error;
      if (!this.#unreadable) {
        this.onProblem(`Cannot read stored data: ${reasonOf(error)}; the chat continues without it`);
      }
      this.#unreadable = true;
      return otherwise;
    }
  }

  /**
   * Inserts the rows of all participants, so that queries find them; rows that cannot be inserted now are not found.
   */
  insertPending(): void {
    if (!this.#isCommitScheduled || this.#failing) return;
    try {
      this.#writeParticipants();
    } catch (error) {
      this.#undo();
      this.#fail(error);
    }
  }

  /** Saves nothing until releaseCommits(): everything until then is one transaction, and a crash leaves none of it. */
  holdCommits(): void {
    this.commit();
    this.#isHeld = true;
  }

  /** Ends holdCommits() and saves. False if that failed; see commit(). */
  releaseCommits(): boolean {
    this.#isHeld = false;
    return this.commit();
  }

  /** Saves the rows of this tick. False if that failed: rows of participants are retried, others are lost. */
  commit(): boolean {
    if (!this.#isCommitScheduled) return true;
    if (this.#isHeld) {
      this.insertPending();
      return false;
    }
    // If only participants have rows, the caller needs no result, and a full disk is not tried a thousand
    // times a second.
    if (this.#failing && !this.#begun && this.#clock.monotonic() < this.#retryAtMs) return false;
    try {
      if (this.#isOneStatement()) {
        for (const participant of this.#participants) participant.write();
      } else {
        this.#writeParticipants();
        this.#commit.run();
      }
    } catch (error) {
      this.#undo();
      this.#fail(error);
      return false;
    }
    this.#begun = false;
    this.#isCommitScheduled = false;
    for (const participant of this.#participants) participant.saved();
    if (this.#failing) {
      this.#failing = false;
      this.onProblem("Messages are saved again");
    }
    return true;
  }

  /** Whether the last commit failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Copies the log into the file; takes a tenth of a second for a long log. */
  checkpoint(): void {
    if (this.#copying || !this.commit()) return;
    try {
      this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      // Nothing is lost: the log stays, and a commit without free space reports the failure.
      if (!failures.has(resultCode(error))) throw error;
    }
  }

  /**
   * Copies the whole log into the file and empties the log, so that it contains no deleted text. False if that is not
   * possible now.
   */
  scrub(): boolean {
    if (this.#copying || !this.commit()) return false;
    const { busy, log } = this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
    return busy === 0 && log === 0;
  }

  /**
   * Copies the file in its current state; meanwhile the chat continues and is saved only in the log. Rejects with the
   * system's error.
   */
  async copy(from: string, to: string): Promise<void> {
    if (!this.scrub()) throw new Error("the database is not writable");
    this.#copying = true;
    this.#db.exec("PRAGMA wal_autocheckpoint = 0");
    try {
      await Deno.copyFile(from, `${to}.part`);
      await Deno.rename(`${to}.part`, to);
    } finally {
      this.#copying = false;
      if (!this.#closed) this.#db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    }
  }

  /** Saves and closes; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#retryAtMs = 0;
    if (this.#isHeld) this.#undo();
    else this.commit();
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#db.close();
  }

  /** The usual tick: one channel has messages. A single statement is its own transaction. */
  #isOneStatement(): boolean {
    if (this.#begun) return false;
    let count = 0;
    for (const participant of this.#participants) count += participant.statements;
    return count === 1;
  }

  #writeParticipants(): void {
    if (!this.#begun) {
      this.#begin.run();
      this.#begun = true;
    }
    for (const participant of this.#participants) participant.write();
  }

  #undo(): void {
    // SQLite rolls back by itself after some failures.
    if (this.#db.isTransaction) this.#rollback.run();
    this.#begun = false;
    for (const participant of this.#participants) participant.rolledBack();
  }

  #fail(error: unknown): void {
    this.#retryAtMs = this.#clock.monotonic() + 1000;
    if (this.#failing) return;
    this.#failing = true;
    this.onProblem(
      `Cannot save messages: ${reasonOf(error)}; the chat continues, and the server keeps trying to save`,
    );
  }
}

/** The reason of an SQLite error, in plain words. */
export function reasonOf(error: unknown): string {
  return failures.get(resultCode(error))?.[1] ?? (error instanceof Error ? error.message : String(error));
}

/** Whether SQLite reports that the file is damaged or not a database. */
export function isDamage(error: unknown): boolean {
  return [11, 26].includes(resultCode(error));
}

/** 0 for an error that is not a failure of the file or the disk. */
function resultCode(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  if ("errcode" in error) return Number(error.errcode) & 0xff;
  return [...failures].find(([, [sqliteMessage]]) => error.message.startsWith(sqliteMessage))?.[0] ?? 0;
}

/** SQLite result codes: the message of SQLite, which identifies errors without a code, and our words. */
const failures: ReadonlyMap<number, readonly [sqliteMessage: string, words: string]> = new Map([
  [5, ["database is locked", "another program is writing to the database"]],
  [8, ["attempt to write a readonly database", "the database is read-only"]],
  [10, ["disk I/O error", "the disk reports an error"]],
  [11, ["database disk image is malformed", "the database is damaged"]],
  [13, ["database or disk is full", "the disk is full"]],
  [14, ["unable to open database file", "the database cannot be opened"]],
  [26, ["file is not a database", "the file is not a database"]],
]);
