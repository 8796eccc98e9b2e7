/**
 * The acts of server operators, for AUDIT. No command changes or deletes them: only the upkeep removes those that are
 * too old or too many. The newest are kept longest, so an operator who wants to push out old acts needs as many new
 * ones.
 */
import type { StatementSync } from "node:sqlite";
import type { Clock } from "../../irc/clock.ts";
import { firstStamp } from "../../irc/stamp.ts";
import { row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** One act of a server operator. */
export interface AuditRow {
  /** The stamp of its event; no two acts have the same. */
  readonly stamp: number;
  /** A name of chat/audit.ts. */
  readonly act: string;
  readonly nick: string;
  /** Undefined for an operator without an account (OPER). */
  readonly account: string | undefined;
  readonly address: string;
  /** A nick, an account, a channel, a mask …; "" without one. */
  readonly target: string;
  readonly reason: string;
}

/** The most acts that are kept: about 20 MB. */
const maxActs = 100_000;
const pruneMs = 3_600_000;

/** All kept acts. */
export class AuditTable {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #save: WriteStatement;
  readonly #page: StatementSync;
  readonly #all: StatementSync;
  readonly #pruneOld: WriteStatement;
  readonly #pruneMany: WriteStatement;
  #nextPruneMs = 0;

  /** Acts older than `keepMs` are removed; 0 means no limit. */
  constructor(database: Database, clock: Clock, keepMs: number) {
    this.#database = database;
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#save = database.prepareWrite(
      `INSERT INTO audit (stamp, act, nick, account, address, target, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    const columns = "SELECT stamp, act, nick, account, address, target, reason FROM audit";
    this.#page = database.prepareArrays(`${columns} WHERE stamp < ? ORDER BY stamp DESC LIMIT ?`);
    this.#all = database.prepareArrays(`${columns} ORDER BY stamp`);
    this.#pruneOld = database.prepareWrite("DELETE FROM audit WHERE stamp < ?");
    this.#pruneMany = database.prepareWrite(
      `DELETE FROM audit WHERE stamp <= (SELECT stamp FROM audit ORDER BY stamp DESC LIMIT 1 OFFSET ${maxActs})`,
    );
  }

  /** Keeps an act; a second one with the same stamp is the same act, applied again. */
  save({ stamp, act, nick, account, address, target, reason }: AuditRow): void {
    this.#database.change(() => this.#save.run(stamp, act, nick, account ?? null, address, target, reason));
  }

  /** The newest acts before a stamp, the newest first. */
  page(before: number, limit: number): AuditRow[] {
    const last = Math.min(before, Number.MAX_SAFE_INTEGER);
    return this.#database.read(() => this.#page.all(last, limit).map(toAct), []);
  }

  /** All acts, the oldest first. */
  all(): AuditRow[] {
    return this.#all.all().map(toAct);
  }

  /** Removes what is too old or too much, once an hour. It belongs into Database.attempt(). */
  prune(): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs < this.#nextPruneMs) return;
    this.#nextPruneMs = nowMs + pruneMs;
    if (this.#keepMs > 0) this.#pruneOld.run(firstStamp(this.#clock.cautiousNow() - this.#keepMs));
    this.#pruneMany.run();
  }
}

function toAct(found: unknown): AuditRow {
  const [stamp, act, nick, account, address, target, reason] = row(found);
  return {
    stamp: Number(stamp),
    act: String(act),
    nick: String(nick),
    account: account === null ? undefined : String(account),
    address: String(address),
    target: String(target),
    reason: String(reason),
  };
}
