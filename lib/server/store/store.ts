/**
 * The store: everything that outlives the process, in one SQLite file in the data folder, or in memory. Synchronous: a
 * call returns when it is done. Puts the parts together and says in which order the upkeep is done; the rows are theirs.
 */
import { AccountTable } from "./accounts.ts";
import { ChannelTable } from "./channels.ts";
import { Conversations } from "./conversation.ts";
import { Database, type Synchronous } from "./database.ts";
import { Eraser } from "./erase.ts";
import { UploadTable } from "./uploads.ts";
import { type ExportPage, exportPage } from "./export.ts";
import { History } from "./history.ts";
import { SavedValues } from "./saved_values.ts";
import { ReadMarkers } from "./read_markers.ts";
import { type Opened, openFolder, openMemory } from "./open.ts";
import { type Keep, Retention } from "./retention.ts";
import { type Hit, type Search, SearchIndex } from "./search.ts";
import { Transfer } from "./transfer.ts";

/** Where the store is and what it keeps. */
export interface StoreOptions {
  /** The data folder, made when there is none; without it everything is in memory. */
  readonly folder?: string | undefined;
  /** See database.ts. @default {"normal"} */
  readonly synchronous?: Synchronous;
  /** @default {everything, for ever} */
  readonly keep?: Keep;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
}

/** How long one piece of upkeep may hold up the chat. */
const sliceMs = 4;
/** Pieces one upkeep() has at most, how far apart, and how many messages between two of them mean that it is not the time. */
const upkeepSlices = 25;
const pauseMs = 25;
const busyCount = 25;
/** Conversations one question to the index names; it takes some milliseconds. */
const logsAtOnce = 200;

/** An open store. */
export class Store implements Disposable {
  readonly database: Database;
  readonly conversations: Conversations;
  readonly history: History;
  readonly index: SearchIndex;
  readonly eraser: Eraser;
  readonly markers: ReadMarkers;
  readonly accounts: AccountTable;
  readonly channels: ChannelTable;
  readonly savedValues: SavedValues;
  readonly files: UploadTable;
  readonly #retention: Retention;
  readonly #release: () => void;
  readonly #path: string | undefined;
  #transfer: Transfer | undefined;
  #upkeeping = false;
  #closed = false;

  /** Takes over what was opened. */
  constructor(opened: Opened, options: StoreOptions = {}) {
    const { keep = { ageMs: 0, count: 0 }, now = Date.now } = options;
    this.#release = opened.release;
    this.#path = opened.path;
    const database = this.database = new Database(opened.db, now);
    this.conversations = new Conversations(database);
    this.history = new History(database, this.conversations);
    this.index = new SearchIndex(database);
    this.eraser = new Eraser(database, this.history, this.index);
    this.markers = new ReadMarkers(database);
    this.accounts = new AccountTable(database);
    this.channels = new ChannelTable(database);
    this.savedValues = new SavedValues(database);
    this.files = new UploadTable(database);
    this.#retention = new Retention(database, this.index, keep, now);
    for (const keeper of [this.conversations, this.history, this.index]) database.join(keeper);
  }

  /** Saves this tick's rows; Flusher.before. False when they could not be saved, which is said elsewhere. */
  commit(): boolean {
    return this.database.commit();
  }

  /** One slice of upkeep: index, erase, prune. True when there is more to do; to be called again when there is time. */
  rest(): boolean {
    if (!this.commit()) return false;
    let more = false;
    this.database.attempt(() => more = this.#rest(performance.now() + sliceMs));
    if (!this.commit()) return false;
    if (!more && this.eraser.leftovers) this.eraser.scrub();
    return more;
  }

  /** Upkeep for as long as little is said; to be called every few seconds. Never rejects but for a bug. */
  async upkeep(): Promise<void> {
    if (this.#upkeeping) return;
    this.#upkeeping = true;
    try {
      let more = true;
      for (let slice = 0; more && slice < upkeepSlices; slice++) {
        const before = this.history.appended;
        more = this.rest();
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        if (this.#closed || this.history.appended - before > busyCount) return;
      }
      this.database.checkpoint();
    } finally {
      this.#upkeeping = false;
    }
  }

  /**
   * Resolves when the search index has everything that was said before the call, or as much as can be written; the chat
   * goes on meanwhile.
   */
  async followed(): Promise<void> {
    for (let more = true; more && !this.#closed;) {
      more = false;
      this.database.attempt(() => more = this.index.follow(performance.now() + sliceMs));
      if (!this.commit()) return;
      if (more) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** See SearchIndex.search; brings the index forward first, and lets the chat go on between its parts. */
  async search(search: Search): Promise<Hit[]> {
    await this.followed();
    const found: Hit[] = [];
    for (let at = 0; at < search.logs.length && !this.#closed; at += logsAtOnce) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, 0));
      found.push(...this.index.search({ ...search, logs: search.logs.slice(at, at + logsAtOnce) }));
    }
    found.sort((one, other) => one.stamp - other.stamp);
    return search.from === "start"
      ? found.slice(0, search.limit)
      : found.slice(Math.max(0, found.length - search.limit));
  }

  /** Copies the database beside itself and resolves with the copy's path; undefined when all is in memory. */
  async backup(name: string): Promise<string | undefined> {
    if (this.#path === undefined) return undefined;
    const copy = this.#path.replace(/[^/\\]*$/, `${name}.db`);
    await this.database.copy(this.#path, copy);
    return copy;
  }

  /** What an account said and did, a page at a time; see export.ts. */
  async export(account: string, options: { past?: number | undefined; limit: number }): Promise<ExportPage> {
    await this.followed();
    return exportPage(this.index, this.conversations, account, options);
  }

  /** The way to a copy of this store on another machine. */
  transfer(): Transfer {
    return this.#transfer ??= new Transfer(this);
  }

  /** Saves and closes; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.database.close();
    this.#release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #rest(deadline: number): boolean {
    if (this.index.follow(deadline)) return true;
    while (performance.now() < deadline) {
      if (!this.eraser.step() && !this.#retention.step()) return false;
    }
    return true;
  }
}

/** Opens the store. Throws a StoreError, one sentence for people, when it cannot be used. */
export function openStore(options: StoreOptions = {}): Store {
  const { folder, synchronous = "normal" } = options;
  return new Store(folder === undefined ? openMemory() : openFolder(folder, synchronous), options);
}
