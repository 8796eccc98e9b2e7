/**
 * The store: all data that survives the process, in one SQLite file in the data folder, or in memory. It is
 * synchronous: a call returns when it is done. This file connects the parts and runs the upkeep; the parts own their
 * rows.
 */
import { Clock } from "../../irc/clock.ts";
import { Copies, type CopyLimits } from "./copies.ts";
import { ClosedHistory } from "./closed_history.ts";
import { Conversations } from "./conversation.ts";
import { Database, type DatabaseOptions, type Synchronous } from "./database.ts";
import { Deletions } from "./deletions.ts";
import { Eraser } from "./erase.ts";
import { type ExportPage, exportPage } from "./export.ts";
import { FileWatch, useRescued } from "./file_watch.ts";
import { History } from "./history.ts";
import { HistoryRetention, type RetentionLimits } from "./history_retention.ts";
import { copyBefore, type OpenedDatabase, openFolder, openMemory } from "./open.ts";
import { hasFutureTimes, type MendedTimes, mendTimes, type ValueMenders } from "./mend_times.ts";
import { SearchIndex } from "./search.ts";
import type { SearchHit, SearchRequest } from "./search_request.ts";
import { openTables, type Tables } from "./tables.ts";
import { nextTurn, OnePerPerson, turnMs } from "../../turns.ts";
import { runInTurns } from "./steps.ts";
import { Transfer } from "./transfer.ts";

/** The options of a store. */
export interface StoreOptions extends DatabaseOptions {
  /** The data folder, created if missing; without it everything is in memory. */
  readonly folder?: string | undefined;
  /** See database.ts. @default {"normal"} */
  readonly synchronous?: Synchronous;
  /** @default {no limits} */
  readonly retention?: RetentionLimits;
  /** How long acts of operators are kept, in milliseconds. @default {no limit} */
  readonly auditKeepMs?: number;
  /** @default {all copies stay} */
  readonly copies?: CopyLimits;
  /** Moves times in the future back to the present before anything is read. @default {they stay} */
  readonly mend?: ValueMenders | undefined;
}

/** The time of one step of upkeep, because a message can wait for it; its commit takes about as long. */
const stepMs = 0.3;
/** The longest time of one upkeep(), and the messages a second that stop it. */
const upkeepMs = 1500;
const mostMessages = 1000;
/** With more messages a second, the index waits until so many bytes are not in it. */
const busyMessages = 50;
const waitingBytes = 4 * 1024 * 1024;
/** After so many steps, also of several calls, their pages are copied into the file. */
const stepsPerCheckpoint = 32;
/** The longest time that a search adds records to the index; it reads the others one by one. */
const updateMs = 200;
/** The longest time that one search works; its turns take two to three times as long. */
const searchMs = 4000;

/** A search in logs; each maps to its first visible stamp. */
export interface StoreSearch
  extends Omit<SearchRequest, "logs" | "within" | "isVisible" | "account" | "afterEntry"> {
  readonly logs: ReadonlyMap<number, number>;
  /** See lib/turns.ts; a person has one search at a time. @default {the server} */
  readonly person?: string;
  /** Hits for which it returns false are left out and do not count towards the limit. */
  readonly isVisible: (hit: SearchHit) => boolean;
  /** Nobody waits for the result any more. @default {never} */
  readonly isStopped?: () => boolean;
}

/** An open store. */
export class Store implements Disposable {
  readonly database: Database;
  readonly conversations: Conversations;
  readonly closed: ClosedHistory;
  readonly history: History;
  readonly size: SearchIndex["size"];
  readonly index: SearchIndex;
  readonly deletions: Deletions;
  readonly eraser: Eraser;
  readonly markers: Tables["markers"];
  readonly accounts: Tables["accounts"];
  readonly channels: Tables["channels"];
  readonly savedValues: Tables["savedValues"];
  readonly files: Tables["files"];
  readonly audit: Tables["audit"];
  /** The messages and events that `mend` has moved. */
  readonly mended: MendedTimes | undefined;
  readonly #retention: HistoryRetention;
  readonly #release: () => void;
  readonly #watch: FileWatch | undefined;
  readonly #copies: Copies | undefined;
  readonly #clock: Clock;
  readonly #path: string | undefined;
  #transfer: Transfer | undefined;
  readonly #searches = new OnePerPerson();
  #isUpkeepRunning = false;
  #steps = 0;
  /** The records and the time of the last upkeep(). */
  #last = { appended: 0, ms: 0 };
  #closed = false;

  /** Takes over an opened database. */
  constructor(opened: OpenedDatabase, options: StoreOptions = {}) {
    const { retention = { ageMs: 0, count: 0 }, clock = new Clock(), auditKeepMs = 0 } = options;
    this.#release = opened.release;
    this.#path = opened.path;
    this.mended = options.mend && mend(opened, clock.now(), options.mend);
    const database = this.database = new Database(opened, options);
    const { path, db } = opened;
    this.#watch = path === undefined ? undefined : new FileWatch({
      path,
      copyTo: (to) => {
        if (!this.commit()) throw new Error("the database cannot be saved now");
        db.prepare("VACUUM INTO ?").run(to);
      },
      now: () => clock.monotonic(),
    });
    this.#clock = clock;
    this.conversations = new Conversations(database);
    this.closed = new ClosedHistory(database, this.conversations);
    this.index = new SearchIndex(database);
    const size = this.size = this.index.size;
    this.history = new History(database, this.conversations, size);
    this.deletions = new Deletions(database, size);
    this.eraser = new Eraser(database, this.history, this.index, this.deletions);
    const tables = openTables(database, { clock, auditKeepMs });
    this.markers = tables.markers;
    this.accounts = tables.accounts;
    this.channels = tables.channels;
    this.savedValues = tables.savedValues;
    this.#copies = path === undefined
      ? undefined
      : new Copies(path, options.copies ?? { ageMs: 0, count: 0 }, this.savedValues);
    this.files = tables.files;
    this.audit = tables.audit;
    this.#retention = new HistoryRetention(database, this, retention, clock);
    for (const one of [this.conversations, this.history, this.index]) database.addParticipant(one);
  }

  /** Saves the rows of this tick; see Flusher.before. False if that failed, which the database reports itself. */
  commit(): boolean {
    return this.database.commit();
  }

  /** One step of upkeep: index, erase, prune. True if there is more to do; call it again when there is time. */
  upkeepStep(): boolean {
    const more = this.#step();
    if (more === false && this.eraser.needsScrub) this.eraser.scrub();
    return more ?? false;
  }

  /** Undefined if the disk fails. */
  #step(): boolean | undefined {
    if (!this.commit()) return undefined;
    let more = false;
    this.database.attempt(() => more = this.#runUpkeep(performance.now() + stepMs));
    return this.commit() ? more : undefined;
  }

  /** Runs upkeep while the chat is idle; call it every few seconds. It rejects only because of a bug. */
  async upkeep(): Promise<void> {
    if (this.#isUpkeepRunning) return;
    this.#isUpkeepRunning = true;
    try {
      this.#tell(this.#watch?.check());
      this.#copies?.removeOldNowAndThen(this.#clock.cautiousNow(), this.#clock.monotonic());
      if (this.#isDue()) await this.#runSteps();
      if (!this.#closed) await this.database.checkpoint();
      // Also when there is more upkeep than time, because people write much.
      if (!this.#closed && this.eraser.needsScrub && !this.eraser.isBusy) this.eraser.scrub();
    } finally {
      this.#isUpkeepRunning = false;
    }
  }

  /** Whether upkeep runs now: while much is said, only if it cannot wait. Call it once for each upkeep(). */
  #isDue(): boolean {
    const { appended, ms } = this.#last;
    this.#last = { appended: this.history.appended, ms: performance.now() };
    const isBusy = (this.#last.appended - appended) * 1000 > busyMessages * (this.#last.ms - ms);
    return !isBusy || this.#retention.isUrgent || this.eraser.isBusy || this.size.waiting > waitingBytes;
  }

  async #runSteps(): Promise<void> {
    const before = this.history.appended;
    const startedMs = performance.now();
    // Readers pass the hidden records of a removed account until they are erased.
    for (let ms = 0; ms < upkeepMs || this.eraser.isBusy; ms = performance.now() - startedMs) {
      await nextTurn();
      // Deleted text leaves the log at the end of upkeep(), when little of the log is left to copy.
      if (this.#closed || !this.#step()) return;
      if (++this.#steps % stepsPerCheckpoint === 0) await this.database.checkpoint();
      const isBusy = (this.history.appended - before) * 1000 > mostMessages * Math.max(ms, 50);
      if (isBusy && !this.#retention.isUrgent) return;
    }
  }

  /**
   * Resolves when the search index contains all records from before the call, or as many as can be written until
   * `untilMs` (performance.now()); the chat continues meanwhile. While the disk fails it does nothing: the rows would
   * wait in memory, and each try to save would write all of them again.
   */
  async updateIndex(untilMs = Infinity, person = ""): Promise<void> {
    // A search then finds the records of this tick.
    this.database.insertPending();
    for (let more = !this.database.failing; more && !this.#closed && performance.now() < untilMs;) {
      more = false;
      if (!this.database.attempt(() => more = this.index.advance(performance.now() + turnMs))) return;
      if (!this.commit()) return;
      if (more) await nextTurn(person);
    }
  }

  /**
   * See SearchIndex.search. It adds new records to the index first, leaves out records that are being erased, and the
   * chat continues between its steps. What is said meanwhile can be missing; what is erased meanwhile is not found. A
   * search that would take too long ends with what it has, after a call of `onCut`.
   */
  search(search: StoreSearch): Promise<SearchHit[]> {
    return this.#searches.run(search.person ?? "", () => this.#search(search));
  }

  async #search({ logs, person = "", ...search }: StoreSearch): Promise<SearchHit[]> {
    const isStopped = () => this.#closed || search.isStopped?.() === true;
    if (isStopped()) return [];
    await this.updateIndex(performance.now() + updateMs, person);
    if (isStopped()) return [];
    const { reader } = this.history;
    const before = reader.erasures;
    const isVisible = (hit: SearchHit) => !this.eraser.isHidden(hit) && search.isVisible(hit);
    const after = Math.max(search.after ?? -1, Math.min(...logs.values()) - 1);
    const steps = this.index.searchInSteps({
      budgetMs: searchMs,
      ...search,
      logs: [],
      within: logs,
      after,
      isVisible,
    });
    const found = await runInTurns(steps, { person, isStopped }) ?? [];
    const current = reader.erasures === before ? found : this.index.stillStored(found).filter(isVisible);
    return current.sort((one, other) => one.stamp - other.stamp);
  }

  /**
   * Copies the database to the same folder and resolves to the path of the copy; undefined if the store is in memory.
   */
  async backup(name: string): Promise<string | undefined> {
    if (this.#path === undefined) return undefined;
    const copy = this.#path.replace(/[^/\\]*$/, `${name}.db`);
    await this.database.copy(copy);
    this.#copies?.removeOld(this.#clock.cautiousNow());
    return copy;
  }

  /** The messages and events of an account, page by page; see export.ts. */
  async export(
    account: string,
    { person, ...options }: { afterEntry?: number | undefined; limit: number; person?: string },
  ): Promise<ExportPage> {
    await this.updateIndex(Infinity, person);
    return await runInTurns(exportPage(this, account, options), { person });
  }

  /** The limits of the history by size. */
  get sizeLimits(): HistoryRetention["sizeLimits"] {
    return this.#retention.sizeLimits;
  }

  /** The bytes of the history, and their limit; 0 means no limit. */
  get historyFill(): { bytes: number; limitBytes: number } {
    return { bytes: this.size.bytes, limitBytes: this.sizeLimits.total };
  }

  /** Whether the database file is gone and no copy of it could be written. */
  get isLost(): boolean {
    return this.#watch?.isLost ?? false;
  }

  /** The functions that copy this store to another machine. */
  transfer(): Transfer {
    return this.#transfer ??= new Transfer(this);
  }

  /** Saves and closes; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#tell(this.#watch?.copyAtEnd());
    this.#closed = true;
    this.database.close();
    if (this.#path !== undefined) useRescued(this.#path);
    this.#release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #tell(problem: string | undefined): void {
    if (problem !== undefined) this.database.onProblem(problem);
  }

  #runUpkeep(deadline: number): boolean {
    this.audit.prune();
    while (this.#retention.isUrgent && performance.now() < deadline && this.#retention.pruneLargest());
    if (this.index.advance(deadline)) return true;
    while (performance.now() < deadline) {
      if (!this.eraser.step() && !this.#retention.step() && !this.index.entries.traces.sweepStep()) {
        return false;
      }
    }
    return true;
  }
}

/** The old times are only in the copy then, so there is one. */
function mend({ db, path, file }: OpenedDatabase, nowMs: number, menders: ValueMenders): MendedTimes {
  const copy = path !== undefined && hasFutureTimes(db, nowMs)
    ? copyBefore({ db, path, file }, "before-mending")
    : undefined;
  return { ...mendTimes(db, nowMs, menders), ...(copy !== undefined && { copy }) };
}

/** Opens the store. Throws a StoreError with one sentence for people. */
export function openStore(options: StoreOptions = {}): Store {
  const { folder, synchronous = "normal" } = options;
  return new Store(folder === undefined ? openMemory() : openFolder(folder, synchronous), options);
}
