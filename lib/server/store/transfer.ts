/**
 * Transfer: what another machine's store needs to become a copy of this one. Tables that are small go whole (accounts,
 * files, markers, keepsakes, doors of conversations); history goes in pages, oldest first, from a stamp on. What was
 * taken back of older history goes by its stamps, and by the names of removed accounts.
 */
import type { StatementSync } from "node:sqlite";
import { fold } from "../../irc/names.ts";
import type { AccountRow } from "./accounts.ts";
import { decodeBlock, type Saved } from "./block.ts";
import { type Conversations, type Door, row, type Side, type Stream } from "./conversation.ts";
import type { Database } from "./database.ts";
import type { UploadRow } from "./uploads.ts";
import type { Store } from "./store.ts";

/** The small tables. */
export interface StoreState {
  readonly accounts: readonly AccountRow[];
  readonly files: readonly UploadRow[];
  readonly markers: readonly (readonly [account: string, target: string, ms: number])[];
  readonly keepsakes: readonly (readonly [name: string, value: string])[];
  /** Conversations that hide something or somebody; all others are open. */
  readonly doors: readonly Door[];
  /** Messages that were taken back. */
  readonly redactions: readonly (readonly [conversation: string, stamp: number])[];
  /** Accounts whose messages up to a stamp are just being deleted. */
  readonly forgetting: readonly (readonly [account: string, until: number])[];
}

/** Records of one log, as one block has them. */
export interface PageBlock {
  readonly key: string;
  readonly name: string;
  readonly sides: readonly Side[];
  readonly stream: Stream;
  readonly records: readonly Saved[];
}

/** Records with stamps above `after` are asked for; `from` is the page before's `next`. */
export interface PageQuestion {
  readonly after: number;
  readonly from?: number | undefined;
}

/** A page of history. */
export interface HistoryPage {
  readonly blocks: readonly PageBlock[];
  /** Where the next page begins; undefined when this was the last one. */
  readonly next: number | undefined;
}

/** Blocks on one page, more only if the order of their records needs it. */
const pageBlocks = 500;
/** Stamps that one transaction may be apart; see #startOf. */
const slack = 120_000 * 1024;

/** Copies one store into another, on two machines. */
export class Transfer {
  readonly #store: Store;
  readonly #database: Database;
  readonly #markers: StatementSync;
  readonly #keepsakes: StatementSync;
  readonly #redactions: StatementSync;
  readonly #forgetting: StatementSync;
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
    this.#keepsakes = database.prepareArrays("SELECT name, value FROM keepsake");
    this.#redactions = database.prepareArrays(
      "SELECT key, stamp FROM redaction JOIN conversation ON conversation.id = conversation",
    );
    this.#forgetting = database.prepareArrays("SELECT identity, until FROM forgetting");
    this.#blocks = database.prepareArrays(
      "SELECT id, log, first, records FROM block WHERE id > ? ORDER BY id LIMIT ?",
    );
    this.#conversation = database.prepareArrays("SELECT key, name FROM conversation WHERE id = ?");
    this.#sides = database.prepareArrays("SELECT identity, name FROM side WHERE conversation = ?");
    this.#newestId = database.prepareArrays("SELECT max(id) FROM block");
    this.#earliest = database.prepareArrays(
      "SELECT min(first) FROM (SELECT first FROM block WHERE id >= ? ORDER BY id LIMIT 4000)",
    );
    this.#firstFrom = database.prepareArrays("SELECT id, first FROM block WHERE id >= ? ORDER BY id LIMIT 1");
  }

  /** The small tables, but for the keepsakes that are this machine's own. */
  state(isOwn: (keepsake: string) => boolean): StoreState {
    this.#database.settle();
    return {
      accounts: this.#store.accounts.all(),
      files: this.#store.files.all(),
      markers: this.#markers.all().map(row) as unknown as StoreState["markers"],
      keepsakes: (this.#keepsakes.all().map(row) as unknown as StoreState["keepsakes"])
        .filter(([name]) => !isOwn(name)),
      doors: this.#store.conversations.doors(),
      redactions: this.#redactions.all().map(row) as unknown as StoreState["redactions"],
      forgetting: this.#forgetting.all().map(row) as unknown as StoreState["forgetting"],
    };
  }

  /**
   * Takes over the small tables, and erases all of an account that is removed now, up to the stamp `until`. Kept channels
   * are the hub's to write.
   */
  takeState(state: StoreState, until: number): void {
    for (const { name, verifier } of state.accounts) {
      if (verifier === "" && this.#store.accounts.find(name)?.verifier) this.#forget(fold(name), until);
    }
    this.#takeTables(state);
  }

  /** Makes the small tables what they were when state() was called here, with the same `isOwn`. */
  restoreState(state: StoreState, isOwn: (keepsake: string) => boolean): void {
    const { accounts, savedValues } = this.#store;
    const names = new Set(state.accounts.map(({ name }) => name));
    for (const { name } of accounts.all()) if (!names.has(name)) accounts.remove(name);
    const kept = new Set(state.keepsakes.map(([name]) => name));
    for (const [name] of this.state(isOwn).keepsakes) if (!kept.has(name)) savedValues.save(name, undefined);
    this.#takeTables(state);
  }

  #takeTables(state: StoreState): void {
    const { accounts, files, savedValues, markers } = this.#store;
    for (const account of state.accounts) accounts.save(account);
    const known = new Set(state.files.map(({ id }) => id));
    for (const { id } of files.all()) if (!known.has(id)) files.remove(id);
    for (const file of state.files) files.save(file);
    for (const [name, value] of state.keepsakes) savedValues.save(name, value);
    for (const [account, target, ms] of state.markers) markers.save(account, target, ms);
    this.#store.commit();
    this.#database.attempt(() => this.#store.conversations.takeDoors(state.doors));
    this.#store.commit();
  }

  /** Erases what is taken back there; after the last page, some of which may have been given before all was gone there. */
  takeErasures({ forgetting, redactions }: StoreState): void {
    this.#redact(redactions);
    for (const [account, until] of forgetting) this.#forget(account, until);
  }

  page({ after, from }: PageQuestion): HistoryPage {
    this.#database.settle();
    let id = from ?? this.#startOf(after);
    let newest = 0;
    const blocks: PageBlock[] = [];
    for (;;) {
      const found = this.#blocks.all(id, pageBlocks).map(row);
      for (const [at, log, first, text] of found) {
        // A page ends where nothing later was said before what it has, so that a page is whole or not there.
        if (blocks.length >= pageBlocks && this.#earliestFrom(Number(at)) > newest) {
          return { blocks, next: id };
        }
        id = Number(at);
        const records = decodeBlock(Number(first), String(text));
        newest = Math.max(newest, records.at(-1)?.stamp ?? 0);
        const later = records.filter(({ stamp, record }) => stamp > after && record !== "");
        if (later.length > 0) blocks.push(this.#named(Number(log), later));
      }
      if (found.length < pageBlocks) return { blocks, next: undefined };
    }
  }

  /** Takes over the records of a page up to the stamp `until`; gives back the newest stamp it had. */
  takePage({ blocks }: HistoryPage, until: number): number {
    const { conversations, history } = this.#store;
    let newest = 0;
    for (const block of blocks) {
      const conversation = conversationOf(conversations, block);
      // A block is as old as its first record, so what was apart stays apart.
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
    for (const [key, stamp] of redactions) {
      const found = known.has(stamp) ? undefined : this.#store.conversations.find(key);
      if (found !== undefined) this.#store.eraser.redact([{ conversation: found.id, since: 0 }], stamp);
    }
  }

  #forget(account: string, until: number): void {
    this.#store.eraser.forget(account, until);
    this.#store.markers.remove(account);
  }

  #named(log: number, records: readonly Saved[]): PageBlock {
    const id = Math.floor(log / 2);
    const [key, name] = row(this.#conversation.get(id));
    const sides = this.#sides.all(id).map((found) => {
      const [identity, shown] = row(found);
      return { identity: String(identity), name: String(shown) };
    });
    return { key: String(key), name: String(name), sides, stream: log % 2 === 0 ? 0 : 1, records };
  }

  /** The earliest stamp from a block on; those of one tick may begin in any order, and a tick has not so many. */
  #earliestFrom(id: number): number {
    return Number(row(this.#earliest.get(id))[0] ?? 0);
  }

  /** An id that all blocks with records above the stamp come after. Ids grow with the transactions' time. */
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

function conversationOf(conversations: Conversations, { key, name, sides }: PageBlock) {
  const [one, other = one] = sides;
  return one === undefined || other === undefined
    ? conversations.channel(key, name)
    : conversations.between(one, other);
}
