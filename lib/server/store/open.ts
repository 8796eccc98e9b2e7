/**
 * From a folder to an open database: lock, check, copy, migrate. Every fault is a StoreError with one sentence, and is
 * found before the file is changed.
 */
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { deadlines } from "../../deadlines.ts";
import type { Synchronous } from "./database.ts";
import { type DiskFile, openDiskFile } from "./disk_file.ts";
import { copyFileNow } from "./file_copy.ts";
import { isDamage, reasonOf } from "./sqlite_errors.ts";
import { useRescued } from "./file_watch.ts";
import { StoreError } from "./store_error.ts";
import { migrations } from "./schema.ts";
import { wordsVersion } from "./index_words.ts";
import { fillLookAlikes } from "./look_alike_rows.ts";

/** "Prly"; it identifies databases of Parley. */
const applicationId = 0x50726c79;
/** A file up to this size is fully checked at each start; that takes at most a tenth of a second. */
const checkedBytes = 32 * 1024 * 1024;
/**
 * The file of the log is cut to this length when the log begins again. It is more than the log ever has
 * (write_ahead_log.ts), because the cut takes some milliseconds, and so does each wait for a file that grows again.
 */
const keptLogBytes = 160 * 1024 * 1024;

/** A database file that this process can open more than once. */
export interface SharedFile {
  /** Its name for further connections. */
  readonly uri: string;
  readonly disk: DiskFile;
  readonly synchronous: Synchronous;
}

/** A database that only this process uses until `release`. */
export interface OpenedDatabase {
  readonly db: DatabaseSync;
  /** The path of its file; undefined in memory. */
  readonly path?: string;
  /**
   * The file, for synchronous functions. Nobody may open it again and close it before `release`: with the first descriptor
   * that a process closes, the system ends the locks of SQLite, and then another program can remove the log.
   */
  readonly file?: Deno.FsFile;
  /** Undefined if this process cannot open the file a second time. */
  readonly shared?: SharedFile | undefined;
  release(): void;
}

/** The database of a data folder; creates the folder and the file if they are missing. Tests pass other `steps`. */
export function openFolder(folder: string, synchronous: Synchronous, steps = migrations): OpenedDatabase {
  const lock = lockFolder(folder);
  const opened: { close(): void }[] = [lock];
  const release = () => opened.forEach((file) => file.close());
  try {
    const path = `${folder}/parley.db`;
    removeLeftovers(folder);
    useRescued(path);
    makeFile(path);
    inspect(path, steps.length);
    const shared = share(path, synchronous);
    if (shared !== undefined) opened.unshift(shared.disk);
    const file = Deno.openSync(path, { read: true });
    opened.unshift(file);
    const db = prepare(path, { synchronous, steps, uri: shared?.uri, file });
    return { db, path, file, shared, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** A database that ends with the process. */
export function openMemory(): OpenedDatabase {
  return { db: prepare(":memory:", { synchronous: "off", steps: migrations }), release: () => {} };
}

function lockFolder(folder: string): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    file = Deno.openSync(`${folder}/parley.lock`, { create: true, write: true, mode: 0o600 });
  } catch (error) {
    throw new StoreError(
      `Cannot write to the data folder "${folder}": ${
        systemReason(error)
      }; choose another folder with --data, or use --ephemeral`,
    );
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new StoreError(
    `Cannot use the data folder "${folder}": another server uses it; stop that server, or choose another folder with --data`,
  );
}

/** A server that was killed leaves parts of copies: they need space and keep messages that are deleted later. */
function removeLeftovers(folder: string): void {
  let entries: Deno.DirEntry[] = [];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch {
    // A folder that cannot be listed can still be used.
  }
  for (const { name } of entries) {
    if (/^(?:parley\.db-probe|(?:parley-|backup-).*\.db\.part)$/.test(name)) {
      removeQuietly(`${folder}/${name}`);
    }
  }
}

/** Creates the file here, not in SQLite, so that only its owner can read it. */
function makeFile(path: string): void {
  try {
    Deno.openSync(path, { create: true, append: true, mode: 0o600 }).close();
  } catch (error) {
    throw new StoreError(
      `Cannot write to "${path}": ${
        systemReason(error)
      }; make it writable, or choose another folder with --data`,
    );
  }
}

/** Refuses damaged, foreign and newer databases, and changes none of them. */
function inspect(path: string, newestVersion: number): void {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw new StoreError(damagedSentence(path, reasonOf(error)));
  }
  try {
    check(db, path, newestVersion);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    // This check needs some free disk space; if there is none, opening continues without it.
    if (isDamage(error)) throw new StoreError(damagedSentence(path, reasonOf(error)));
  } finally {
    db.close();
  }
}

function check(db: DatabaseSync, path: string, newestVersion: number): void {
  const version = queryNumber(db, "PRAGMA user_version");
  const tables = queryNumber(db, "SELECT count(*) FROM sqlite_schema");
  if (tables > 0 && queryNumber(db, "PRAGMA application_id") !== applicationId) {
    throw new StoreError(
      `Cannot use "${path}": it is not a database of Parley; choose another folder with --data`,
    );
  }
  if (version > newestVersion) {
    throw new StoreError(
      `Cannot use "${path}": a newer version of Parley wrote it (format ${version}, this program supports ${newestVersion}); ` +
        "start the newer version, or choose another folder with --data",
    );
  }
  if (Deno.statSync(path).size > checkedBytes) return;
  const answer = String(Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0]);
  if (answer !== "ok") throw new StoreError(damagedSentence(path, answer.split("\n").at(-1) ?? answer));
}

function damagedSentence(path: string, reason: string): string {
  return `Cannot use "${path}": ${reason}; the file was not changed. Restore a backup, or choose another folder with --data`;
}

/**
 * How this process can open the file a second time, and no other process can: by a URI that chooses locks in the memory of
 * this process. Undefined where that is not possible: Deno accepts URIs only with all permissions.
 */
function share(path: string, synchronous: Synchronous): SharedFile | undefined {
  const names = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;
  if (names.some((name) => Deno.permissions.querySync({ name }).state !== "granted")) return undefined;
  const encoded = Deno.realPathSync(path).split("/").map(encodeURIComponent).join("/");
  const uri = `file:${encoded}?vfs=unix-excl&mode=rw`;
  try {
    new DatabaseSync(uri).close();
  } catch {
    return undefined;
  }
  const disk = openDiskFile(path);
  return disk === undefined ? undefined : { uri, disk, synchronous };
}

interface Preparation {
  readonly synchronous: Synchronous;
  readonly steps: readonly string[];
  readonly uri?: string | undefined;
  readonly file?: Deno.FsFile;
}

function prepare(path: string, { synchronous, steps, uri, file }: Preparation): DatabaseSync {
  // Not "defensive", because index_traces.ts changes tables of FTS5. The types of Deno do not have this option yet.
  const options = { timeout: deadlines.databaseBusyMs, defensive: false };
  const db = new DatabaseSync(uri ?? path, options);
  try {
    // No other program reads the file: without locks of the system, a commit costs a third less.
    if (uri === undefined) db.exec("PRAGMA locking_mode = EXCLUSIVE");
    // Deleted text is overwritten, not only unlinked.
    db.exec(`PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000`);
    db.exec(`PRAGMA synchronous = ${synchronous}`);
    migrate({ db, path, file }, steps);
    if (steps === migrations) {
      emptyOldIndex(db);
      fillLookAlikes(db);
    }
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${keptLogBytes}`);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`Cannot use "${path}": ${reasonOf(error)}`);
  }
}

/** Runs the missing migrations, all or none; the old file is copied first. */
function migrate({ db, path, file }: CopiedDatabase, steps: readonly string[]): void {
  const version = queryNumber(db, "PRAGMA user_version");
  if (version === steps.length) return;
  if (version > 0) copyBefore({ db, path, file }, `version-${version}`);
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of steps.slice(version)) db.exec(step);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Empties the search index if it has words of another version of Parley or of Unicode: its records could not be removed
 * any more. The upkeep builds it again.
 */
function emptyOldIndex(db: DatabaseSync): void {
  const [major = 0, minor = 0] = process.versions["unicode"]?.split(".").map(Number) ?? [];
  const version = (wordsVersion * 1000 + major) * 1000 + minor;
  if (db.prepare("SELECT value FROM progress WHERE name = 'words'").get()?.["value"] === version) return;
  db.exec(`
    BEGIN IMMEDIATE;
    INSERT INTO words (words) VALUES ('delete-all');
    DELETE FROM search_section;
    DELETE FROM progress WHERE name IN ('followed', 'next entry');
    UPDATE erasing SET words = 0;
    UPDATE conversation SET messages = 0, events = 0, bytes = 0;
    INSERT INTO progress (name, value) VALUES ('words', ${version})
      ON CONFLICT DO UPDATE SET value = excluded.value;
    COMMIT;
  `);
}

/** The parts of an open database that copyBefore() uses. In memory it has no file. */
export interface CopiedDatabase {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly file: Deno.FsFile | undefined;
}

/** Copies the file beside itself before a change that cannot be undone; returns the path of the copy. */
export function copyBefore({ db, path, file }: CopiedDatabase, name: string): string | undefined {
  if (file === undefined) return undefined;
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const copy = path.replace(/\.db$/, `-${name}.db`);
  try {
    copyFileNow(file, copy);
  } catch (error) {
    throw new StoreError(`Cannot copy "${path}" to "${copy}" before changing it: ${systemReason(error)}`);
  }
  return copy;
}

/** Removes a file, if that is possible. */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It does not exist, or the folder cannot be changed.
  }
}

function queryNumber(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function systemReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/, "");
}
