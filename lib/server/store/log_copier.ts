/**
 * Copies the write-ahead log of an open database into its file. The thread does not wait for the disk: other threads bring
 * first the log and then the file to the disk. SQLite alone would wait for both on this thread.
 *
 * A power failure must leave either the log or the whole copy of it. So a second connection starts to read before the
 * first wait and ends after the second one. Meanwhile SQLite copies only what the log had at the start, and does not start
 * the log anew. A third connection copies, and is told to wait for nothing.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { DiskFile } from "./disk_file.ts";
import type { SharedFile } from "./open.ts";
import { isFailure } from "./sqlite_errors.ts";

/** Readers that stay open until Deno.exit(), so that no other connection can remove the log. */
const endless = new Set<DatabaseSync>();

/** The copier of one database. */
export class LogCopier {
  readonly #reader: DatabaseSync;
  readonly #read: StatementSync;
  readonly #writer: DatabaseSync;
  readonly #copy: StatementSync;
  readonly #log: Deno.FsFile;
  readonly #disk: DiskFile;
  readonly #isDurable: boolean;
  #running: Promise<void> | undefined;
  /** The number of the copy that runs; another number when it was ended before. */
  #turn = 0;
  /** Whether it has copied pages that are perhaps not on the disk. */
  #hasCopied = false;
  #isBroken = false;

  /** The database is open, and has this path. */
  constructor(path: string, { uri, disk, synchronous }: SharedFile) {
    this.#disk = disk;
    this.#isDurable = synchronous !== "off";
    this.#reader = new DatabaseSync(uri);
    this.#read = this.#reader.prepare("PRAGMA user_version");
    this.#writer = new DatabaseSync(uri);
    this.#writer.exec("PRAGMA synchronous = OFF");
    this.#copy = this.#writer.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    // SQLite makes the file of the log at the latest when prepare() reads the tables, and beside the target of a link.
    this.#log = Deno.openSync(`${Deno.realPathSync(path)}-wal`, { read: true, write: true });
  }

  /** Resolves when the copy that runs has ended. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Whether it copies nothing any more, because it is closed or the disk has failed. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Copies the log as it is now, of which something must not be copied yet. One copy runs at a time. */
  async copy(): Promise<void> {
    if (this.#isBroken) return;
    const running = this.#running ??= this.#run();
    try {
      await running;
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  /** Ends a copy that runs; this thread waits for the disk. */
  interrupt(): void {
    if (this.#running === undefined || this.#isBroken) return;
    this.#running = undefined;
    // A copy that could not begin, or that has just ended, has no reader.
    if (!this.#reader.isTransaction) return;
    this.#end(!this.#hasCopied || !this.#isDurable || this.#disk.syncNow());
  }

  /** Resolves when the disk has the log as it is now; false if it fails. A power failure loses what came later. */
  async syncLog(): Promise<boolean> {
    if (!this.#isDurable) return true;
    try {
      await this.#log.syncData();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Call it before the database is closed, which copies the rest and removes the log. SQLite waits for the disk then only
   * if there is a rest, so a copy that runs must end before. After a failure of the disk the log must stay.
   */
  close(): void {
    this.interrupt();
    if (this.#reader.isTransaction) endless.add(this.#reader);
    else this.#reader.close();
    this.#isBroken = true;
    this.#turn++;
    this.#writer.close();
    this.#log.close();
  }

  async #run(): Promise<void> {
    const turn = this.#turn;
    if (!this.#beginReading()) return;
    const isLogSaved = await this.syncLog();
    if (turn !== this.#turn) return;
    this.#hasCopied = isLogSaved && this.#copyPages();
    const isSaved = !this.#hasCopied || !this.#isDurable || await this.#disk.sync();
    if (turn === this.#turn) this.#end(isSaved);
  }

  /** False if the disk cannot be read. */
  #beginReading(): boolean {
    try {
      this.#reader.exec("BEGIN");
      this.#read.get();
      return true;
    } catch (error) {
      if (this.#reader.isTransaction) this.#reader.exec("ROLLBACK");
      if (!isFailure(error)) throw error;
      return false;
    }
  }

  /** If the file perhaps lacks pages, the reader never ends: then the log stays, and the next start copies it again. */
  #end(isSaved: boolean): void {
    this.#turn++;
    this.#hasCopied = false;
    if (isSaved) this.#reader.exec("ROLLBACK");
    else this.#isBroken = true;
  }

  /** Whether pages can have been copied; the next copy continues after a failure. */
  #copyPages(): boolean {
    try {
      this.#copy.get();
      return true;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return false;
    }
  }
}
