/**
 * Connects the chat of this machine with the bus: it joins the chat on NATS, answers machines that join later, and
 * decides what the states of the bus mean for users. nats_bus.ts orders the events, suspicions.ts detects a machine
 * that stopped answering, and server/apply/machine.ts removes the users of that machine.
 *
 * While NATS is unreachable, users stay connected and get one notice, and their messages are refused. A machine that
 * the others declared lost closes its own sessions, because its users have quit everywhere, and then joins again.
 */
import type { Commit, Event } from "../apply/event.ts";
import { eventRefusal } from "../apply/event_refusal.ts";
import { cutOffSentence, isOn, machinesOf } from "../apply/machine.ts";
import type { ChatState } from "../chat/chat.ts";
import type { FileContents, SharedFileContents } from "../chat/file_contents.ts";
import { fromServer } from "../render/sender.ts";
import { notifyOperators } from "../render/operator_notice.ts";
import type { Settings } from "../settings/settings.ts";
import type { Store } from "../store/store.ts";
import type { PageRequest, TransferPage } from "../store/transfer.ts";
import { type BusFault, endSentence, peopleSentence } from "./bus_fault.ts";
import {
  BrokenTransfer,
  copyStore,
  createSecrets,
  findRun,
  ownPosition,
  restoreStart,
  savePosition,
  saveRun,
  saveStart,
  type SharedState,
  sharedState,
  startPosition,
  type StartState,
} from "./machine_store.ts";
import type { NatsBus } from "./nats_bus.ts";
import type { NatsOptions, Position, Replica } from "./replica.ts";
import { Refill } from "./refill.ts";
import type { Silence } from "./silence_watch.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { lostEvent, lostSentence, Suspicions, watchedMachines } from "./suspicions.ts";

/** The interval between two saves of the shared state, and the number of times it is longer than a save. */
const saveMs = 30_000;
const saveShare = 200;
/** The most machines that are asked for their state, when each is cut off in the middle. */
const maxTransfers = 5;

/**
 * A name for one run of a machine. Each run has another name, and no name is the beginning of another. It is random,
 * because a clock that starts at the same time after each boot would repeat names.
 */
function machineName(name: string): string {
  return `${name}-${crypto.getRandomValues(new Uint8Array(4)).toHex()}-`;
}

/** Whether an event waits for NATS, because its users are already offline. */
function mustHappen({ kind }: Event): boolean {
  return kind === "detached" || kind === "machine joined" || kind === "machine heard" ||
    kind === "machine lost";
}

/** The options of join(). */
export interface JoinOptions {
  /** NatsBus.connect. */
  readonly connect: (options: NatsOptions<Event>) => Promise<NatsBus<Event>>;
  readonly store: Store;
  /** The same as Chat.version. */
  readonly version: string;
  /** The clock for stamps, in milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** The options of start(). */
export interface StartOptions {
  readonly chat: ChatState;
  readonly commit: Commit;
  /** The files on this machine, once they are served. @default {none} */
  readonly files?: () => FileContents | undefined;
}

/** The parts of Machines beside its bus. */
interface MachinesOptions {
  readonly store: Store;
  readonly version: string;
  readonly leaseMs: number;
  readonly log: JoinOptions["log"];
}

/** This machine as a part of a chat of many machines. */
export class Machines implements Replica<Event> {
  readonly #bus: NatsBus<Event>;
  readonly #store: Store;
  readonly #version: string;
  readonly #log: JoinOptions["log"];
  readonly #leaseMs: number;
  readonly #refill: Refill;
  #suspicions: Suspicions | undefined;
  #start: StartState | undefined;
  #isFirst = false;
  #chat: ChatState | undefined;
  #files: () => FileContents | undefined = () => undefined;
  /** False while the state of this machine is being replaced. */
  #isComplete = false;
  #leaving = false;
  #savedAt = -1;
  #nextSaveMs = 0;

  /** Only join() calls this; it then makes the store equal to those of the other machines. */
  constructor(bus: NatsBus<Event>, { store, version, leaseMs, log }: MachinesOptions) {
    this.#bus = bus;
    this.#store = store;
    this.#version = version;
    this.#leaseMs = leaseMs;
    this.#refill = new Refill(store, bus, log);
    this.#log = log;
  }

  /**
   * Connects, and makes the store equal to those of the other machines. Call it before the chat is created. Throws an
   * Error with a sentence if NATS is unreachable, or if the store belongs to another chat.
   */
  static async join(
    { nats, machine, lease, multilineBytes }: Settings,
    { connect, store, version, now, log }: JoinOptions,
  ): Promise<Machines> {
    const name = machine ?? `m${crypto.getRandomValues(new Uint8Array(3)).toHex()}`;
    const bus = await connect({
      url: nats ?? "",
      machine: machineName(name),
      leaseMs: lease,
      refusal: (event, fault) =>
        eventRefusal(event, peopleSentence(fault), fault.kind === "too large" ? "TOO_LARGE" : undefined),
      mustHappen,
      now,
      log,
    });
    const warning = sizeWarning(bus.maxEventBytes, multilineBytes);
    if (warning !== undefined) log("error", warning);
    const machines = new Machines(bus, { store, version, leaseMs: lease, log });
    try {
      await machines.#copyStore();
    } catch (error) {
      await bus.close();
      throw error;
    }
    return machines;
  }

  /** Orders the events. */
  get bus(): NatsBus<Event> {
    return this.#bus;
  }

  /** Whether there was no other machine. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** The content of files that the machines share. */
  get sharedFiles(): SharedFileContents {
    return this.#bus.files;
  }

  /** Makes the chat equal to those of the other machines. Call it before the first connection. */
  async start({ chat, commit, files }: StartOptions): Promise<void> {
    this.#chat = chat;
    this.#files = files ?? (() => undefined);
    this.#suspicions = new Suspicions({
      chat,
      leaseMs: this.#leaseMs,
      claim: (event, id) => this.#bus.claim(event, id),
      answer: (event, id) => this.#bus.commitAs(id, event, ""),
      now: () => performance.now(),
    });
    await this.#restore(chat);
    await commit({ kind: "machine joined", machine: chat.machine });
    await this.#removeOldMachines(chat);
    saveRun(this.#store, chat.machine);
    this.sweep();
  }

  /** Saves changes for a start without other machines. Call it every few seconds. */
  sweep(): void {
    this.#refill.sweep();
    const { history, database } = this.#store;
    // It would wait in memory, and would be behind the history.
    if (history.isCut || database.failing) return;
    const { sequence } = this.#bus.position;
    if (!this.#isComplete || sequence === this.#savedAt || performance.now() < this.#nextSaveMs) return;
    const before = performance.now();
    saveStart(this.#runningChat, this.#store, this.#bus.position);
    const tookMs = performance.now() - before;
    this.#savedAt = sequence;
    this.#nextSaveMs = before + Math.max(saveMs, tookMs * saveShare);
  }

  /** Tells the other machines that this one stops, and ends the bus. */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (this.#bus.figures.isUp) this.#reportLost("The server is stopping").catch(() => {});
    await this.#bus.close();
    this.#nextSaveMs = 0;
    this.sweep();
  }

  snapshot(): SharedState {
    return sharedState(this.#runningChat, this.#store);
  }

  page(question: unknown): TransferPage {
    return this.#store.transfer().page(question as PageRequest);
  }

  onPosition(position: Position): void {
    if (!this.#store.history.isCut) savePosition(this.#store, position);
  }

  onApplied(event: Event, silence: Silence): void {
    this.#suspicions?.onApplied(event, silence);
    if (event.kind === "arrived" || event.kind === "attached") this.#detachIfClosed(event);
    if (event.kind === "file added") this.#files()?.onAdded(event.file);
    if (event.kind === "machine lost") this.#onLost(event);
  }

  machines(): Iterable<string> {
    return watchedMachines(this.#runningChat);
  }

  onHeartbeat(silence: Silence): void {
    this.#suspicions?.tick(silence);
  }

  onNews(sentence: string, level: "info" | "error"): void {
    const chat = this.#runningChat;
    notifyOperators(chat, sentence, chat.stampNow(), level);
  }

  onUpChange(isUp: boolean, fault: BusFault): void {
    const chat = this.#runningChat;
    for (const session of chat.sessions.values()) {
      if (session.user === undefined) continue;
      const text = isUp ? endSentence(fault) : peopleSentence(fault);
      session.deliver(fromServer(chat, "NOTICE", [session.nick, text]));
    }
    if (!isUp) return;
    this.#files()?.exchangeMissing().catch((error) =>
      chat.log("error", `Cannot exchange the shared files: ${error}`)
    );
  }

  async replaceState(): Promise<void> {
    const chat = this.#runningChat;
    this.#isComplete = false;
    this.#store.history.endCut({ isRefilled: true });
    for (const session of [...chat.sessions.values()]) {
      // The user of the session is replaced, so the end of the session is not an event.
      session.user = undefined;
      session.close(cutOffSentence);
    }
    await this.#copyStore();
    await this.#restore(chat);
    // The others can still have users of this machine, whose connections this machine has just closed.
    this.#reportLost().catch(() => {});
  }

  get #runningChat(): ChatState {
    if (this.#chat === undefined) throw new Error("Cannot answer before start() is called");
    return this.#chat;
  }

  /** Makes the store equal to those of the others. The first machine restores its saved start, unless it is running. */
  async #copyStore(tries = 1): Promise<void> {
    // A machine that runs has lost its place in the stream, so its saved start does not help.
    const saved = this.#chat ? undefined : startPosition(this.#store, this.#version);
    const joined = await this.#bus.join(ownPosition(this.#store).stream, saved);
    this.#isFirst = joined === undefined;
    if (joined !== undefined) {
      const start = await copyStore(this.#store, joined, this.#version).catch((error) => {
        if (!(error instanceof BrokenTransfer) || tries >= maxTransfers) throw error;
        this.#log("error", `Cannot take the history of another machine, and tries again: ${error.message}`);
      });
      if (start === undefined) return this.#copyStore(tries + 1);
      this.#start = start;
    } else {
      // A machine that runs has its state.
      this.#start = this.#chat === undefined
        ? restoreStart(this.#store, this.#bus.position.stream, this.#version)
        : undefined;
    }
    createSecrets(this.#store);
  }

  async #restore(chat: ChatState): Promise<void> {
    if (this.#start !== undefined) restoreSnapshot(chat, this.#start.present);
    else if (chat.users.size > 0) restoreSnapshot(chat, withoutUsers(takeSnapshot(chat)));
    await this.#bus.start(this.#start?.position ?? ownPosition(this.#store), this);
    this.#start = undefined;
    if (!this.#store.database.releaseCommits()) {
      throw new Error(
        "the data cannot be saved, because the disk is full or fails; make space and start again",
      );
    }
    this.#isComplete = true;
  }

  /**
   * Removes the earlier run of this machine at once, and suspects machines that left users without having joined. Other
   * machines, also when this is the first one, may only be cut off: they have the lease to answer.
   */
  async #removeOldMachines(chat: ChatState): Promise<void> {
    const earlierRun = findRun(this.#store);
    for (const machine of machinesOf(chat)) {
      if (machine === chat.machine || this.#suspicions === undefined) continue;
      if (machine === earlierRun) await this.#suspicions.removeEarlierRun(machine);
      else if (this.isFirst && !chat.machines.has(machine)) {
        await this.#bus.claim({ kind: "machine suspected", machine });
      }
    }
  }

  /** Tells the others that the users of this machine are offline. */
  #reportLost(reason?: string): Promise<void> {
    const event = lostEvent(this.#bus.machine);
    return this.#bus.commit(reason === undefined ? event : { ...event, reason }, "");
  }

  /** A claim that a machine is lost was applied; it changed nothing if it was void. */
  #onLost({ machine, suspectedAt }: Extract<Event, { kind: "machine lost" }>): void {
    if (this.#runningChat.machines.has(machine) || this.#leaving) return;
    const isOwn = machine === this.#bus.machine;
    if (suspectedAt !== undefined) this.onNews(lostSentence(machine, isOwn), "error");
    if (isOwn) this.#announceReturn();
  }

  #announceReturn(): void {
    const { machine } = this.#bus;
    this.#bus.commit({ kind: "machine joined", machine }, "").catch((error) => {
      this.#runningChat.log("error", `Cannot tell the other machines that this one is back: ${error}`);
    });
  }

  /** A session can close while its arrival is still being ordered; only this machine can tell the others. */
  #detachIfClosed(event: Extract<Event, { kind: "arrived" | "attached" }>): void {
    const chat = this.#runningChat;
    const { session } = event;
    const user = event.kind === "arrived" ? event.user.id : event.user;
    if (!isOn(chat.machine, session) || chat.sessions.has(session) || !chat.users.has(user)) return;
    const reason = "Connection closed";
    this.#bus.commit({ kind: "detached", user, session, reason }, "").catch((error) => {
      chat.log("error", `Cannot tell the other machines that a user left: ${error}`);
    });
  }
}

/**
 * A sentence if NATS does not accept the longest message that people can send. An event has the text of a message of
 * several lines twice, and space for its tags and for quotes that are escaped.
 */
function sizeWarning(maxBytes: number, multilineBytes: number): string | undefined {
  const wanted = 3 * multilineBytes + 16_384;
  return maxBytes >= wanted
    ? undefined
    : `Messages of more than about ${
      Math.floor(maxBytes / 2048)
    } KiB are refused, because NATS accepts ${maxBytes} ` +
      `bytes at once: raise its max_payload to ${wanted}, or lower --multiline-bytes`;
}

function withoutUsers(snapshot: Snapshot): Snapshot {
  const channels = snapshot.channels.filter(({ kept }) => kept !== undefined);
  return {
    ...snapshot,
    users: [],
    machines: [],
    channels: channels.map((channel) => ({ ...channel, members: [] })),
  };
}
