/**
 * The table of uploaded files: their properties. Their content is on disk, with the id as its name.
 * server/web/uploaded_files.ts prunes old files.
 */
import type { StatementSync } from "node:sqlite";
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
}

/** All files, by id. */
export class UploadTable {
  /** Called after a file was removed; its content must be deleted too. @default {nothing happens} */
  onRemoved: (id: string) => void = () => {};
  readonly #rows: UnsavedRows<UploadRow>;
  readonly #find: StatementSync;
  readonly #all: StatementSync;
  #totalBytes: number | undefined;

  constructor(database: Database) {
    const columns = "SELECT id, name, type, bytes, owner, created_ms, user, message FROM file";
    this.#find = database.prepareArrays(`${columns} WHERE id = ?`);
    this.#all = database.prepareArrays(columns);
    const save = database.prepareWrite(
      "INSERT OR REPLACE INTO file (id, name, type, bytes, owner, created_ms, user, message) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const remove = database.prepareWrite("DELETE FROM file WHERE id = ?");
    this.#rows = new UnsavedRows(database, {
      save: (id, { name, type, bytes, owner, createdMs, user, message }) =>
        save.run(id, name, type, bytes, owner, createdMs, user ?? null, message ?? null),
      remove: (id) => remove.run(id),
    });
  }

  find(id: string): UploadRow | undefined {
    return this.#rows.find(id, () => toFile(this.#find.get(id)));
  }

  /** All files. */
  all(): UploadRow[] {
    const stored = this.#all.all().map(toFile).filter((one) => one !== undefined);
    return this.#rows.merge(stored.map((one) => [one.id, one] as const));
  }

  /** The bytes of all files; only the first call reads the table. */
  get totalBytes(): number {
    return this.#totalBytes ??= this.all().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  save(file: UploadRow): void {
    this.#count(file.id, file.bytes);
    this.#rows.put(file.id, file);
  }

  remove(id: string): void {
    this.#count(id, 0);
    this.#rows.put(id, undefined);
    this.onRemoved(id);
  }

  #count(id: string, bytes: number): void {
    if (this.#totalBytes !== undefined) this.#totalBytes += bytes - (this.find(id)?.bytes ?? 0);
  }
}

function toFile(found: unknown): UploadRow | undefined {
  if (!Array.isArray(found)) return undefined;
  const [id, name, type, bytes, owner, createdMs, user, message] = found;
  return {
    id: String(id),
    name: String(name),
    type: String(type),
    bytes: Number(bytes),
    owner: String(owner),
    createdMs: Number(createdMs),
    ...(user !== null && { user: String(user) }),
    ...(message !== null && { message: Number(message) }),
  };
}
