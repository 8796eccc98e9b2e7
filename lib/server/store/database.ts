/**
 * The database file: opened with care, one transaction a tick, and what happens when the disk fails. Knows no table.
 *
 * All rows of one tick of the event loop are one transaction. It begins at the first write and ends before anything is
 * sent (Flusher.before), so what a person has seen is on disk. Without a flush a timer ends it.
 *
 * Write-ahead log. `synchronous` says what survives: every level survives the end of the process, SIGKILL too.
 * A power failure may with "off" damage the file, with "normal" lose the last seconds, with "full" lose nothing
 * that was seen; "full" waits for the disk once a tick, "normal" when the log is copied into the file, "off" never.
 * The log is copied when the chat is quiet (checkpoint), in the middle of a tick only when it has grown to 32 MiB.
 *
 * Where a commit fails (the disk is full) it is rolled back, said once, and tried again every second: keepers hold
 * their rows until they are saved, everybody else is told by the result of commit().
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How much is waited for; see the head of this file. */
export type Synchronous = "off" | "normal" | "full";

/** Pages the log may have before a commit has to copy it into the file. */
export const checkpointPages = 8000;

/** Holds rows in memory until the transaction that has them is saved. None of these may throw but `write`. */
export interface Keeper {
  /** How many statements `write` is about to run, or more. */
  readonly statements: number;
  /** Inserts what is not inserted yet. */
  write(): void;
  /** What was inserted is saved. */
  saved(): void;
  /** What was inserted since the last `saved` is gone again. */
  lost(): void;
}

/** What node:sqlite has and its types do not. */
interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}

/** An open database. */
export class Database {
  /** Told, in one sentence, when saving begins to fail and when it works again, and when reading fails. */
  onTrouble: (sentence: string) => void = (sentence) => {
    throw new Error(sentence);
  };
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #keepers: Keeper[] = [];
  readonly #now: () => number;
  #begun = false;
  #waiting = false;
  #failing = false;
  #copying = false;
  #unreadable = false;
  #retryAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #held = false;

  /** Takes over `db`, which is of this program's newest version. */
  constructor(db: DatabaseSync, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
  }

  /** A statement whose rows are objects. */
  prepare(sql: string): StatementSync {
    return this.#db.prepare(sql);
  }

  /** A statement whose rows are arrays, which is twice as fast. */
  prepareArrays(sql: string): StatementSync {
    const statement = this.#db.prepare(sql) as ArrayStatement;
    statement.setReturnArrays(true);
    return statement;
  }

  /** From now on this keeper takes part in every commit. */
  join(keeper: Keeper): void {
    this.#keepers.push(keeper);
  }

  /** To be called by a keeper that now holds rows: they are committed this tick. */
  wait(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    // Only for a tick that nobody is told anything in; the flusher is earlier.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.commit();
    }, 5);
  }

  /** To be called before anything is inserted, changed or deleted: begins the tick's transaction. */
  write(): void {
    if (this.#begun) return;
    this.#begin.run();
    this.#begun = true;
    this.wait();
  }

  /**
   * Writes in the tick's transaction. False when the disk failed: all of the transaction but keepers' rows is lost then.
   * Throws what `act` throws for another reason.
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

  /** What `find` reads; `otherwise` when the disk fails or the file is damaged, which is said once. For apply, which must go on. */
  read<T>(find: () => T, otherwise: T): T {
    try {
      return find();
    } catch (error) {
      if (!failures.has(resultCode(error))) throw error;
      if (!this.#unreadable) {
        this.onTrouble(`Cannot read what was saved: ${reasonOf(error)}; the chat goes on without it`);
      }
      this.#unreadable = true;
      return otherwise;
    }
  }

  /** Inserts what keepers hold, so that a query finds it; what cannot be inserted now is not found. */
  settle(): void {
    if (!this.#waiting || this.#failing) return;
    try {
      this.#writeKept();
    } catch (error) {
      this.#undo();
      this.#fail(error);
    }
  }

  /** From now on nothing is saved until release(): all of it is one transaction, of which a crash leaves nothing. */
  hold(): void {
    this.commit();
    this.#held = true;
  }

  /** Saves what was held. False when that failed; see commit(). */
  release(): boolean {
    this.#held = false;
    return this.commit();
  }

  /** Saves the rows of this tick. False when they are not saved: rows of keepers are tried again, others are lost. */
  commit(): boolean {
    if (!this.#waiting) return true;
    if (this.#held) {
      this.settle();
      return false;
    }
    // Rows of keepers alone need no answer now, and a disk that is full is not asked a thousand times a second.
    if (this.#failing && !this.#begun && this.#now() < this.#retryAtMs) return false;
    try {
      if (this.#isOneStatement()) {
        for (const keeper of this.#keepers) keeper.write();
      } else {
        this.#writeKept();
        this.#commit.run();
      }
    } catch (error) {
      this.#undo();
      this.#fail(error);
      return false;
    }
    this.#begun = false;
    this.#waiting = false;
    for (const keeper of this.#keepers) keeper.saved();
    if (this.#failing) {
      this.#failing = false;
      this.onTrouble("What is said is saved again");
    }
    return true;
  }

  /** Whether the last commit failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Copies the log into the file; takes a tenth of a second when the log is long. */
  checkpoint(): void {
    if (this.#copying || !this.commit()) return;
    try {
      this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      // Nothing is lost: the log stays, and a commit that finds no room says so.
      if (!failures.has(resultCode(error))) throw error;
    }
  }

  /** Copies all of the log into the file and empties the log, so that nothing deleted is left in it. False when that cannot be now. */
  scrub(): boolean {
    if (this.#copying || !this.commit()) return false;
    const { busy, log } = this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
    return busy === 0 && log === 0;
  }

  /** Copies the file as it is now; the chat goes on meanwhile, and is saved in the log alone. Rejects with what the system says. */
  async copy(from: string, to: string): Promise<void> {
    if (!this.scrub()) throw new Error("the database cannot be written to");
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
    if (this.#held) this.#undo();
    else this.commit();
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#db.close();
  }

  /** The usual tick: one channel spoke. One statement is a transaction by itself. */
  #isOneStatement(): boolean {
    if (this.#begun) return false;
    let count = 0;
    for (const keeper of this.#keepers) count += keeper.statements;
    return count === 1;
  }

  #writeKept(): void {
    if (!this.#begun) {
      this.#begin.run();
      this.#begun = true;
    }
    for (const keeper of this.#keepers) keeper.write();
  }

  #undo(): void {
    // SQLite has rolled back by itself after some failures.
    if (this.#db.isTransaction) this.#rollback.run();
    this.#begun = false;
    for (const keeper of this.#keepers) keeper.lost();
  }

  #fail(error: unknown): void {
    this.#retryAtMs = this.#now() + 1000;
    if (this.#failing) return;
    this.#failing = true;
    this.onTrouble(
      `Cannot save what is said: ${reasonOf(error)}; the chat goes on, and saving is tried again`,
    );
  }
}

/** Why SQLite failed, in words for people. */
export function reasonOf(error: unknown): string {
  return failures.get(resultCode(error))?.[1] ?? (error instanceof Error ? error.message : String(error));
}

/** Whether SQLite found the file to be no database, or a broken one. */
export function isDamage(error: unknown): boolean {
  return [11, 26].includes(resultCode(error));
}

/** 0 for what is no failure of the file or the disk. */
function resultCode(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  if ("errcode" in error) return Number(error.errcode) & 0xff;
  return [...failures].find(([, [own]]) => error.message.startsWith(own))?.[0] ?? 0;
}

/** By result code of SQLite: its own words, by which errors are known that come without the code, and ours. */
const failures: ReadonlyMap<number, readonly [own: string, words: string]> = new Map([
  [5, ["database is locked", "another program is writing to the database"]],
  [8, ["attempt to write a readonly database", "the database may not be written to"]],
  [10, ["disk I/O error", "the disk reports an error"]],
  [11, ["database disk image is malformed", "the database is damaged"]],
  [13, ["database or disk is full", "the disk is full"]],
  [14, ["unable to open database file", "the database cannot be opened"]],
  [26, ["file is not a database", "it is not a database"]],
]);
