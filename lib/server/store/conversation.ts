/**
 * A conversation is a channel, or two people in private. Each has two logs: messages, and events (joins, topics,
 * reactions), so that reading messages never has to skip a thousand joins. The hub decides who can read a
 * conversation.
 */
import type { StatementSync } from "node:sqlite";
import { fold } from "../../irc/names.ts";
import { type ClosedPeriod, formatPeriods } from "./closed_history.ts";
import type { CommitParticipant } from "./commit_participants.ts";
import type { Database, WriteStatement } from "./database.ts";
import type { UnsavedBlock } from "./history.ts";

/** The log of a conversation: 0 for messages, 1 for events. */
export type Stream = 0 | 1;

/** One side of a private conversation. It stays the same when the nick changes. */
export interface Side {
  /** A folded account name, or a text that starts with "~" for a user without an account (chat/history_access.ts). */
  readonly identity: string;
  /** The name of the account, or the nick without one. */
  readonly name: string;
  /** The nick that it had last. @default {name} */
  readonly nick?: string;
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
  /** See ClosedHistory; undefined if they are not known yet. */
  periods: readonly ClosedPeriod[] | undefined;
  /** Whether its row was searched, and there was none. */
  isSearched: boolean;
  /** The stamp before which nobody can read it, for a row that is not inserted yet. */
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

/** The log number of a stream. */
export function logOf(conversation: number, stream: Stream): number {
  return conversation * 2 + stream;
}

/** If so many people had one nick, only those are found who wrote with the person that asks. */
const maxKnown = 1000;
/** The most conversations in memory, and twice those without a row if that is more. */
const maxCached = 20_000;
/** The most former nicks of a person. */
const maxFormer = 20;

/** The table of conversations. Rows are inserted with the first record, so reading writes nothing. */
export class Conversations implements CommitParticipant {
  readonly #database: Database;
  readonly #cache = new Map<string, Conversation>();
  /** Stored conversations leave the memory when there are more than so many. */
  #mostCached = maxCached;
  #insertedNow: Conversation[] = [];
  readonly #find: StatementSync;
  readonly #insert: WriteStatement;
  readonly #insertSide: WriteStatement;
  readonly #removeSides: WriteStatement;
  readonly #savePerson: WriteStatement;
  readonly #nickOf: StatementSync;
  readonly #setNick: WriteStatement;
  readonly #known: NickFinder;
  readonly #formerly: NickFinder;
  readonly #addFormer: WriteStatement;
  readonly #removeFormer: WriteStatement;
  readonly #adoptFormer: WriteStatement;
  readonly #between: StatementSync;
  readonly #private: StatementSync;
  readonly #adopt: readonly WriteStatement[];
  readonly #names: StatementSync;
  readonly #empty: StatementSync;
  readonly #removeEmpty: readonly WriteStatement[];

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepareArrays("SELECT id, since FROM conversation WHERE key = ?");
    this.#empty = database.prepareArrays(
      `SELECT key, bytes FROM conversation WHERE id = ?1 AND id < (SELECT max(id) FROM conversation)
         AND periods NOT LIKE '%"until":0%' AND NOT EXISTS (SELECT 1 FROM block WHERE log IN (?1 * 2, ?1 * 2 + 1))`,
    );
    const deleteAlone = (table: string) =>
      `DELETE FROM ${table} WHERE identity IN (SELECT identity FROM side WHERE conversation = ?1)
         AND NOT EXISTS (SELECT 1 FROM side WHERE side.identity = ${table}.identity AND conversation <> ?1)`;
    this.#removeEmpty = [
      deleteAlone("former_nick"),
      deleteAlone("person"),
      "DELETE FROM side WHERE conversation = ?1",
      "DELETE FROM redaction WHERE conversation = ?1",
      "DELETE FROM conversation WHERE id = ?1",
    ].map((sql) => database.prepareWrite(sql));
    this.#names = database.prepareArrays("SELECT name, key FROM conversation WHERE id = ?");
    this.#insert = database.prepareWrite(
      "INSERT INTO conversation (key, name, since, closed, periods) VALUES (?, ?, ?, ?, ?) RETURNING id",
    );
    this.#insertSide = database.prepareWrite(
      "INSERT INTO side (identity, conversation, name, other) VALUES (?, ?, ?, ?)",
    );
    this.#removeSides = database.prepareWrite("DELETE FROM side WHERE conversation = ?");
    this.#savePerson = database.prepareWrite(
      `INSERT INTO person (identity, name, nick, folded) VALUES (?, ?, ?, ?)
       ON CONFLICT (identity) DO UPDATE SET name = excluded.name, nick = excluded.nick, folded = excluded.folded`,
    );
    this.#nickOf = database.prepareArrays("SELECT nick FROM person WHERE identity = ?");
    this.#setNick = database.prepareWrite("UPDATE person SET nick = ?, folded = ? WHERE identity = ?");
    this.#known = nickFinder(database, "person");
    this.#formerly = nickFinder(database, "former_nick");
    this.#addFormer = database.prepareWrite(
      "INSERT OR REPLACE INTO former_nick (identity, folded) VALUES (?, ?)",
    );
    this.#removeFormer = database.prepareWrite(
      `DELETE FROM former_nick WHERE identity = ?1 AND id <=
         (SELECT id FROM former_nick WHERE identity = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${maxFormer})`,
    );
    this.#adoptFormer = database.prepareWrite(
      "UPDATE OR IGNORE former_nick SET identity = ? WHERE identity = ?",
    );
    this.#between = database.prepareArrays("SELECT conversation FROM side WHERE identity = ? AND other = ?");
    this.#private = database.prepareArrays(
      `SELECT conversation, other, person.name, nick FROM side JOIN person ON person.identity = other
       WHERE side.identity = ?`,
    );
    this.#adopt = [
      // The account can be the other side.
      "UPDATE OR IGNORE side SET identity = ?2, name = ?3 WHERE identity = ?1 AND conversation = ?4",
      "DELETE FROM side WHERE identity = ?1 AND conversation = ?4",
      "UPDATE side SET other = ?2 WHERE conversation = ?4 AND other = ?1",
    ].map((sql) => database.prepareWrite(sql));
  }

  /** The conversation of a channel. It costs a map lookup; nothing is written before the first record. */
  channel(folded: string, name: string): Conversation {
    return this.#cache.get(folded) ?? this.#addToCache(folded, name, []);
  }

  /** The private conversation of two sides, or of one side with itself. */
  between(one: Side, other: Side): Conversation {
    const sides = one.identity === other.identity ? [one] : [one, other];
    return this.copy(pairKey(one.identity, other.identity), "", sides);
  }

  /** A conversation of another machine. */
  copy(key: string, name: string, sides: readonly Side[]): Conversation {
    return this.#cache.get(key) ?? this.#addToCache(key, name, sides);
  }

  /** The id of a stored conversation, and the stamp before which nobody can read it. */
  find(key: string): { id: number; since: number } | undefined {
    this.#database.insertPending();
    const [id, since] = row(this.#find.get(key));
    return id === undefined ? undefined : { id: Number(id), since: Number(since) };
  }

  /** The ids of the stored conversations of two sides: one, and those that adopt() gave to one of them. */
  idsBetween(one: string, other: string): number[] {
    this.#database.insertPending();
    return this.#between.all(one, other).map((found) => Number(row(found)[0]));
  }

  /** All private conversations of a side. */
  privateOf(identity: string): PrivateConversation[] {
    this.#database.insertPending();
    return this.#private.all(identity).map((found) => {
      const [id, theirs, name, nick] = row(found);
      return {
        id: Number(id),
        with: { identity: String(theirs), name: String(name), nick: String(nick) },
      };
    });
  }

  /** The identities of people who had this nick last and can have written with `asker`; the newest first. */
  knownAs(folded: string, asker: string): string[] {
    this.#database.insertPending();
    return this.#known(folded, asker);
  }

  /** The same for people who had this nick before their last one. */
  formerlyKnownAs(folded: string, asker: string): string[] {
    this.#database.insertPending();
    return this.#formerly(folded, asker);
  }

  /** Saves the nick of a person with private conversations. */
  rename({ identity, name, nick = name }: Side): void {
    this.#database.insertPending();
    const [before] = this.#database.read(() => row(this.#nickOf.get(identity)), []);
    if (before === undefined || before === nick) return;
    this.#database.change(() => {
      this.#setNick.run(nick, fold(nick), identity);
      this.addFormerNick(identity, fold(String(before)));
      this.#removeFormer.run(identity);
    });
  }

  /**
   * Gives the private conversations of a guest to the account that the guest registered or logged in to; returns the
   * identities of the other sides. The keys stay, and nobody may use the identity of the guest again.
   */
  adopt(guest: string, { identity, name, nick = name }: Side): string[] {
    this.#database.insertPending();
    const found = this.#database.read(() => this.#private.all(guest).map(row), []);
    if (found.length === 0) return [];
    this.#database.change(() => {
      for (const [id = 0] of found) {
        for (const statement of this.#adopt) statement.run(guest, identity, name, id);
      }
      this.#adoptFormer.run(identity, guest);
      this.#savePerson.run(identity, name, nick, fold(nick));
    });
    return found.map(([, other]) => String(other));
  }

  /** Replaces the sides of a stored private conversation. Only inside a transaction. */
  replaceSides(id: number, sides: readonly Side[]): void {
    this.#removeSides.run(id);
    this.#insertSides(id, sides);
  }

  /** Adds a folded nick that a person had before the last one. Only inside a transaction. */
  addFormerNick(identity: string, folded: string): void {
    this.#addFormer.run(identity, folded);
  }

  /** The key of a stored conversation; undefined if there is none with this id. */
  keyOf(id: number): string | undefined {
    const [, key] = row(this.#names.get(id));
    return key === undefined ? undefined : String(key);
  }

  /** The name of a stored conversation in its first spelling; "" for a private conversation. */
  name(id: number): string {
    return String(row(this.#names.get(id))[0] ?? "");
  }

  /** The id; inserts the row if it is missing. Only inside a transaction. */
  idOf(conversation: Conversation): number {
    if (conversation.id !== undefined) return conversation.id;
    const { key, name, sides, since, closed = false, periods = [] } = conversation;
    const [storedId] = row(this.#find.get(key));
    const id = Number(
      storedId ?? row(this.#insert.get(key, name, since, Number(closed), formatPeriods(periods)))[0],
    );
    if (storedId === undefined) {
      this.#insertSides(id, sides);
      this.#insertedNow.push(conversation);
    }
    return conversation.id = id;
  }

  /**
   * Whether the conversation has a row, or gets one with the records that wait: somebody has written in it. It costs a
   * query at the first call.
   */
  isStored(conversation: Conversation): boolean {
    if (conversation.id !== undefined || conversation.open[0] || conversation.open[1]) return true;
    if (!conversation.isSearched) {
      conversation.isSearched = true;
      const [id] = this.#database.read(() => row(this.#find.get(conversation.key)), []);
      if (id !== undefined) conversation.id = Number(id);
    }
    return conversation.id !== undefined;
  }

  /**
   * Removes a conversation without a record, and what is known of its people. Its id is not used again, so the one with
   * the highest id stays, and one with a ban in force stays because the ban closes what is said next. Returns the bytes
   * that it still had. Only inside Database.change().
   */
  removeIfEmpty(id: number): number {
    const [key, bytes] = row(this.#empty.get(id));
    if (key === undefined) return 0;
    for (const statement of this.#removeEmpty) statement.run(id);
    const conversation = this.#cache.get(String(key));
    if (conversation !== undefined) conversation.id = undefined;
    return Number(bytes);
  }

  /** Forgets what is known of a conversation without a row. Call it when its channel ends. */
  forget(key: string): void {
    const conversation = this.#cache.get(key);
    if (conversation !== undefined && !this.isStored(conversation)) this.#cache.delete(key);
  }

  /** The conversations in memory. */
  cached(): Iterable<Conversation> {
    return this.#cache.values();
  }

  readonly statements = 0;
  readonly bytes = 0;

  write(): void {}

  written(): void {
    this.#insertedNow = [];
    if (this.#cache.size <= this.#mostCached) return;
    // The row of a stored one has all that its entry has.
    for (const [key, { id }] of this.#cache) if (id !== undefined) this.#cache.delete(key);
    // Those without a row stay; without a new bound, each commit would pass all of them.
    this.#mostCached = Math.max(maxCached, 2 * this.#cache.size);
  }

  rolledBack(): void {
    for (const conversation of this.#insertedNow) conversation.id = undefined;
    this.#insertedNow = [];
  }

  #insertSides(id: number, sides: readonly Side[]): void {
    for (const [at, { identity, name, nick = name }] of sides.entries()) {
      const other = sides[1 - at]?.identity ?? identity;
      this.#insertSide.run(identity, id, name, other);
      this.#savePerson.run(identity, name, nick, fold(nick));
    }
  }

  #addToCache(key: string, name: string, sides: readonly Side[]): Conversation {
    const conversation: Conversation = {
      key,
      name,
      sides,
      id: undefined,
      closed: undefined,
      periods: undefined,
      isSearched: false,
      since: 0,
      open: [undefined, undefined],
    };
    this.#cache.set(key, conversation);
    return conversation;
  }
}

/** No channel name contains a space, so the key of a pair never equals that of a channel. */
function pairKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** A row of a statement that returns arrays; its type does not show that. */
export function row(found: unknown): readonly (string | number | null | undefined)[] {
  return Array.isArray(found) ? found : [];
}

type NickFinder = (folded: string, asker: string) => string[];

/** Finds the identities that have a nick in one of the tables of nicks, the newest first. */
function nickFinder(database: Database, table: "person" | "former_nick"): NickFinder {
  const end = `ORDER BY ${table}.id DESC LIMIT ${maxKnown}`;
  const all = database.prepareArrays(`SELECT identity FROM ${table} WHERE folded = ? ${end}`);
  const known = database.prepareArrays(
    `SELECT other FROM side CROSS JOIN ${table} ON ${table}.identity = other
     WHERE side.identity = ? AND folded = ? ${end}`,
  );
  return (folded, asker) => {
    const found = all.all(folded);
    const shown = found.length < maxKnown ? found : known.all(asker, folded);
    return shown.map((one) => String(row(one)[0]));
  };
}
