/**
 * The deletions of messages, by the time of the deletion. Clients that were offline learn from them which of the
 * messages they show are gone, however old those are. The deleted text itself is not here (erase.ts erases it).
 */
import type { StatementSync } from "node:sqlite";
import type { Folded } from "../../irc/names.ts";
import type { StoredRecord } from "./block.ts";
import { logOf, row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
import { deletionBytes, type HistorySize } from "./history_size.ts";
import { type HistoryView, isOpen } from "./history_reader.ts";

/** One deletion, as everybody who could see the message learns of it. */
export interface Deletion {
  /** The stamp of the deletion. */
  readonly stamp: number;
  /** The account of the person who deleted the message; undefined without one. */
  readonly account: Folded | undefined;
  /** The REDACT as a record (irc/record.ts), without the reason. */
  readonly record: string;
  readonly reason: string;
}

/** The range of deletions to read; both bounds are stamps of deletions, and excluded. */
export interface DeletionRange {
  readonly after: number;
  readonly before: number;
  /** The maximum number of deletions. */
  readonly limit: number;
  /** If there are more: the deletions next to `after` ("start") or next to `before` ("end"). */
  readonly from: "start" | "end";
}

/** The deletions of all conversations. */
export class Deletions {
  readonly #database: Database;
  readonly #size: HistorySize;
  readonly #save: WriteStatement;
  readonly #remove: WriteStatement;
  readonly #oldest: StatementSync;
  readonly #oldestOf: StatementSync;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;
  readonly #removeReasons: WriteStatement;

  constructor(database: Database, size: HistorySize) {
    this.#database = database;
    this.#size = size;
    this.#save = database.prepareWrite(
      `INSERT INTO redaction (stamp, conversation, deleted, account, record, reason) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING RETURNING stamp`,
    );
    this.#remove = database.prepareWrite("DELETE FROM redaction WHERE stamp = ?");
    const older = `SELECT stamp, conversation FROM redaction WHERE stamp < ?1`;
    this.#oldest = database.prepareArrays(`${older} ORDER BY stamp LIMIT ${removedAtOnce}`);
    this.#oldestOf = database.prepareArrays(`${older} AND conversation = ?2 LIMIT ${removedAtOnce}`);
    const select = `SELECT deleted, record, reason, stamp FROM redaction
      WHERE conversation = ? AND deleted > ? AND deleted < ? AND stamp >= ? ORDER BY deleted`;
    this.#forwards = database.prepareArrays(select);
    this.#backwards = database.prepareArrays(`${select} DESC`);
    this.#removeReasons = database.prepareWrite("UPDATE redaction SET reason = '' WHERE account = ?");
  }

  /** Saves that the message with this stamp was deleted; without a deletion only that it must not come back. */
  save(conversation: number, stamp: number, deletion?: Deletion): void {
    const { stamp: deleted = 0, account = null, record = "", reason = "" } = deletion ?? {};
    const values = [stamp, conversation, Math.min(deleted, maxStamp), account, record, reason] as const;
    this.#database.change(() => {
      if (row(this.#save.get(...values)).length > 0) {
        this.#size.add(logOf(conversation, 0), { count: 0, bytes: deletionBytes });
      }
    });
  }

  /**
   * Removes a few deletions of messages before a stamp, of all conversations or of one; returns their number. Only
   * inside Database.change().
   */
  removeBefore(stamp: number, conversation?: number): number {
    const found = conversation === undefined
      ? this.#oldest.all(stamp)
      : this.#oldestOf.all(stamp, conversation);
    for (const one of found) {
      const [old, of] = row(one);
      this.#remove.run(Number(old));
      this.#size.add(logOf(Number(of), 0), { count: 0, bytes: -deletionBytes });
    }
    return found.length;
  }

  /** The deletions of messages that are visible in these views, as records, in the order of the deletions. */
  read(views: readonly HistoryView[], { after, before, limit, from }: DeletionRange): StoredRecord[] {
    const statement = from === "start" ? this.#forwards : this.#backwards;
    const found = views.flatMap((view) => {
      const { conversation, since } = view;
      const rows = statement.iterate(conversation, Math.max(after, 0), Math.min(before, maxStamp), since);
      // Deletions of closed messages do not count towards the limit.
      const open = rows.take(maxRead).filter((one) => isOpen(view, Number(row(one)[3])));
      return [...open.take(limit)].map(toRecord);
    });
    found.sort((one, other) => one.stamp - other.stamp);
    return from === "start" ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit));
  }

  /** Removes the words of a deleted account. */
  removeReasons(account: string): void {
    this.#database.change(() => this.#removeReasons.run(account));
  }
}

/** Deletions that are removed in one step. */
const removedAtOnce = 64;
/** The most deletions of a conversation that one read passes; so many, with 200 closed times, take about 50 ms. */
const maxRead = 10_000;
const maxStamp = Number.MAX_SAFE_INTEGER;

function toRecord(found: unknown): StoredRecord {
  const [deleted, record, reason] = row(found);
  return { stamp: Number(deleted), record: `${record}${reason === "" ? "" : ` :${reason}`}` };
}
