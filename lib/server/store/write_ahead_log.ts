/**
 * The write-ahead log of the database file: SQLite appends each commit to it and copies it into the file later. Copying
 * waits for the disk, so it is done often, in small parts, and other threads wait (log_copier.ts). When all of the log is
 * copied, the next commit starts it anew, and waits for the disk once, for one page. Where the file cannot be opened twice
 * (open.ts), SQLite copies and this thread waits, but after the system has written the log itself.
 */
import type { DatabaseSync } from "node:sqlite";
import { LogCopier } from "./log_copier.ts";
import type { OpenedDatabase } from "./open.ts";
import { isFailure } from "./sqlite_errors.ts";

/** A copy begins when so many pages are not copied. */
const somePages = 1000;
/** At the times of upkeep, fewer are enough. */
const fewPages = 100;
/** A log of this size is copied to its end, so that it begins again. */
const longPages = 8000;
/** While people write fast, each copy is shorter but none reaches the end. After so many, this thread copies the rest. */
const mostTimes = 3;
/** From this size on, each commit copies the log, because the people write faster than the disk. */
const mostPages = 32_000;
/** The commits between two looks at the size of the log. */
const commitsPerLook = 256;

/** The log of one open database. No function works inside a transaction. */
export class WriteAheadLog {
  readonly #db: DatabaseSync;
  readonly #path: string | undefined;
  readonly #copier: LogCopier | undefined;
  #commits = 0;
  #isKept = false;
  #closed = false;

  /** Without a path the database is in memory, and there is no log. */
  constructor({ db, path, shared }: Pick<OpenedDatabase, "db" | "path" | "shared">) {
    this.#db = db;
    this.#path = path === undefined ? undefined : `${path}-wal`;
    if (path !== undefined && shared !== undefined) this.#copier = new LogCopier(path, shared);
    this.#limit();
  }

  /** Copies the log on this thread. True if all of it is in the file, so that its pages can be used again. */
  copy(): boolean {
    if (this.#isKept) return false;
    this.#copier?.interrupt();
    const { busy, log, checkpointed } = this.#checkpoint("PASSIVE");
    return busy === 0 && log > 0 && log === checkpointed;
  }

  /** Call it before shorten(), which needs the end of the transaction. Where this thread copies, the copy is quick then. */
  async prepare(): Promise<void> {
    if (this.#copier !== undefined) return await this.#copier.running;
    if (this.#path === undefined || this.#isKept) return;
    try {
      using file = await Deno.open(this.#path, { read: true, write: true });
      await file.syncData();
    } catch {
      // There is no log yet, or the disk fails: then the copy itself waits.
    }
  }

  /** Copies the log into the file, except a few pages. A power failure loses nothing that was saved before the call. */
  async shorten(): Promise<void> {
    if (this.#copier === undefined || this.#copier.isBroken) this.copy();
    else if (!await this.#copyBeside(fewPages)) await this.#copier.syncLog();
  }

  /** Call it after each commit. */
  committed(): void {
    if (++this.#commits % commitsPerLook === 0 && this.#copier?.isBroken === false) {
      void this.#copyBeside(somePages);
    }
  }

  /** False if fewer pages than `from` are not copied. */
  async #copyBeside(from: number): Promise<boolean> {
    if (this.#copier === undefined || !this.#isFree || this.#pages().rest < from) return false;
    for (let times = 1;; times++) {
      await this.#copier.copy();
      if (!this.#isFree) return true;
      const { log, rest } = this.#pages();
      if (log < longPages || rest === 0) return true;
      if (rest >= fewPages && times < mostTimes) continue;
      this.copy();
      return true;
    }
  }

  /** Whether a copy can begin now. */
  get #isFree(): boolean {
    return !this.#closed && !this.#isKept && !this.#db.isTransaction && this.#copier?.running === undefined;
  }

  /** Copies the log into the file and empties it; false if that is not possible now. */
  empty(): boolean {
    return !this.#isKept && this.#empty();
  }

  /**
   * Empties the log, and copies none of it into the file until `act` has ended. False without a call of `act` if the log
   * cannot be emptied now. `commit` ends a transaction.
   */
  async whileEmptied(commit: () => boolean, act: () => Promise<void>): Promise<boolean> {
    if (this.#isKept) return false;
    this.#isKept = true;
    this.#limit();
    try {
      await this.#copier?.running;
      if (this.#closed || !commit() || !this.#empty()) return false;
      await act();
      return true;
    } finally {
      this.#isKept = false;
      this.#limit();
    }
  }

  /** Call it before the database is closed. */
  close(): void {
    this.#closed = true;
    this.#copier?.close();
  }

  #empty(): boolean {
    // SQLite would wait for a copy that needs this thread.
    this.#copier?.interrupt();
    if (this.#copier?.isBroken) return false;
    const { busy, log } = this.#checkpoint("TRUNCATE");
    return busy === 0 && log === 0;
  }

  /** Sets the size at which a commit copies the log. */
  #limit(): void {
    if (this.#closed) return;
    const pages = this.#isKept ? 0 : this.#copier === undefined ? longPages : mostPages;
    this.#db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  }

  /** The pages in the log, and those of them that are not in the file. */
  #pages(): { log: number; rest: number } {
    const { log, checkpointed } = this.#checkpoint("NOOP");
    return { log, rest: log - checkpointed };
  }

  /** `log` and `checkpointed` are numbers of pages. */
  #checkpoint(mode: "NOOP" | "PASSIVE" | "TRUNCATE"): { busy: number; log: number; checkpointed: number } {
    try {
      const { busy, log, checkpointed } = this.#db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {};
      return { busy: Number(busy), log: Number(log), checkpointed: Number(checkpointed) };
    } catch (error) {
      // Nothing is lost: the log stays, and a commit without free space reports the failure.
      if (!isFailure(error)) throw error;
      return { busy: 1, log: 0, checkpointed: 0 };
    }
  }
}
