/**
 * Moves the stored times that are in the future back to the present: they come from a clock that was wrong. The newest
 * gets the present, and the others keep their distance to it and their order, but none moves before a message that has
 * a right time. The old stamps are kept in a table, because clients still know the messages by them. Nobody but the
 * person who runs the server can know which of two clocks is right, so this happens on demand only (`--mend-times`).
 */
import type { DatabaseSync } from "node:sqlite";
import { firstStamp, messageId, parseMessageId, stampMs } from "../../irc/stamp.ts";
import { decodeBlock, encodeBlock, type StoredRecord } from "./block.ts";
import { row } from "./conversation.ts";
import { prepareArrays } from "./database.ts";

/** Functions that mend a saved value, by its name. The part of the chat that saves it has them. Undefined removes it. */
export type ValueMenders = Readonly<Record<string, (text: string, nowMs: number) => string | undefined>>;

/** The messages and events that were moved. */
export interface MendedTimes {
  readonly records: number;
  /** How far the newest was in the future, in milliseconds. */
  readonly aheadMs: number;
  /** The path of a copy with the old times. */
  readonly copy?: string;
}

/** A block takes the records of one tick; so a block with a record in the future does not begin earlier than this. */
const longestTick = firstStamp(86_400_000);
/** Blocks that certainly contain the newest record that is not in the future. */
const recentBlocks = 64;

/** The columns of single stamps. */
const stampColumns = [
  ["redaction", "stamp"],
  ["redaction", "deleted"],
  ["file", "message"],
  ["conversation", "since"],
  ["forgetting", "until"],
  ["erasing", "stamp"],
  ["audit", "stamp"],
] as const;

/** The columns of times in milliseconds, except read markers. */
const timeColumns = [["account", "created_ms"], ["kept_channel", "used_ms"], ["file", "created_ms"]] as const;

/** Whether a message or event is in the future. */
export function hasFutureTimes(db: DatabaseSync, nowMs: number): boolean {
  return blocksAfter(db, firstStamp(nowMs)).length > 0;
}

/** Mends a whole database, or nothing of it. */
export function mendTimes(db: DatabaseSync, nowMs: number, menders: ValueMenders = {}): MendedTimes {
  db.exec("BEGIN IMMEDIATE");
  try {
    const mended = mendStamps(db, firstStamp(nowMs));
    for (const [table, column] of timeColumns) {
      db.prepare(`UPDATE ${table} SET ${column} = ?1 WHERE ${column} > ?1`).run(nowMs);
    }
    mendTexts(db, nowMs);
    mendValues(db, nowMs, menders);
    db.exec("COMMIT");
    return mended;
  } catch (error) {
    // SQLite rolls back by itself after some failures.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Mends the times that are stored as JSON. */
function mendTexts(db: DatabaseSync, nowMs: number): void {
  const now = firstStamp(nowMs);
  // Closed history stays closed: a closure in the future ends at the present, where the newest messages go.
  mendJson(
    db,
    ["account", "key", "closures"],
    (name, value) => name === "until" ? Math.min(value, now) : value,
  );
  // The person is told of an act at each login for a week; one in the future would be told until a week after it.
  mendJson(db, ["account", "key", "acts"], (name, value) => name === "ms" ? Math.min(value, nowMs) : value);
  mendJson(
    db,
    ["account", "key", "certificates"],
    (name, value) => name === "addedMs" ? Math.min(value, nowMs) : value,
  );
  // Topics, bans and channels have their times in seconds.
  mendJson(db, ["kept_channel", "key", "state"], (name, value) => {
    if (name === "madeAt") return Math.min(value, now);
    return name === "at" || name === "createdAt" ? Math.min(value, Math.floor(nowMs / 1000)) : value;
  });
  // The bans of today end in time, and those that have ended stay as long as they were.
  mendJson(
    db,
    ["conversation", "id", "periods"],
    (name, value) => name === "from" || name === "until" ? movedStamp(db, value, now) : value,
  );
}

interface Block {
  readonly id: number;
  readonly records: readonly StoredRecord[];
}

function mendStamps(db: DatabaseSync, now: number): MendedTimes {
  const blocks = blocksAfter(db, now);
  const inFuture = blocks.flatMap(({ records }) => records.map(({ stamp }) => stamp)).filter((one) =>
    one > now
  );
  const others = stampColumns.flatMap(([table, column]) =>
    prepareArrays(db, `SELECT ${column} FROM ${table} WHERE ${column} > ?`).all(now).map((one) =>
      Number(row(one)[0])
    )
  );
  const olds = [...new Set([...inFuture, ...others])].sort((one, other) => one - other);
  const newest = olds.at(-1) ?? now;
  const newStamps = moved(olds, newestUntil(db, now), now);
  for (const block of blocks) rewrite(db, block, newStamps);
  const save = db.prepare("INSERT OR REPLACE INTO moved_stamp (old, stamp) VALUES (?, ?)");
  for (const [old, stamp] of newStamps) save.run(old, stamp);
  // A mending with a clock that was still wrong came before.
  db.prepare(`
    UPDATE moved_stamp SET stamp = next.stamp FROM moved_stamp AS next
    WHERE moved_stamp.stamp > ? AND next.old = moved_stamp.stamp
  `).run(now);
  for (const [table, column] of stampColumns) {
    const stamp = `(SELECT stamp FROM moved_stamp WHERE old = ${table}.${column})`;
    db.prepare(`UPDATE OR REPLACE ${table} SET ${column} = ${stamp} WHERE ${column} > ?`).run(now);
  }
  mendMarkers(db, olds, newStamps);
  return { records: inFuture.length, aheadMs: stampMs(newest) - stampMs(now) };
}

/** The new stamp of each old one: the newest gets the present, and the others keep their distance where they can. */
function moved(olds: readonly number[], last: number, now: number): Map<number, number> {
  const by = (olds.at(-1) ?? now) - now;
  return new Map(olds.map((old, at) => [old, Math.max(last + 1 + at, old - by)]));
}

/** The newest stamp that is not in the future. */
function newestUntil(db: DatabaseSync, now: number): number {
  const blocks = prepareArrays(
    db,
    `SELECT first, records FROM block WHERE first <= ? ORDER BY first DESC LIMIT ${recentBlocks}`,
  ).all(now);
  return blocks.reduce<number>((newest, block) => {
    const [first, records] = row(block);
    const stamps = decodeBlock(Number(first), String(records)).map(({ stamp }) => stamp);
    return Math.max(newest, ...stamps.filter((stamp) => stamp <= now));
  }, 0);
}

/** The blocks with a record after this stamp. */
function blocksAfter(db: DatabaseSync, stamp: number): Block[] {
  const found = prepareArrays(db, "SELECT id, first, records FROM block WHERE first > ?").all(
    stamp - longestTick,
  );
  return found.flatMap((block) => {
    const [id, first, text] = row(block);
    const records = decodeBlock(Number(first), String(text));
    return (records.at(-1)?.stamp ?? 0) > stamp ? [{ id: Number(id), records }] : [];
  });
}

function rewrite(db: DatabaseSync, { id, records }: Block, newStamps: ReadonlyMap<number, number>): void {
  const mended = records.map(({ stamp, record }) => ({
    stamp: newStamps.get(stamp) ?? stamp,
    record: withReferences(record, newStamps),
  }));
  const first = mended[0]?.stamp ?? 0;
  db.prepare("UPDATE block SET first = ?, records = ? WHERE id = ?").run(
    first,
    encodeBlock(first, mended),
    id,
  );
}

/** A reply or reaction names its message by msgid. Only a record in the future can name one in the future. */
function withReferences(record: string, newStamps: ReadonlyMap<number, number>): string {
  if (!record.startsWith("@")) return record;
  const end = record.indexOf(" ");
  const tags = record.slice(0, end).replace(/(\+(?:draft\/)?reply=)([0-9a-z]+)/g, (whole, name, id) => {
    const stamp = newStamps.get(parseMessageId(id) ?? 0);
    return stamp === undefined ? whole : `${name}${messageId(stamp)}`;
  });
  return tags + record.slice(end);
}

/** A marker stays at the same message. */
function mendMarkers(
  db: DatabaseSync,
  olds: readonly number[],
  newStamps: ReadonlyMap<number, number>,
): void {
  const [oldest] = olds;
  if (oldest === undefined) return;
  const markers = prepareArrays(db, "SELECT account, target, ms FROM marker WHERE ms >= ?").all(
    stampMs(oldest),
  );
  const update = db.prepare("UPDATE marker SET ms = ? WHERE account = ? AND target = ?");
  for (const marker of markers) {
    const [account, target, ms] = row(marker);
    const old = olds[lastAt(olds, firstStamp(Number(ms) + 1) - 1)] ?? oldest;
    update.run(stampMs(newStamps.get(old) ?? old), String(account), String(target));
  }
}

/** The index of the last number that is not above this one. */
function lastAt(sorted: readonly number[], most: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Mends the times in a column with JSON: `mend` gets each number with its name. */
function mendJson(
  db: DatabaseSync,
  [table, key, column]: readonly [table: string, key: string, column: string],
  mend: (name: string, value: number) => number,
): void {
  const update = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`);
  for (
    const found of prepareArrays(db, `SELECT ${key}, ${column} FROM ${table} WHERE ${column} <> ''`).all()
  ) {
    const [id = null, text] = row(found);
    const mended = JSON.stringify(
      JSON.parse(String(text)),
      (name, value) => typeof value === "number" ? mend(name, value) : value,
    );
    if (mended !== text) update.run(mended, id);
  }
}

/** The stamp of the first moved record from this one on. */
function movedStamp(db: DatabaseSync, stamp: number, now: number): number {
  if (stamp <= now) return stamp;
  const next = prepareArrays(db, "SELECT min(stamp) FROM moved_stamp WHERE old >= ?").get(stamp);
  return Number(row(next)[0] ?? now);
}

function mendValues(db: DatabaseSync, nowMs: number, menders: ValueMenders): void {
  const find = prepareArrays(db, "SELECT value FROM keepsake WHERE name = ?");
  const update = db.prepare("UPDATE keepsake SET value = ? WHERE name = ?");
  for (const [name, mend] of Object.entries(menders)) {
    const [value] = row(find.get(name));
    if (value === undefined) continue;
    const mended = mend(String(value), nowMs);
    if (mended === undefined) db.prepare("DELETE FROM keepsake WHERE name = ?").run(name);
    else update.run(mended, name);
  }
}
