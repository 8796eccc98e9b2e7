/** The errors of SQLite: which of them are failures of the disk or the file, and their reasons in words. */

/** Whether the file or the disk failed; any other error is a bug. */
export function isFailure(error: unknown): boolean {
  return failures.has(resultCode(error));
}

/** The reason of an SQLite error, in plain words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && "errcode" in error && error.errcode === writeRefused) {
    return "the disk refuses to write: an error, a quota, or a limit of the file size";
  }
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

/** SQLITE_IOERR_WRITE: the system refused a write for another reason than a full disk. */
const writeRefused = 778;

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
