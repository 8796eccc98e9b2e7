/**
 * The parts of the history of channels that are closed: to everybody before a stamp, to everybody when a closed channel
 * is made again, and to banned people for the time of their ban. It stores them; server/chat/closed_past.ts says to
 * whom they are closed. A channel without a stored message has no row, so it costs no disk.
 */
import type { StatementSync } from "node:sqlite";
import { type Conversation, type Conversations, row } from "./conversation.ts";
import type { Database, WriteStatement } from "./database.ts";

/** A time for which the history of a channel is closed to some people. */
export interface ClosedPeriod {
  /** The people, as ban masks (irc/ban.ts). */
  readonly masks: readonly string[];
  /** The first closed stamp. */
  readonly from: number;
  /** The first stamp after it; 0 while the ban is in force. */
  readonly until: number;
  /** It is closed whatever rank these people have. @default {false} */
  readonly always?: boolean;
  /** Only messages to ranks are closed. @default {false} */
  readonly onlyToRanks?: boolean;
}

/**
 * The closed parts of a channel: records before `since`, all of them if the channel is created again while `closed` is
 * 1, and the periods as JSON.
 */
export type ClosedChannel = readonly [
  key: string,
  name: string,
  since: number,
  closed: number,
  periods?: string,
];

/** The closed parts of all channels. */
export class ClosedHistory {
  readonly #database: Database;
  readonly #conversations: Conversations;
  readonly #load: StatementSync;
  readonly #close: WriteStatement;
  readonly #reopen: WriteStatement;
  readonly #setPeriods: WriteStatement;
  readonly #all: StatementSync;
  readonly #openAll: WriteStatement;
  readonly #set: WriteStatement;

  constructor(database: Database, conversations: Conversations) {
    this.#database = database;
    this.#conversations = conversations;
    this.#load = database.prepareArrays("SELECT closed, periods FROM conversation WHERE key = ?");
    this.#close = database.prepareWrite("UPDATE conversation SET closed = ? WHERE key = ?");
    this.#reopen = database.prepareWrite(
      "UPDATE conversation SET closed = 0, since = max(since, ?) WHERE key = ?",
    );
    this.#setPeriods = database.prepareWrite(
      "UPDATE conversation SET since = max(since, ?), periods = ? WHERE key = ?",
    );
    const hasClosedPart = "since > 0 OR closed <> 0 OR periods <> ''";
    this.#all = database.prepareArrays(
      `SELECT key, name, since, closed, periods FROM conversation WHERE ${hasClosedPart}`,
    );
    this.#openAll = database.prepareWrite(
      `UPDATE conversation SET since = 0, closed = 0, periods = '' WHERE ${hasClosedPart}`,
    );
    this.#set = database.prepareWrite(
      `INSERT INTO conversation (key, name, since, closed, periods) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE
         SET since = excluded.since, closed = excluded.closed, periods = excluded.periods`,
    );
  }

  /** Stores whether the channel restricts who can join; it matters when the channel is created again. */
  setClosed(conversation: Conversation, closed: boolean): void {
    if (conversation.closed === closed) return;
    conversation.closed = closed;
    this.#change(conversation, () => this.#close.run(Number(closed), conversation.key));
  }

  /**
   * Call this when the first user joins an empty channel: messages of a closed channel stay hidden, and bans end with
   * the earlier channel.
   */
  reopen(conversation: Conversation, stamp: number): void {
    const periods = this.periodsOf(conversation);
    if (periods.some(({ until }) => until === 0)) {
      this.setPeriods(
        conversation,
        periods.map((one) => one.until === 0 ? { ...one, until: stamp } : one),
      );
    }
    if (!conversation.closed) return;
    conversation.closed = false;
    conversation.since = stamp;
    this.#change(conversation, () => this.#reopen.run(stamp, conversation.key));
  }

  /** The periods for which the history is closed to some people, in the order in which they began. */
  periodsOf(conversation: Conversation): readonly ClosedPeriod[] {
    if (conversation.periods === undefined) {
      const [closed, periods] = this.#database.read(() => row(this.#load.get(conversation.key)), []);
      conversation.closed ??= closed === 1;
      conversation.periods = parsePeriods(String(periods ?? ""));
    }
    return conversation.periods;
  }

  /** Replaces the periods; the records before `since` are closed to everybody. */
  setPeriods(conversation: Conversation, periods: readonly ClosedPeriod[], since = 0): void {
    this.periodsOf(conversation);
    conversation.periods = periods;
    conversation.since = Math.max(conversation.since, since);
    const text = formatPeriods(periods);
    this.#change(conversation, () => this.#setPeriods.run(since, text, conversation.key));
  }

  /** All channels with a closed part. */
  all(): ClosedChannel[] {
    this.#database.insertPending();
    return this.#all.all().map(row) as unknown as ClosedChannel[];
  }

  /** Replaces the closed parts of all channels. Only inside a transaction, when no rows are pending. */
  replace(channels: readonly ClosedChannel[]): void {
    this.#openAll.run();
    for (const [key, name, since, closed, periods = ""] of channels) {
      this.#set.run(key, name, since, closed, periods);
    }
    for (const conversation of this.#conversations.cached()) {
      conversation.closed = conversation.periods = undefined;
      conversation.since = 0;
    }
  }

  /** A missing row is not an error: the row gets the values of the conversation when it is inserted. */
  #change(conversation: Conversation, act: () => void): void {
    if (this.#conversations.isStored(conversation)) this.#database.change(act);
  }
}

/** The periods as they are stored; "" for none. */
export function formatPeriods(periods: readonly ClosedPeriod[]): string {
  return periods.length === 0 ? "" : JSON.stringify(periods);
}

function parsePeriods(text: string): readonly ClosedPeriod[] {
  return text === "" ? [] : JSON.parse(text);
}
