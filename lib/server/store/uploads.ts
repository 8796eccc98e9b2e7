/**
 * The table of uploaded files: their properties, and how much each owner and each origin has. Their content is on disk,
 * with the id as its name. Triggers keep the sums of the saved files in a table, so neither a start nor a request reads
 * all files. server/web/uploaded_files.ts prunes old files.
 */
import type { StatementSync } from "node:sqlite";
import { fold } from "../../irc/names.ts";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";
import { UnsavedRows } from "./unsaved_rows.ts";

/** One uploaded file. */
export interface UploadRow {
  /** Random; the name on disk and in the URL. */
  readonly id: string;
  /** The uploader's name for the file, for people; never a path. */
  readonly name: string;
  /** Media type: "image/png". */
  readonly type: string;
  readonly bytes: number;
  /** The uploader: an account, or "~host" (cloaked) without one. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** The id of the user that uploaded it; undefined when only an account is known. */
  readonly user?: string;
  /** The stamp of the message in which the owner shared it first; undefined before that. */
  readonly message?: number;
  /** The address it came from, as a keyed hash (chat/upload_limits.ts); older versions did not save it. */
  readonly origin?: string;
}

/** Files together. */
export interface FileSum {
  readonly files: number;
  readonly bytes: number;
}

const nothing: FileSum = { files: 0, bytes: 0 };
/** The most sums that stay in memory while all files are written. */
const mostKept = 1000;
/** The keys of the sums, as the triggers make them (schema.ts). */
const keyOfAll = "all";
const keyOfOwner = (owner: string) => `owner ${fold(owner)}`;
const keyOfOrigin = (origin: string) => `origin ${origin}`;
const columns = "SELECT id, name, type, bytes, owner, created_ms, user, message, origin FROM file";

/** All files, by id. */
export class UploadTable {
  /** Called after a file was removed; its content must be deleted too. @default {nothing happens} */
  onRemoved: (id: string) => void = () => {};
  readonly #rows: UnsavedRows<UploadRow>;
  readonly #database: Database;
  readonly #find: StatementSync;
  readonly #all: StatementSync;
  readonly #ofOwner: StatementSync;
  readonly #after: StatementSync;
  readonly #olderThan: StatementSync;
  readonly #unshared: StatementSync;
  readonly #sum: StatementSync;
  /** By key, with the changes that are not written yet: a sum is read before its first change. */
  readonly #sums = new Map<string, FileSum>();

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepareArrays(`${columns} WHERE id = ?`);
    this.#all = database.prepareArrays(columns);
    this.#ofOwner = database.prepareArrays(`${columns} WHERE owner = ? COLLATE NOCASE`);
    this.#after = database.prepareArrays(`${columns} WHERE id > ? ORDER BY id LIMIT ?`);
    this.#olderThan = database.prepareArrays(
      "SELECT id FROM file WHERE created_ms < ? ORDER BY created_ms LIMIT ?",
    );
    // Older versions saved no origin, and not always the message.
    this.#unshared = database.prepareArrays(
      `SELECT id FROM file WHERE message IS NULL AND owner GLOB '~*' AND origin IS NOT NULL AND created_ms < ?
       ORDER BY created_ms LIMIT ?`,
    );
    const save = database.prepareWrite(
      // INSERT OR REPLACE would not run the trigger of a removed row.
      `INSERT INTO file (id, name, type, bytes, owner, created_ms, user, message, origin)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, type = excluded.type, bytes = excluded.bytes,
         owner = excluded.owner, created_ms = excluded.created_ms, user = excluded.user,
         message = excluded.message, origin = excluded.origin`,
    );
    const remove = database.prepareWrite("DELETE FROM file WHERE id = ?");
    this.#rows = new UnsavedRows(database, {
      save: (id, { name, type, bytes, owner, createdMs, user, message, origin }) =>
        save.run(id, name, type, bytes, owner, createdMs, user ?? null, message ?? null, origin ?? null),
      remove: (id) => remove.run(id),
    });
    this.#sum = database.prepareArrays("SELECT files, bytes FROM file_sum WHERE key = ?");
  }

  find(id: string): UploadRow | undefined {
    return this.#rows.find(id, () => toFile(this.#find.get(id)));
  }

  /** All files; it takes long when there are many, so only a copy of the whole store uses it. */
  all(): UploadRow[] {
    return this.#merged(this.#all.all(), () => true);
  }

  /** The files of one owner, the oldest first. */
  ofOwner(owner: string): UploadRow[] {
    this.#database.insertPending();
    const wanted = fold(owner);
    return this.#merged(this.#ofOwner.all(owner), (file) => fold(file.owner) === wanted)
      .sort((one, other) => one.createdMs - other.createdMs);
  }

  /** Up to `count` saved files in the order of their ids, after this id; "" is before all. */
  page(after: string, count: number): UploadRow[] {
    this.#database.insertPending();
    return this.#after.all(after, count).flatMap((found) => toFile(found) ?? []);
  }

  /** The ids of up to `count` files that are older than a time in milliseconds since 1970, the oldest first. */
  olderThan(ms: number, count: number): string[] {
    this.#database.insertPending();
    return this.#olderThan.all(ms, count).map((found) => String(row(found)[0]));
  }

  /** The same for files of guests that are in no message. */
  unsharedOfGuests(ms: number, count: number): string[] {
    this.#database.insertPending();
    return this.#unshared.all(ms, count).map((found) => String(row(found)[0]));
  }

  /** The bytes of all files. */
  get totalBytes(): number {
    return this.#sumOf(keyOfAll).bytes;
  }

  /** How much an owner has. */
  sumOfOwner(owner: string): FileSum {
    return this.#sumOf(keyOfOwner(owner));
  }

  /** How much came from one origin. */
  sumOfOrigin(origin: string): FileSum {
    return this.#sumOf(keyOfOrigin(origin));
  }

  save(file: UploadRow): void {
    this.#take(file.id);
    this.#add(file, { files: 1, bytes: file.bytes });
    this.#rows.put(file.id, file);
  }

  remove(id: string): void {
    this.#take(id);
    this.#rows.put(id, undefined);
    this.onRemoved(id);
  }

  /** Removes all files of an owner. */
  removeOf(owner: string): void {
    for (const file of this.ofOwner(owner)) {
      this.#add(file, { files: -1, bytes: -file.bytes });
      this.#rows.put(file.id, undefined);
      this.onRemoved(file.id);
    }
  }

  #take(id: string): void {
    const before = this.find(id);
    if (before !== undefined) this.#add(before, { files: -1, bytes: -before.bytes });
  }

  #add({ owner, origin }: Pick<UploadRow, "owner" | "origin">, more: FileSum): void {
    const keys = [keyOfAll, keyOfOwner(owner), ...(origin === undefined ? [] : [keyOfOrigin(origin)])];
    for (const key of keys) {
      const before = this.#findSum(key);
      if (before !== undefined) this.#sums.set(key, sumOf(before, more));
    }
  }

  #sumOf(key: string): FileSum {
    return this.#findSum(key) ?? nothing;
  }

  /** Undefined if the disk cannot be read. */
  #findSum(key: string): FileSum | undefined {
    const kept = this.#sums.get(key);
    if (kept !== undefined) return kept;
    if (this.#sums.size >= mostKept && this.#rows.statements === 0 && !this.#database.failing) {
      this.#sums.clear();
    }
    const sum = this.#database.read(() => toSum(this.#sum.get(key)), undefined);
    if (sum !== undefined) this.#sums.set(key, sum);
    return sum;
  }

  /** The rows, with the changes that are not written yet. */
  #merged(stored: readonly unknown[], isWanted: (file: UploadRow) => boolean): UploadRow[] {
    const files = stored.map(toFile).filter((one) => one !== undefined);
    return this.#rows.merge(files.map((one) => [one.id, one] as const)).filter(isWanted);
  }
}

function sumOf(one: FileSum, other: FileSum): FileSum {
  return { files: one.files + other.files, bytes: one.bytes + other.bytes };
}

function toSum(found: unknown): FileSum {
  if (found === undefined) return nothing;
  const [files, bytes] = row(found);
  return { files: Number(files), bytes: Number(bytes) };
}

function toFile(found: unknown): UploadRow | undefined {
  if (!Array.isArray(found)) return undefined;
  const [id, name, type, bytes, owner, createdMs, user, message, origin] = found;
  return {
    id: String(id),
    name: String(name),
    type: String(type),
    bytes: Number(bytes),
    owner: String(owner),
    createdMs: Number(createdMs),
    ...(user !== null && { user: String(user) }),
    ...(message !== null && { message: Number(message) }),
    ...(origin !== null && { origin: String(origin) }),
  };
}
