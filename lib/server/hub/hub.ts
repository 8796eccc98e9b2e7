/**
 * The hub: each connection from its admission to its end, and the order in which events reach server/apply. Commands
 * decide, the bus orders, apply changes the chat. It knows no socket, no SQL and no clock of its own. line_reader.ts
 * reads the lines.
 */
import type { ServerConnection } from "../../net/connection.ts";
import { applyEvent } from "../apply/apply.ts";
import type { Commit, Event } from "../apply/event.ts";
import { clearSuspicion } from "../apply/machine.ts";
import { restoreChannels } from "../apply/registered_channel.ts";
import type { Chat, ChatState } from "../chat/chat.ts";
import { expiredChannels } from "../chat/registered_channel.ts";
import { type SessionOptions, SessionState } from "../chat/session.ts";
import { type Encode, RecipientProfiles } from "../render/recipient_profile.ts";
import { replyRefusal } from "../render/reply.ts";
import type { Bus, BusFigures } from "./bus.ts";
import { ClockWatch } from "./clock_watch.ts";
import { type CommandTable, describeError, Dispatcher } from "./command.ts";
import { Departures } from "./departures.ts";
import { LineReader } from "./line_reader.ts";
import { rehash } from "./rehash.ts";
import { logClosed, logOpened, logRefusal, refuseBanned } from "./session_log.ts";
import { SavingWatch } from "./saving_watch.ts";
import { closeTimedOut, excuseStandstill, WaitingLines } from "./timeouts.ts";

/** The options of a hub. */
export interface HubOptions {
  readonly chat: ChatState;
  readonly commands: CommandTable;
  readonly bus: Bus<Event>;
  readonly encode: Encode;
  /** Reads the files again. Throws an Error with a sentence for people. @default {nothing is read again} */
  readonly reread?: () => ChatState["files"];
  /** Resolves after so many milliseconds. @default {setTimeout} */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Reads connections, runs their commands, applies events. */
export class Hub {
  /** The chat, to be read. */
  readonly chat: Chat;
  readonly #chat: ChatState;
  readonly #bus: Bus<Event>;
  readonly profiles: RecipientProfiles;
  readonly #saving: SavingWatch;
  readonly #reader: LineReader;
  readonly #reread: () => ChatState["files"];
  readonly #clockWatch: ClockWatch;
  readonly #waiting: WaitingLines;
  readonly #departures: Departures;
  readonly #profileOf: SessionOptions["profileOf"] = (capabilities, framing) =>
    this.profiles.profileFor(capabilities, framing);
  readonly #onClose: SessionOptions["onClose"] = (closed, reason) => this.#departures.detach(closed, reason);
  #applied = 0;
  #nextExpiryMs = 0;

  constructor({ chat, commands, bus, encode, reread, sleep }: HubOptions) {
    this.chat = this.#chat = chat;
    this.#bus = bus;
    this.profiles = new RecipientProfiles(encode);
    this.#saving = new SavingWatch(chat);
    const dispatcher = new Dispatcher({
      chat,
      commit: this.commit,
      commands: new Map(Object.entries(commands)),
      rehash: () => this.rehash(),
    });
    this.#waiting = new WaitingLines(chat, bus, (session, line) => dispatcher.tellDoubt(session, line));
    this.#reader = new LineReader({ chat, dispatcher, waiting: this.#waiting, sleep });
    this.#departures = new Departures(chat, this.commit);
    this.#reread = reread ?? (() => chat.files);
    this.#clockWatch = new ClockWatch(chat, () => bus.figures);
    restoreChannels(chat);
    bus.subscribe((event, stamp, by) => this.#apply(event, stamp, by));
  }

  /** Reads the files again. If it throws an Error with a sentence for people, nothing has changed. */
  rehash(): void {
    rehash(this.#chat, this.#reread, this.commit);
  }

  /**
   * Gives an event its position in the order. See Bus.commit; a promise resolves once the event is applied here. Throws a
   * Refusal if the event must be saved and cannot be.
   */
  readonly commit: Commit = (event, session) => {
    const refusal = this.#saving.refusal(event);
    if (refusal !== undefined) throw refusal;
    const pending = this.#bus.commit(event, session?.id ?? "");
    const asker = pending && session && this.#chat.sessions.get(session.id);
    if (pending && asker) this.#waitFor(pending, asker);
    return pending;
  };

  /** The server does not read the session until its event is ordered, so the session does not time out meanwhile. */
  #waitFor(pending: Promise<void>, session: SessionState): void {
    const done = () => {
      if (session.awaited === pending) session.awaited = undefined;
      session.lastLineMs = this.#chat.clock.monotonic();
    };
    session.awaited = pending;
    pending.then(done, done);
  }

  /** The number of applied events. */
  get applied(): number {
    return this.#applied;
  }

  /** The state of the bus; undefined if there is only one machine. */
  get busFigures(): BusFigures | undefined {
    return this.#bus.figures;
  }

  /** Differences between the clocks that give messages their time. */
  get clockFigures(): ClockWatch["figures"] {
    return this.#clockWatch.figures;
  }

  /** The faults that operators are told about, one sentence each. */
  get warnings(): string[] {
    return this.#clockWatch.warnings;
  }

  /** Warns the log and the operators about wrong clocks; sweep() does it too. */
  checkClocks(): void {
    this.#clockWatch.check();
  }

  /** Reads a connection until it ends. Resolves then; never rejects. */
  attach(connection: ServerConnection): Promise<void> {
    if (refuseBanned(this.#chat, connection)) return Promise.resolve();
    const session = this.#open(connection);
    logOpened(this.#chat, session);
    return new Promise((resolve) =>
      this.#reader.read(session, (bug) => {
        this.#end(session, bug);
        resolve();
      })
    );
  }

  #end(session: SessionState, bug: unknown): void {
    const { connection } = session;
    if (bug !== undefined) {
      this.#chat.log("error", `Bug in session ${session.id}, which ended: ${describeError(bug)}`);
    }
    connection.close();
    logClosed(this.#chat, session);
    this.#departures.detach(session, connection.ended ?? "Connection closed");
  }

  #open(connection: ServerConnection): SessionState {
    const chat = this.#chat;
    const nowMs = chat.clock.monotonic();
    const session = new SessionState({
      id: chat.newReference(),
      chat,
      connection,
      nowMs,
      profileOf: this.#profileOf,
      onClose: this.#onClose,
    });
    if (session.registration) session.registration.dueMs = nowMs + chat.settings.registrationTime;
    chat.sessions.set(session.id, session);
    chat.unregistered++;
    return session;
  }

  /**
   * Closes silent and unregistered sessions, and removes expired state. Call it every few seconds, with the time in
   * which the server did not run since the last call.
   */
  sweep(standstillMs = 0): void {
    const { clock } = this.#chat;
    const now = clock.monotonic();
    if (standstillMs > 0) {
      excuseStandstill(this.#chat, standstillMs, now);
      this.#departures.excuse(standstillMs);
    }
    this.checkClocks();
    this.#chat.operatorGuesses.sweep(now);
    this.#chat.serverPasswordGuesses.sweep(now);
    this.#chat.silentRenames.sweep(now);
    this.#chat.invitations.bySender.sweep(now);
    this.#chat.invitations.byPair.sweep(now);
    this.#chat.uploads.sweep(now);
    this.#chat.accounts.sweep();
    this.#saving.update();
    this.#waiting.tellDoubts(now);
    this.profiles.removeUnused(this.#recipients());
    this.#expireChannels(now);
    this.#departures.endLingering();
    // Bans are checked with the time of an event, and clocks differ: a ban is removed well after its end.
    this.#chat.serverBans.sweep(clock.cautiousNow() - 3_600_000);
    closeTimedOut(this.#chat, now);
  }

  /** All sessions that can get a message: a closed one can until its end is applied. */
  *#recipients(): Generator<SessionState> {
    yield* this.#chat.sessions.values();
    for (const { sessions } of this.#chat.users.values()) yield* sessions;
  }

  /** Ends the registration of channels without members for a long time; checked once an hour. */
  #expireChannels(nowMs: number): void {
    if (nowMs < this.#nextExpiryMs) return;
    this.#nextExpiryMs = nowMs + 3_600_000;
    for (const { name } of expiredChannels(this.#chat, this.#chat.clock.cautiousNow())) {
      this.commit({ kind: "channel released", channel: name })?.catch((error) => {
        this.#chat.log("error", `Cannot unregister ${name}: ${describeError(error)}`);
      });
    }
  }

  /** Closes every session; what is queued is still sent. */
  close(reason: string): void {
    // It closes all connections first, so that no user gets the QUIT of another.
    const closedSessions = [...this.#chat.sessions.values()].filter((session) =>
      session.closeConnection(reason)
    );
    for (const session of closedSessions) this.#departures.detach(session, reason);
    this.#departures.flush();
  }

  #apply(event: Event, stamp: number, by: string): void {
    const origin = by === "" ? undefined : this.#chat.sessions.get(by);
    const outer = this.#chat.applyingFor;
    this.#applied++;
    if (this.#chat.suspects.size > 0) clearSuspicion(this.#chat, by);
    this.#chat.lastStamp = stamp;
    if (event.kind === "detached") this.#departures.noteLost(event.user);
    this.#chat.applyingFor = origin;
    try {
      const refusal = applyEvent(this.#chat, event, stamp, by);
      // A NOTICE never gets an error as answer, so that two programs cannot answer each other endlessly.
      const isAnswered = event.kind !== "message" || event.command !== "NOTICE";
      if (refusal !== undefined && isAnswered && origin !== undefined) {
        logRefusal(this.#chat, origin, refusal);
        replyRefusal(origin, refusal);
      }
      if (event.kind === "machine lost") this.#departures.endLingering();
    } finally {
      this.#chat.applyingFor = outer;
    }
  }
}
