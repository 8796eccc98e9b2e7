/**
 * Conversations: a channel, or two people in private. Each has two logs, one for what is said and one for what happens
 * (joins, topics, reactions), so that who asks for messages never steps over a thousand joins. Does not say who may see
 * one; that is the hub's.
 */
import type { StatementSync } from "node:sqlite";
import type { Database, Keeper } from "./database.ts";
import type { Unsaved } from "./history.ts";

/** Which of a conversation's two logs: 0 is what is said, 1 what happens. */
export type Stream = 0 | 1;

/** One side of a private conversation: a folded account name, or "~" and a folded nick where there is no account. */
export interface Side {
  readonly identity: string;
  /** As it is shown. */
  readonly name: string;
}

/** A conversation something is written to in this run of the server. */
export interface Conversation {
  readonly key: string;
  /** Undefined until its row is inserted. */
  id: number | undefined;
  readonly name: string;
  readonly sides: readonly Side[];
  /** Whether not everybody may enter; undefined when not known yet. */
  closed: boolean | undefined;
  /** What reopen() set, for a row that is not inserted yet. */
  since: number;
  /**
   * What still takes records, by stream; the history's own. Not a map there that each tick clears: V8 chains the old
   * tables of a cleared map, and once one is old all that follow, and what they held, live until a full collection.
   */
  readonly open: [Unsaved | undefined, Unsaved | undefined];
}

/** A private conversation as one side sees it. */
export interface PrivateConversation {
  readonly id: number;
  /** The other side; one's own for what one tells oneself. */
  readonly with: Side;
}

/** What a conversation hides: what is older than `since`, and all of it once it is made anew while `closed` is 1. */
export type Door = readonly [key: string, name: string, since: number, closed: number];

/** The log of a stream. */
export function logOf(conversation: number, stream: Stream): number {
  return conversation * 2 + stream;
}

/** The table of conversations. Rows are inserted with the first record, so that looking costs nothing. */
export class Conversations implements Keeper {
  readonly #database: Database;
  readonly #known = new Map<string, Conversation>();
  #uncertain: Conversation[] = [];
  #changes: (() => void)[] = [];
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertSide: StatementSync;
  readonly #sides: StatementSync;
  readonly #close: StatementSync;
  readonly #reopen: StatementSync;
  readonly #names: StatementSync;
  readonly #doors: StatementSync;
  readonly #openAll: StatementSync;
  readonly #setDoor: StatementSync;

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
    this.#doors = database.prepareArrays(
      "SELECT key, name, since, closed FROM conversation WHERE since > 0 OR closed <> 0",
    );
    this.#openAll = database.prepare(
      "UPDATE conversation SET since = 0, closed = 0 WHERE since > 0 OR closed <> 0",
    );
    this.#setDoor = database.prepare(
      `INSERT INTO conversation (key, name, since, closed) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET since = excluded.since, closed = excluded.closed`,
    );
  }

  /** A channel's conversation. Costs a look in a table; nothing is written before a record is. */
  channel(folded: string, name: string): Conversation {
    return this.#known.get(folded) ?? this.#know(folded, name, []);
  }

  /** The private conversation of two sides, or of one with itself. */
  between(one: Side, other: Side): Conversation {
    const key = pairKey(one.identity, other.identity);
    return this.#known.get(key) ??
      this.#know(key, "", one.identity === other.identity ? [one] : [one, other]);
  }

  /** The id of a stored conversation, and the stamp before which it is shown to nobody. */
  find(key: string): { id: number; since: number } | undefined {
    this.#database.settle();
    const [id, since] = row(this.#find.get(key));
    return id === undefined ? undefined : { id: Number(id), since: Number(since) };
  }

  /** The same for two sides. */
  findBetween(one: string, other: string): { id: number; since: number } | undefined {
    return this.find(pairKey(one, other));
  }

  /** All private conversations of a side. */
  privateOf(identity: string): PrivateConversation[] {
    this.#database.settle();
    const found = new Map<number, PrivateConversation>();
    for (const one of this.#sides.all(identity)) {
      const [id, theirs, name] = row(one);
      // The own side comes too, and stands only where there is no other.
      if (theirs === identity && found.has(Number(id))) continue;
      found.set(Number(id), { id: Number(id), with: { identity: String(theirs), name: String(name) } });
    }
    return [...found.values()];
  }

  /** A stored conversation's name as it was first written; "" for a private one. */
  name(id: number): string {
    return String(row(this.#names.get(id))[0] ?? "");
  }

  /** Says whether not everybody may enter the channel, for the day it is made anew. */
  setClosed(conversation: Conversation, closed: boolean): void {
    if (conversation.closed === closed) return;
    conversation.closed = closed;
    this.#change(conversation, (id) => this.#close.run(Number(closed), id));
  }

  /** To be called when a channel nobody was in is entered: what was said behind a closed door stays there. */
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

  /** The doors of all that hide something; every other conversation is open. */
  doors(): Door[] {
    this.#database.settle();
    return this.#doors.all().map(row) as unknown as Door[];
  }

  /** Takes over all doors. Inside a transaction that nothing waits for only. */
  takeDoors(doors: readonly Door[]): void {
    this.#openAll.run();
    for (const door of doors) this.#setDoor.run(...door);
    for (const conversation of this.#known.values()) {
      conversation.closed = undefined;
      conversation.since = 0;
    }
  }

  /** The id, after inserting the row if there is none. Inside a transaction only. */
  idOf(conversation: Conversation): number {
    if (conversation.id !== undefined) return conversation.id;
    const { key, name, sides, since, closed } = conversation;
    const [known] = row(this.#find.get(key));
    const id = Number(known ?? row(this.#insert.get(key, name, since, Number(closed ?? false)))[0]);
    if (known === undefined) {
      for (const side of sides) this.#insertSide.run(side.identity, id, side.name);
      this.#uncertain.push(conversation);
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
    this.#uncertain = [];
    this.#changes = [];
    if (this.#known.size > maxKnown) this.#known.clear();
  }

  lost(): void {
    for (const conversation of this.#uncertain) conversation.id = undefined;
    this.#uncertain = [];
  }

  #know(key: string, name: string, sides: readonly Side[]): Conversation {
    const made: Conversation = {
      key,
      name,
      sides,
      id: undefined,
      closed: undefined,
      since: 0,
      open: [undefined, undefined],
    };
    this.#known.set(key, made);
    return made;
  }

  /** Nothing to change is no fault: a conversation without a row takes what it needs with it when it gets one. */
  #change({ key }: Conversation, change: (id: number) => void): void {
    this.#changes.push(() => {
      const [id] = row(this.#find.get(key));
      if (id !== undefined) change(Number(id));
    });
    this.#database.wait();
  }
}

/** Conversations that are remembered without asking the table. */
const maxKnown = 20_000;

/** A space is in no channel name, so the two cannot meet. */
function pairKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** A row of a statement that returns arrays, whose type does not say so. */
export function row(found: unknown): readonly (string | number | null | undefined)[] {
  return Array.isArray(found) ? found : [];
}
