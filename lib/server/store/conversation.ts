/**
 * A conversation is a channel, or two people in private. Each has two logs: messages, and events (joins, topics,
 * reactions), so that reading messages never has to skip a thousand joins. The hub decides who can read a
 * conversation.
 */
import type { StatementSync } from "node:sqlite";
import type { CommitParticipant, Database } from "./database.ts";
import type { UnsavedBlock } from "./history.ts";

/** The log of a conversation: 0 for messages, 1 for events. */
export type Stream = 0 | 1;

/**
 * One side of a private conversation: a folded account name, or "~" and a folded nick for a user without an account.
 */
export interface Side {
  readonly identity: string;
  /** The name to show. */
  readonly name: string;
}

/** A conversation that received records since the server started. */
export interface Conversation {
  readonly key: string;
  /** Undefined until its row is inserted. */
  id: number | undefined;
  readonly name: string;
  readonly sides: readonly Side[];
  /** Whether the channel restricts who can join; undefined if it is not known yet. */
  closed: boolean | undefined;
  /** The value that reopen() set, for a row that is not inserted yet. */
  since: number;
  /**
   * The open block of each log; only History uses it. A map that is cleared every tick would be worse: V8 chains the
   * old tables of a cleared map, and when one becomes old, all later ones and their content live until a full
   * collection.
   */
  readonly open: [UnsavedBlock | undefined, UnsavedBlock | undefined];
}

/** A private conversation as one side sees it. */
export interface PrivateConversation {
  readonly id: number;
  /** The other side; one's own side in a conversation with oneself. */
  readonly with: Side;
}

/**
 * The hidden part of a conversation: records before `since`, and all of them if the channel is created again while
 * `closed` is 1.
 */
export type ClosedChannel = readonly [key: string, name: string, since: number, closed: number];

/** The log number of a stream. */
export function logOf(conversation: number, stream: Stream): number {
  return conversation * 2 + stream;
}

/** The table of conversations. Rows are inserted with the first record, so reading writes nothing. */
export class Conversations implements CommitParticipant {
  readonly #database: Database;
  readonly #cache = new Map<string, Conversation>();
  #insertedNow: Conversation[] = [];
  #changes: (() => void)[] = [];
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertSide: StatementSync;
  readonly #sides: StatementSync;
  readonly #close: StatementSync;
  readonly #reopen: StatementSync;
  readonly #names: StatementSync;
  readonly #closedChannels: StatementSync;
  readonly #openAll: StatementSync;
  readonly #setClosedChannel: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepareArrays("SELECT id, since, closed FROM conversation WHERE key = ?");
    this.#names = database.prepareArrays("SELECT name FROM conversation WHERE id = ?");
    this.#insert = database.prepareArrays(
      "INSERT INTO conversation (key, name, since, closed) VALUES (?, ?, ?, ?) RETURNING id",
    );
    this.#insertSide = database.prepare("INSERT INTO side (identity, conversation, name) VALUES (?, ?, ?)");
    this.#sides = database.prepareArrays(
      `SELECT mine.conversation, theirs.identity, theirs.name FROM side AS mine
       JOIN side AS theirs ON theirs.conversation = mine.conversation
       WHERE mine.identity = ?`,
    );
    this.#close = database.prepare("UPDATE conversation SET closed = ? WHERE id = ?");
    this.#reopen = database.prepare("UPDATE conversation SET closed = 0, since = ? WHERE id = ?");
    this.#closedChannels = database.prepareArrays(
      "SELECT key, name, since, closed FROM conversation WHERE since > 0 OR closed <> 0",
    );
    this.#openAll = database.prepare(
      "UPDATE conversation SET since = 0, closed = 0 WHERE since > 0 OR closed <> 0",
    );
    this.#setClosedChannel = database.prepare(
      `INSERT INTO conversation (key, name, since, closed) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET since = excluded.since, closed = excluded.closed`,
    );
  }

  /** The conversation of a channel. It costs a map lookup; nothing is written before the first record. */
  channel(folded: string, name: string): Conversation {
    return this.#cache.get(folded) ?? this.#addToCache(folded, name, []);
  }

  /** The private conversation of two sides, or of one side with itself. */
  between(one: Side, other: Side): Conversation {
    const key = pairKey(one.identity, other.identity);
    return this.#cache.get(key) ??
      this.#addToCache(key, "", one.identity === other.identity ? [one] : [one, other]);
  }

  /** The id of a stored conversation, and the stamp before which nobody can read it. */
  find(key: string): { id: number; since: number } | undefined {
    this.#database.insertPending();
    const [id, since] = row(this.#find.get(key));
    return id === undefined ? undefined : { id: Number(id), since: Number(since) };
  }

  /** The same for two sides. */
  findBetween(one: string, other: string): { id: number; since: number } | undefined {
    return this.find(pairKey(one, other));
  }

  /** All private conversations of a side. */
  privateOf(identity: string): PrivateConversation[] {
    this.#database.insertPending();
    const found = new Map<number, PrivateConversation>();
    for (const one of this.#sides.all(identity)) {
      const [id, theirs, name] = row(one);
      // The own side is also in the result; it counts only if there is no other side.
      if (theirs === identity && found.has(Number(id))) continue;
      found.set(Number(id), { id: Number(id), with: { identity: String(theirs), name: String(name) } });
    }
    return [...found.values()];
  }

  /** The name of a stored conversation in its first spelling; "" for a private conversation. */
  name(id: number): string {
    return String(row(this.#names.get(id))[0] ?? "");
  }

  /** Stores whether the channel restricts who can join; it matters when the channel is created again. */
  setClosed(conversation: Conversation, closed: boolean): void {
    if (conversation.closed === closed) return;
    conversation.closed = closed;
    this.#change(conversation, (id) => this.#close.run(Number(closed), id));
  }

  /** Call this when the first user joins an empty channel: messages of a closed channel stay hidden. */
  reopen(conversation: Conversation, stamp: number): void {
    if (conversation.closed === undefined) {
      const [, , closed] = this.#database.read(() => row(this.#find.get(conversation.key)), []);
      conversation.closed = closed === 1;
    }
    if (!conversation.closed) return;
    conversation.closed = false;
    conversation.since = stamp;
    this.#change(conversation, (id) => this.#reopen.run(stamp, id));
  }

  /** All conversations with a hidden part. */
  closedChannels(): ClosedChannel[] {
    this.#database.insertPending();
    return this.#closedChannels.all().map(row) as unknown as ClosedChannel[];
  }

  /** Replaces the hidden parts of all conversations. Only inside a transaction, when no rows are pending. */
  replaceClosedChannels(channels: readonly ClosedChannel[]): void {
    this.#openAll.run();
    for (const one of channels) this.#setClosedChannel.run(...one);
    for (const conversation of this.#cache.values()) {
      conversation.closed = undefined;
      conversation.since = 0;
    }
  }

  /** The id; inserts the row if it is missing. Only inside a transaction. */
  idOf(conversation: Conversation): number {
    if (conversation.id !== undefined) return conversation.id;
    const { key, name, sides, since, closed } = conversation;
    const [storedId] = row(this.#find.get(key));
    const id = Number(storedId ?? row(this.#insert.get(key, name, since, Number(closed ?? false)))[0]);
    if (storedId === undefined) {
      for (const side of sides) this.#insertSide.run(side.identity, id, side.name);
      this.#insertedNow.push(conversation);
    }
    return conversation.id = id;
  }

  get statements(): number {
    return 2 * this.#changes.length;
  }

  write(): void {
    for (const change of this.#changes) change();
  }

  saved(): void {
    this.#insertedNow = [];
    this.#changes = [];
    if (this.#cache.size > maxCached) this.#cache.clear();
  }

  rolledBack(): void {
    for (const conversation of this.#insertedNow) conversation.id = undefined;
    this.#insertedNow = [];
  }

  #addToCache(key: string, name: string, sides: readonly Side[]): Conversation {
    const conversation: Conversation = {
      key,
      name,
      sides,
      id: undefined,
      closed: undefined,
      since: 0,
      open: [undefined, undefined],
    };
    this.#cache.set(key, conversation);
    return conversation;
  }

  /** A missing row is not an error: the row gets these values when it is inserted. */
  #change({ key }: Conversation, change: (id: number) => void): void {
    this.#changes.push(() => {
      const [id] = row(this.#find.get(key));
      if (id !== undefined) change(Number(id));
    });
    this.#database.scheduleCommit();
  }
}

/** The largest number of conversations in memory. */
const maxCached = 20_000;

/** No channel name contains a space, so the key of a pair never equals that of a channel. */
function pairKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** A row of a statement that returns arrays; its type does not show that. */
export function row(found: unknown): readonly (string | number | null | undefined)[] {
  return Array.isArray(found) ? found : [];
}
