/**
 * From a folder to an open database: lock, look, copy, migrate. Whatever is wrong is a StoreError with one sentence,
 * found before anything in the file is changed.
 */
import { DatabaseSync } from "node:sqlite";
import { checkpointPages, isDamage, reasonOf, type Synchronous } from "./database.ts";
import { StoreError } from "./store_error.ts";
import { migrations } from "./schema.ts";

/** "Prly", so that another program's database is not taken for ours. */
const applicationId = 0x50726c79;
/** A file up to this size is checked from end to end at each start, which takes a tenth of a second at most. */
const checkedBytes = 32 * 1024 * 1024;

/** A database that is ours alone until `release`. */
export interface Opened {
  readonly db: DatabaseSync;
  /** Of its file; undefined in memory. */
  readonly path?: string;
  release(): void;
}

/** The database of a data folder; both are made when there are none. `steps` are there for a test. */
export function openFolder(folder: string, synchronous: Synchronous, steps = migrations): Opened {
  const lock = lockFolder(folder);
  try {
    const path = `${folder}/parley.db`;
    makeFile(path);
    inspect(path, steps.length);
    return { db: prepare(path, synchronous, steps), path, release: () => lock.close() };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** A database that ends with the process. */
export function openMemory(): Opened {
  return { db: prepare(":memory:", "off", migrations), release: () => {} };
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
      }; name another with --data, or use --ephemeral`,
    );
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new StoreError(
    `Cannot use the data folder "${folder}": another server uses it; stop that one, or name another folder with --data`,
  );
}

/** Made by us rather than by SQLite, so that nobody else may read it. */
function makeFile(path: string): void {
  try {
    Deno.openSync(path, { create: true, append: true, mode: 0o600 }).close();
  } catch (error) {
    throw new StoreError(
      `Cannot write to "${path}": ${
        systemReason(error)
      }; make it writable, or name another folder with --data`,
    );
  }
}

/** Refuses a damaged, a foreign and a newer database, and changes none of them. */
function inspect(path: string, known: number): void {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw new StoreError(damaged(path, reasonOf(error)));
  }
  try {
    look(db, path, known);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    // A look needs some room beside the file; where the disk has none, the real opening must do without.
    if (isDamage(error)) throw new StoreError(damaged(path, reasonOf(error)));
  } finally {
    db.close();
  }
}

function look(db: DatabaseSync, path: string, known: number): void {
  const version = number(db, "PRAGMA user_version");
  const tables = number(db, "SELECT count(*) FROM sqlite_schema");
  if (tables > 0 && number(db, "PRAGMA application_id") !== applicationId) {
    throw new StoreError(`Cannot use "${path}": it is not Parley's; name another folder with --data`);
  }
  if (version > known) {
    throw new StoreError(
      `Cannot use "${path}": a newer Parley wrote it (version ${version}, this one knows ${known}); ` +
        "start that one, or name another folder with --data",
    );
  }
  if (Deno.statSync(path).size > checkedBytes) return;
  const answer = String(Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0]);
  if (answer !== "ok") throw new StoreError(damaged(path, answer.split("\n").at(-1) ?? answer));
}

function damaged(path: string, reason: string): string {
  return `Cannot use "${path}": ${reason}; nothing in it was changed. Put back a copy of it, or name another folder with --data`;
}

function prepare(path: string, synchronous: Synchronous, steps: readonly string[]): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 2000 });
  try {
    // No other program reads along: a commit then needs no locks and costs a third less.
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    // Deleted text is overwritten, not only unlinked.
    db.exec(`PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000`);
    db.exec(`PRAGMA synchronous = ${synchronous}`);
    migrate(db, path, steps);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216`);
    db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`Cannot use "${path}": ${reasonOf(error)}`);
  }
}

/** Brings the tables up to date, all steps or none; the old file is copied first. */
function migrate(db: DatabaseSync, path: string, steps: readonly string[]): void {
  const version = number(db, "PRAGMA user_version");
  if (version === steps.length) return;
  if (version > 0) copyBefore(db, path, version);
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of steps.slice(version)) db.exec(step);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function copyBefore(db: DatabaseSync, path: string, version: number): void {
  if (path === ":memory:") return;
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const copy = path.replace(/\.db$/, `-version-${version}.db`);
  try {
    Deno.copyFileSync(path, copy);
  } catch (error) {
    throw new StoreError(`Cannot copy "${path}" to "${copy}" before changing it: ${systemReason(error)}`);
  }
}

function number(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function systemReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/, "");
}
