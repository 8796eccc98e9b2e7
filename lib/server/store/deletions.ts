/**
 * The deletions of messages, by the time of the deletion. Clients that were offline learn from them which of the
 * messages they show are gone, however old those are. The deleted text itself is not here (erase.ts erases it).
 */
import type { StatementSync } from "node:sqlite";
import type { Folded } from "../../irc/names.ts";
import type { StoredRecord } from "./block.ts";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";
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
  readonly #save: WriteStatement;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;
  readonly #removeReasons: WriteStatement;

  constructor(database: Database) {
    this.#database = database;
    this.#save = database.prepareWrite(
      `INSERT INTO redaction (stamp, conversation, deleted, account, record, reason) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    const select = `SELECT deleted, record, reason, stamp FROM redaction
      WHERE conversation = ? AND deleted > ? AND deleted < ? AND stamp >= ? ORDER BY deleted`;
    this.#forwards = database.prepareArrays(`${select} LIMIT ?`);
    this.#backwards = database.prepareArrays(`${select} DESC LIMIT ?`);
    this.#removeReasons = database.prepareWrite("UPDATE redaction SET reason = '' WHERE account = ?");
  }

  /** Saves that the message with this stamp was deleted; without a deletion only that it must not come back. */
  save(conversation: number, stamp: number, deletion?: Deletion): void {
    const { stamp: deleted = 0, account = null, record = "", reason = "" } = deletion ?? {};
    this.#database.change(() =>
      this.#save.run(stamp, conversation, Math.min(deleted, maxStamp), account, record, reason)
    );
  }

  /** The deletions of messages that are visible in these views, as records, in the order of the deletions. */
  read(views: readonly HistoryView[], { after, before, limit, from }: DeletionRange): StoredRecord[] {
    const statement = from === "start" ? this.#forwards : this.#backwards;
    const found = views.flatMap((view) => {
      const { conversation, since } = view;
      const rows = statement.all(conversation, Math.max(after, 0), Math.min(before, maxStamp), since, limit);
      return rows.filter((one) => isOpen(view, Number(row(one)[3]))).map(toRecord);
    });
    found.sort((one, other) => one.stamp - other.stamp);
    return from === "start" ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit));
  }

  /** Removes the words of a deleted account. */
  removeReasons(account: string): void {
    this.#database.change(() => this.#removeReasons.run(account));
  }
}

const maxStamp = Number.MAX_SAFE_INTEGER;

function toRecord(found: unknown): StoredRecord {
  const [deleted, record, reason] = row(found);
  return { stamp: Number(deleted), record: `${record}${reason === "" ? "" : ` :${reason}`}` };
}
