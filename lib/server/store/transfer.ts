/**
 * Transfer: the data that makes another machine's store a copy of this one. Small tables are sent whole (accounts,
 * files, markers, saved values, closed channels). History is sent in pages from a stamp on, oldest first. Deletions in
 * older history are sent as stamps, and as the names of deleted accounts.
 */
import type { StatementSync } from "node:sqlite";
import { fold, type Folded } from "../../irc/names.ts";
import type { AccountRow } from "./accounts.ts";
import type { AuditRow } from "./audit.ts";
import { decodeBlock, type StoredRecord } from "./block.ts";
import type { ClosedChannel } from "./closed_history.ts";
import { row, type Side, type Stream } from "./conversation.ts";
import type { Database } from "./database.ts";
import type { UploadRow } from "./uploads.ts";
import type { Store } from "./store.ts";

/** The small tables. The field names are part of the format between machines. */
export interface StoreState {
  readonly accounts: readonly AccountRow[];
  readonly files: readonly UploadRow[];
  readonly markers: readonly (readonly [account: string, target: string, ms: number])[];
  /** The nicks that people of private conversations had before their last one, folded; the oldest first. */
  readonly formerNicks: readonly (readonly [identity: string, folded: string])[];
  readonly keepsakes: readonly (readonly [name: string, value: string])[];
  /** Conversations with a hidden part. */
  readonly doors: readonly ClosedChannel[];
  /** Deleted messages. */
  readonly redactions: readonly DeletedMessage[];
  /** Accounts whose messages up to a stamp are being deleted. */
  readonly forgetting: readonly (readonly [account: string, until: number])[];
  /** See Transfer.adopted(). @default {none} */
  readonly adopted?: readonly AdoptedSide[];
  /** Acts of operators; left out where they are in the store already. @default {none} */
  readonly audit?: readonly AuditRow[];
}

/** One side of a private conversation that a guest had, and that an account has now. */
type AdoptedSide = readonly [key: string, identity: string, name: string, nick: string];

/** A deleted message, and its deletion (deletions.ts). */
type DeletedMessage = readonly [
  conversation: string,
  stamp: number,
  deleted: number,
  account: Folded | null,
  record: string,
  reason: string,
];

/** Records of one log, from one block. */
export interface TransferBlock {
  readonly key: string;
  readonly name: string;
  readonly sides: readonly Side[];
  readonly stream: Stream;
  readonly records: readonly StoredRecord[];
}

/** Asks for records with stamps above `after`; `from` is `next` of the previous page. */
export interface PageRequest {
  readonly after: number;
  readonly from?: number | undefined;
}

/** A page of history. */
export interface TransferPage {
  readonly blocks: readonly TransferBlock[];
  /** The start of the next page; undefined on the last page. */
  readonly next: number | undefined;
}

/** Blocks per page; a page has more only if the order of their records requires it. */
const pageBlocks = 500;
/** The most stamps between records of one transaction; see #startOf. */
const slack = 120_000 * 1024;

/** Copies one store into another, on two machines. */
export class Transfer {
  readonly #store: Store;
  readonly #database: Database;
  readonly #markers: StatementSync;
  readonly #formerNicks: StatementSync;
  readonly #savedValues: StatementSync;
  readonly #redactions: StatementSync;
  readonly #forgetting: StatementSync;
  readonly #adopted: StatementSync;
  readonly #blocks: StatementSync;
  readonly #conversation: StatementSync;
  readonly #sides: StatementSync;
  readonly #newestId: StatementSync;
  readonly #firstFrom: StatementSync;
  readonly #earliest: StatementSync;

  constructor(store: Store) {
    this.#store = store;
    const database = this.#database = store.database;
    this.#markers = database.prepareArrays("SELECT account, target, ms FROM marker");
    this.#formerNicks = database.prepareArrays("SELECT identity, folded FROM former_nick ORDER BY id");
    this.#savedValues = database.prepareArrays("SELECT name, value FROM keepsake");
    this.#redactions = database.prepareArrays(
      `SELECT key, stamp, deleted, account, record, reason
       FROM redaction JOIN conversation ON conversation.id = conversation`,
    );
    this.#forgetting = database.prepareArrays("SELECT identity, until FROM forgetting");
    this.#adopted = database.prepareArrays(
      `SELECT key, side.identity, side.name, nick FROM side JOIN conversation ON conversation.id = conversation
       JOIN person ON person.identity = side.identity
       WHERE key NOT IN (side.identity || ' ' || other, other || ' ' || side.identity)`,
    );
    this.#blocks = database.prepareArrays(
      "SELECT id, log, first, records FROM block WHERE id > ? ORDER BY id LIMIT ?",
    );
    this.#conversation = database.prepareArrays("SELECT key, name FROM conversation WHERE id = ?");
    this.#sides = database.prepareArrays(
      "SELECT identity, side.name, nick FROM side JOIN person USING (identity) WHERE conversation = ?",
    );
    this.#newestId = database.prepareArrays("SELECT max(id) FROM block");
    this.#earliest = database.prepareArrays(
      "SELECT min(first) FROM (SELECT first FROM block WHERE id >= ? ORDER BY id LIMIT 4000)",
    );
    this.#firstFrom = database.prepareArrays("SELECT id, first FROM block WHERE id >= ? ORDER BY id LIMIT 1");
  }

  /** The small tables, without the saved values that belong to this machine only. */
  state(isOwn: (name: string) => boolean): StoreState {
    this.#database.insertPending();
    return {
      accounts: this.#store.accounts.all(),
      files: this.#store.files.all(),
      markers: this.#markers.all().map(row) as unknown as StoreState["markers"],
      formerNicks: this.#formerNicks.all().map(row) as unknown as StoreState["formerNicks"],
      keepsakes: (this.#savedValues.all().map(row) as unknown as StoreState["keepsakes"])
        .filter(([name]) => !isOwn(name)),
      doors: this.#store.closed.all(),
      redactions: this.#redactions.all().map(row) as unknown as StoreState["redactions"],
      forgetting: this.#forgetting.all().map(row) as unknown as StoreState["forgetting"],
    };
  }

  /**
   * The sides of the private conversations that accounts got from guests (Conversations.adopt). It reads the sides of
   * all conversations, so it is not a part of state(), which is called often.
   */
  adopted(): AdoptedSide[] {
    this.#database.insertPending();
    return this.#adopted.all().map(row) as unknown as AdoptedSide[];
  }

  /** Gives conversations to the accounts that have them on the other machine; call it after the last page. */
  applyAdopted({ adopted = [] }: StoreState): void {
    const { conversations } = this.#store;
    for (const [key, rows] of Map.groupBy(adopted, ([key]) => key)) {
      const found = conversations.find(key);
      if (found === undefined) continue;
      const sides = rows.map(([, identity, name, nick]) => ({ identity, name, nick }));
      this.#database.change(() => conversations.replaceSides(found.id, sides));
    }
  }

  /**
   * Replaces the small tables, and erases all records of accounts deleted since, up to the stamp `until`. The hub
   * writes the registered channels.
   */
  replaceState(state: StoreState, until: number): void {
    for (const { name, verifier } of state.accounts) {
      if (verifier === "" && this.#store.accounts.find(name)?.verifier) this.#eraseAccount(fold(name), until);
    }
    this.#replaceTables(state);
  }

  /** Restores the small tables to the result of state() on this machine, with the same `isOwn`. */
  restoreState(state: StoreState, isOwn: (name: string) => boolean): void {
    const { accounts, savedValues } = this.#store;
    const names = new Set(state.accounts.map(({ name }) => name));
    for (const { name } of accounts.all()) if (!names.has(name)) accounts.remove(name);
    const wanted = new Set(state.keepsakes.map(([name]) => name));
    for (const [name] of this.state(isOwn).keepsakes) {
      if (!wanted.has(name)) savedValues.save(name, undefined);
    }
    this.#replaceTables(state);
  }

  #replaceTables(state: StoreState): void {
    const { accounts, files, savedValues, markers, conversations } = this.#store;
    for (const account of state.accounts) accounts.save(account);
    const known = new Set(state.files.map(({ id }) => id));
    for (const { id } of files.all()) if (!known.has(id)) files.remove(id);
    for (const file of state.files) files.save(file);
    for (const act of state.audit ?? []) this.#store.audit.save(act);
    for (const [name, value] of state.keepsakes) savedValues.save(name, value);
    for (const [account, target, ms] of state.markers) markers.save(account, target, ms);
    this.#database.change(() => {
      for (const former of state.formerNicks) conversations.addFormerNick(...former);
    });
    this.#store.commit();
    this.#database.change(() => this.#store.closed.replace(state.doors));
    this.#store.commit();
  }

  /**
   * Erases the records that the other machine deleted; call it after the last page, because earlier pages can contain
   * them.
   */
  applyErasures({ forgetting, redactions }: StoreState): void {
    this.#redact(redactions);
    for (const [account, until] of forgetting) this.#eraseAccount(account, until);
  }

  page({ after, from }: PageRequest): TransferPage {
    this.#database.insertPending();
    let id = from ?? this.#startOf(after);
    let newest = 0;
    const blocks: TransferBlock[] = [];
    for (;;) {
      const found = this.#blocks.all(id, pageBlocks).map(row);
      for (const [at, log, first, text] of found) {
        // A page ends where no later block has an earlier record, so that a page arrives whole or not at all.
        if (blocks.length >= pageBlocks && this.#earliestFrom(Number(at)) > newest) {
          return { blocks, next: id };
        }
        id = Number(at);
        const records = decodeBlock(Number(first), String(text));
        newest = Math.max(newest, records.at(-1)?.stamp ?? 0);
        const later = records.filter(({ stamp, record }) => stamp > after && record !== "");
        if (later.length > 0) blocks.push(this.#toTransferBlock(Number(log), later));
      }
      if (found.length < pageBlocks) return { blocks, next: undefined };
    }
  }

  /** Appends the records of a page up to the stamp `until`; returns the newest stamp of the page. */
  appendPage({ blocks }: TransferPage, until: number): number {
    const { conversations, history } = this.#store;
    let newest = 0;
    for (const block of blocks) {
      const conversation = conversations.copy(block.key, block.name, block.sides);
      // The age of a block is that of its first record, so blocks are not joined.
      history.endBlocks(conversation);
      for (const { stamp, record } of block.records) {
        newest = Math.max(newest, stamp);
        if (stamp <= until) history.append(conversation, block.stream, stamp, record);
      }
    }
    this.#store.commit();
    return newest;
  }

  #redact(redactions: StoreState["redactions"]): void {
    const known = new Set(this.#redactions.all().map((found) => Number(row(found)[1])));
    for (const [key, stamp, deleted, account, record, reason] of redactions) {
      const found = known.has(stamp) ? undefined : this.#store.conversations.find(key);
      if (found === undefined) continue;
      const deletion = { stamp: deleted, account: account ?? undefined, record, reason };
      this.#store.eraser.redact([{ conversation: found.id, since: 0 }], stamp, deletion);
    }
  }

  #eraseAccount(account: string, until: number): void {
    this.#store.eraser.scheduleErasure(account, until);
    this.#store.markers.remove(account);
  }

  #toTransferBlock(log: number, records: readonly StoredRecord[]): TransferBlock {
    const id = Math.floor(log / 2);
    const [key, name] = row(this.#conversation.get(id));
    const sides = this.#sides.all(id).map((found) => {
      const [identity, shown, nick] = row(found);
      return { identity: String(identity), name: String(shown), nick: String(nick) };
    });
    return { key: String(key), name: String(name), sides, stream: log % 2 === 0 ? 0 : 1, records };
  }

  /**
   * The earliest stamp from a block on; blocks of one tick can start in any order, and a tick has fewer blocks than
   * this.
   */
  #earliestFrom(id: number): number {
    return Number(row(this.#earliest.get(id))[0] ?? 0);
  }

  /** An id before all blocks with records above the stamp. Ids grow with the time of the transactions. */
  #startOf(after: number): number {
    let low = 0;
    let high = Number(row(this.#newestId.get())[0] ?? 0);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [id, first] = row(this.#firstFrom.get(middle));
      if (id !== undefined && Number(first) <= after - slack) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
