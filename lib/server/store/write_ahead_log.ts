/**
 * The write-ahead log of the database file: SQLite appends each commit to it and copies it into the file later. Copying
 * waits for the disk, so it is done often while much is written, and after the system has written the log itself.
 */
import type { DatabaseSync } from "node:sqlite";
import { isFailure } from "./sqlite_errors.ts";

/** The size of the log in pages at which a commit must copy it into the file. */
export const checkpointPages = 8000;

/** The log of one open database. No function works inside a transaction. */
export class WriteAheadLog {
  readonly #db: DatabaseSync;
  readonly #path: string | undefined;
  #isKept = false;
  #closed = false;

  /** `database` is the path of the file; undefined in memory. */
  constructor(db: DatabaseSync, database: string | undefined) {
    this.#path = database === undefined ? undefined : `${database}-wal`;
    this.#db = db;
  }

  /** Copies the log into the file. True if all of it is there, so that its pages can be used again. */
  copy(): boolean {
    return !this.#isKept && this.#checkpoint("PASSIVE");
  }

  /** Resolves when the disk has the log as it was at the call; the thread does not wait, and a copy is quick then. */
  async prepareCopy(): Promise<void> {
    if (this.#path === undefined || this.#isKept) return;
    try {
      using file = await Deno.open(this.#path, { read: true, write: true });
      await file.syncData();
    } catch {
      // There is no log yet, or the disk fails: then the copy itself waits.
    }
  }

  /** Copies the log into the file and empties it; false if that is not possible now. */
  empty(): boolean {
    return !this.#isKept && this.#checkpoint("TRUNCATE");
  }

  /** The log is not copied into the file until `act` has ended. */
  async whileKept(act: () => Promise<void>): Promise<void> {
    this.#isKept = true;
    this.#db.exec("PRAGMA wal_autocheckpoint = 0");
    try {
      await act();
    } finally {
      this.#isKept = false;
      if (!this.#closed) this.#db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    }
  }

  /** The database is being closed. */
  close(): void {
    this.#closed = true;
  }

  #checkpoint(mode: "PASSIVE" | "TRUNCATE"): boolean {
    try {
      const { busy, log, checkpointed } = this.#db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {};
      return busy === 0 && (mode === "TRUNCATE" ? log === 0 : Number(log) > 0 && log === checkpointed);
    } catch (error) {
      // Nothing is lost: the log stays, and a commit without free space reports the failure.
      if (!isFailure(error)) throw error;
      return false;
    }
  }
}

/** Copies a file; its copy has its name only when it is complete, and no part of it stays when that fails. */
export async function copyFile(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  try {
    Deno.openSync(part, { create: true, write: true, truncate: true, mode: 0o600 }).close();
    await Deno.copyFile(from, part);
    // A copy gets the mode of the file, which an older version or an administrator can have widened.
    await Deno.chmod(part, 0o600);
    await Deno.rename(part, to);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
}
