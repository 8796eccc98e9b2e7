/**
 * Notices that the database file was deleted or replaced while the server runs. SQLite does not: it goes on writing into
 * a file without a name, which ends with the process. The watch then writes a whole copy beside it, again from time to
 * time, and at the end gives the copy the name of the database. A start finds the copy of a server that was killed. The
 * copy cannot have the name of the database before: its log would be applied to the copy.
 */

/** The least time between two copies, and how many times it is longer than a copy takes. */
const copyMs = 60_000;
const copyShare = 50;

/** The parts of the store that the watch uses. */
export interface WatchedFile {
  readonly path: string;
  /** Writes the whole database into a new file; throws an Error with the reason. */
  copyTo(path: string): void;
  /** A clock that only grows, in milliseconds. */
  now(): number;
}

/** Watches one open database file. */
export class FileWatch {
  readonly #file: WatchedFile;
  readonly #opened: Deno.FileInfo;
  /** How the file went away; undefined while it is there. */
  #loss: "deleted" | "replaced" | undefined;
  #nextCopyMs = 0;
  /** Whether the file is gone and its last copy could not be written. */
  #isLost = false;

  /** The database is open. */
  constructor(file: WatchedFile) {
    this.#file = file;
    this.#opened = Deno.statSync(file.path);
  }

  /** Call it every few seconds. A sentence for operators when the file is gone, or its copy cannot be written. */
  check(): string | undefined {
    const known = this.#loss;
    this.#loss = this.#findLoss();
    // A folder that was renamed, or a disk that was away, has the same file again.
    if (known !== undefined && this.#loss === undefined) return this.#endLoss();
    const before = this.#file.now();
    if (this.#loss === undefined || before < this.#nextCopyMs) return undefined;
    const { path } = this.#file;
    let fault: string | undefined;
    try {
      this.#copy();
      this.#isLost = false;
    } catch (error) {
      this.#isLost = true;
      fault = error instanceof Error ? error.message : String(error);
    }
    this.#nextCopyMs = before + Math.max(copyMs, (this.#file.now() - before) * copyShare);
    const lost = `The database file "${path}" was ${this.#loss} while the server runs`;
    if (fault !== undefined) return `${lost}, and its copy cannot be written: ${fault}`;
    if (known !== undefined) return undefined;
    const advice = this.#loss === "deleted"
      ? "restart the server now, and it uses this copy"
      : `to use this copy, stop the server, delete "${path}", and start the server`;
    return `${lost}; its content is in "${rescuedPath(path)}", at most a minute old; ${advice}`;
  }

  /** Call it before the database is closed. It makes the folder again if that was deleted too. */
  copyAtEnd(): string | undefined {
    this.#nextCopyMs = 0;
    if (this.#findLoss() === "deleted") makeFolder(this.#file.path.replace(/[/\\][^/\\]*$/, ""));
    return this.check();
  }

  /** Whether the file is gone and its last copy could not be written. */
  get isLost(): boolean {
    return this.#isLost;
  }

  #endLoss(): string {
    this.#nextCopyMs = 0;
    this.#isLost = false;
    const { path } = this.#file;
    // It would keep messages that are deleted later.
    if (exists(rescuedPath(path))) Deno.removeSync(rescuedPath(path));
    return `The database file "${path}" is back`;
  }

  #findLoss(): "deleted" | "replaced" | undefined {
    try {
      const { ino, dev } = Deno.statSync(this.#file.path);
      return ino !== this.#opened.ino || dev !== this.#opened.dev ? "replaced" : undefined;
    } catch (error) {
      const isGone = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
      return isGone ? "deleted" : undefined;
    }
  }

  #copy(): void {
    const rescued = rescuedPath(this.#file.path);
    const part = `${rescued}.part`;
    Deno.openSync(part, { create: true, write: true, truncate: true, mode: 0o600 }).close();
    this.#file.copyTo(part);
    Deno.renameSync(part, rescued);
  }
}

/** Gives the copy the name of the database, if that is missing. Call it while no database is open. */
export function useRescued(path: string): void {
  const rescued = rescuedPath(path);
  if (!exists(rescued) || exists(path)) return;
  // They belong to the deleted file.
  for (const ending of ["-wal", "-shm"]) if (exists(path + ending)) Deno.removeSync(path + ending);
  Deno.renameSync(rescued, path);
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // The copy tells the reason.
  }
}

function rescuedPath(path: string): string {
  return path.replace(/\.db$/, "-rescued.db");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
