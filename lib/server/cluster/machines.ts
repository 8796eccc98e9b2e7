/**
 * One of many machines: how a chat joins the chat on NATS, answers machines that join after it, and takes part in saying
 * which are gone. The order of events is the bus's (nats_bus.ts); here is what they mean for people: while NATS is gone
 * they stay connected and are told once, and what they say is refused; a machine that was taken for gone by the others
 * ends its own sessions when it learns so, as its people have quit everywhere, and takes people in again.
 */
import type { Commit, Event } from "../apply/event.ts";
import { cutOffSentence, isOn } from "../apply/machine.ts";
import type { ChatState } from "../chat/chat.ts";
import type { FileContents, SharedFileContents } from "../chat/file_contents.ts";
import type { Refusal } from "../chat/refusal.ts";
import { fromServer } from "../render/sender.ts";
import type { Settings } from "../settings/settings.ts";
import type { Store } from "../store/store.ts";
import type { PageRequest, TransferPage } from "../store/transfer.ts";
import {
  makeSecrets,
  ownPosition,
  savePosition,
  saveStart,
  type Shared,
  sharedState,
  type Start,
  takeStart,
  takeStore,
} from "./machine_store.ts";
import type { NatsBus } from "./nats_bus.ts";
import type { NatsOptions, Position, Replica } from "./replica.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** How often what is shared is kept for a start without others, and how much longer than it takes that is at least. */
const saveMs = 30_000;
const saveShare = 200;
const goneSentence = "The servers cannot reach each other; what you send is refused until they can";
const backSentence = "The servers reach each other again";

/** A name for one run of a machine; runs of one name differ, and none is the beginning of another. */
function machineName(name: string, nowMs: number): string {
  return `${name}-${Math.floor(nowMs / 100).toString(36).slice(-6)}-`;
}

/** A machine as people call it. */
function shownName(machine: string): string {
  return machine.split("-", 1)[0] ?? machine;
}

/** What commits are refused with while NATS is gone. */
function refusalOf(event: Event): Refusal {
  const command = event.kind === "message" ? event.command : commandNames.get(event.kind) ?? "*";
  const place = placeOf(event);
  return {
    refusal: "standard",
    params: [command, "TEMPORARILY_UNAVAILABLE", ...(place === undefined ? [] : [place]), goneSentence],
  };
}

/** The channel or nick an event is about, so that its asker knows what was refused. */
function placeOf(event: Event): string | undefined {
  if (event.kind !== "message") return "channel" in event ? event.channel : undefined;
  return event.target.kind === "channel" ? event.target.name : event.target.nick;
}

const commandNames: ReadonlyMap<Event["kind"], string> = new Map([
  ["joined", "JOIN"],
  ["parted", "PART"],
  ["renamed", "NICK"],
  ["topic set", "TOPIC"],
  ["kicked", "KICK"],
  ["invited", "INVITE"],
  ["modes set", "MODE"],
  ["away set", "AWAY"],
  ["redacted", "REDACT"],
]);

/** Whether an event waits for NATS: the people it is about are gone already. */
function mustHappen({ kind }: Event): boolean {
  return kind === "detached" || kind === "machine joined" || kind === "machine lost";
}

/** What joining needs. */
export interface JoinOptions {
  /** NatsBus.connect. */
  readonly connect: (options: NatsOptions<Event>) => Promise<NatsBus<Event>>;
  readonly store: Store;
  /** As Hub.version. */
  readonly version: string;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** What taking part needs. */
export interface StartOptions {
  readonly chat: ChatState;
  readonly commit: Commit;
  /** The files on this machine, once they are served. @default {none} */
  readonly files?: () => FileContents | undefined;
}

/** Takes part in a chat of many machines. */
export class Machines implements Replica<Event> {
  readonly #bus: NatsBus<Event>;
  readonly #store: Store;
  readonly #version: string;
  #start: Start | undefined;
  #isFirst = false;
  #chat: ChatState | undefined;
  #files: () => FileContents | undefined = () => undefined;
  /** False while what is here is being replaced. */
  #isWhole = false;
  #leaving = false;
  #savedAt = -1;
  #nextSaveMs = 0;

  /** Of a store that is as the other machines' are; join() sees to that. */
  constructor(bus: NatsBus<Event>, store: Store, version: string) {
    this.#bus = bus;
    this.#store = store;
    this.#version = version;
  }

  /**
   * Connects, and makes the store what the other machines' are; to be called before there is a chat. Throws an Error with
   * a sentence when NATS is not there, or the store is of another chat.
   */
  static async join(
    { nats, machine, lease }: Settings,
    { connect, store, version, log }: JoinOptions,
  ): Promise<Machines> {
    const name = machine ?? `m${crypto.getRandomValues(new Uint8Array(3)).toHex()}`;
    const bus = await connect({
      url: nats ?? "",
      machine: machineName(name, Date.now()),
      leaseMs: lease,
      refusal: refusalOf,
      mustHappen,
      log,
    });
    const machines = new Machines(bus, store, version);
    try {
      await machines.#take();
    } catch (error) {
      await bus.close();
      throw error;
    }
    return machines;
  }

  /** What orders the events. */
  get bus(): NatsBus<Event> {
    return this.#bus;
  }

  /** Whether no other machine was there. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** Where the machines give each other the content of files. */
  get sharedFiles(): SharedFileContents {
    return this.#bus.files;
  }

  /** Brings the chat of this machine to the state of the others. To be called before the first connection. */
  async start({ chat, commit, files }: StartOptions): Promise<void> {
    this.#chat = chat;
    this.#files = files ?? (() => undefined);
    await this.#restore(chat);
    if (this.isFirst) { for (const machine of machinesOf(chat)) await this.#lose(machine); }
    await commit({ kind: "machine joined", machine: chat.machine });
    this.sweep();
  }

  /** Keeps for the next start what has changed; to be called every few seconds. */
  sweep(): void {
    const { sequence } = this.#bus.position;
    if (!this.#isWhole || sequence === this.#savedAt || performance.now() < this.#nextSaveMs) return;
    const before = performance.now();
    saveStart(this.#present, this.#store, this.#bus.position);
    const tookMs = performance.now() - before;
    this.#savedAt = sequence;
    this.#nextSaveMs = before + Math.max(saveMs, tookMs * saveShare);
  }

  /** Says that this machine goes, and ends the bus. */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (this.#bus.figures.isUp) this.#lose(this.#bus.machine, "The server is stopping").catch(() => {});
    await this.#bus.close();
    this.#nextSaveMs = 0;
    this.sweep();
  }

  snapshot(): Shared {
    return sharedState(this.#present, this.#store);
  }

  page(question: unknown): TransferPage {
    return this.#store.transfer().page(question as PageRequest);
  }

  applied(event: Event, position: Position): void {
    savePosition(this.#store, position);
    const { machine } = this.#bus;
    if (event.kind === "arrived" || event.kind === "attached") this.#expect(event);
    if (event.kind === "file added") this.#files()?.added(event.file);
    if (event.kind === "files removed") this.#files()?.removed(event.ids);
    if (event.kind === "machine lost" && event.machine === machine && !this.#leaving) this.#return();
  }

  machines(): Iterable<string> {
    return this.#present.machines.keys();
  }

  silent(machine: string): { id: string; event: Event } {
    const id = `silent ${machine} ${this.#present.machines.get(machine)}`;
    return { id, event: { kind: "machine lost", machine, reason: `Machine ${shownName(machine)} is gone` } };
  }

  changed(isUp: boolean): void {
    const chat = this.#present;
    for (const session of chat.sessions.values()) {
      if (session.user === undefined) continue;
      const text = isUp ? backSentence : goneSentence;
      session.deliver(fromServer(chat, "NOTICE", [session.nick, text]));
    }
    if (!isUp) return;
    this.#files()?.complete().catch((error) =>
      chat.log("error", `Cannot complete the shared files: ${error}`)
    );
  }

  async missed(): Promise<void> {
    const chat = this.#present;
    this.#isWhole = false;
    for (const session of [...chat.sessions.values()]) {
      // Who it was is not known any more; its end is no event.
      session.user = undefined;
      session.close(cutOffSentence);
    }
    await this.#take();
    await this.#restore(chat);
    // The others may still know people of this machine, whose connections have just been closed.
    this.#lose(this.#bus.machine).catch(() => {});
  }

  get #present(): ChatState {
    if (this.#chat === undefined) throw new Error("Cannot answer before start() is called");
    return this.#chat;
  }

  /** Makes the store what the others' are; without others what this machine kept, unless it has been running. */
  async #take(): Promise<void> {
    const joined = await this.#bus.join(ownPosition(this.#store).stream);
    this.#isFirst = joined === undefined;
    if (joined !== undefined) this.#start = await takeStore(this.#store, joined, this.#version);
    else {this.#start = this.#chat
        ? undefined
        : takeStart(this.#store, this.#bus.position.stream, this.#version);}
    makeSecrets(this.#store);
  }

  async #restore(chat: ChatState): Promise<void> {
    if (this.#start !== undefined) restoreSnapshot(chat, this.#start.present);
    else if (chat.users.size > 0) restoreSnapshot(chat, withoutPeople(takeSnapshot(chat)));
    await this.#bus.start(this.#start?.position ?? ownPosition(this.#store), this);
    this.#start = undefined;
    this.#store.database.release();
    this.#isWhole = true;
  }

  #lose(machine: string, reason = `Machine ${shownName(machine)} is gone`): Promise<void> {
    return this.#bus.commit({ kind: "machine lost", machine, reason }, "");
  }

  #return(): void {
    const { machine } = this.#bus;
    this.#bus.commit({ kind: "machine joined", machine }, "").catch((error) => {
      this.#present.log("error", `Cannot tell the other machines that this one is back: ${error}`);
    });
  }

  /** Who hung up while its arrival was under way is not there, and nobody else knows. */
  #expect(event: Extract<Event, { kind: "arrived" | "attached" }>): void {
    const chat = this.#present;
    const { session } = event;
    const user = event.kind === "arrived" ? event.user.id : event.user;
    if (!isOn(chat.machine, session) || chat.sessions.has(session) || !chat.users.has(user)) return;
    const reason = "Connection closed";
    this.#bus.commit({ kind: "detached", user, session, reason }, "").catch((error) => {
      chat.log("error", `Cannot tell that somebody left: ${error}`);
    });
  }
}

/** Every machine that the chat has people of or was told of. */
function machinesOf(chat: ChatState): Set<string> {
  const found = new Set(chat.machines.keys());
  for (const { sessionIds } of chat.users.values()) {
    for (const id of sessionIds) found.add(id.slice(0, id.lastIndexOf("-") + 1));
  }
  return found;
}

function withoutPeople(snapshot: Snapshot): Snapshot {
  const channels = snapshot.channels.filter(({ kept }) => kept !== undefined);
  return {
    ...snapshot,
    users: [],
    machines: [],
    channels: channels.map((channel) => ({ ...channel, members: [] })),
  };
}
