/**
 * A session: one connection and its capabilities. Before it has a user it is registering; several sessions can share
 * one user (user.ts). A session sends to its connection and contains none of the chat's rules. `Session` is the view
 * for commands: they change only the state of the connection, and only server/apply gives it a user.
 */
import type { CapabilityName } from "../../irc/capabilities.ts";
import { lastResult } from "../../irc/last_result.ts";
import { plainLines } from "../../irc/plain_lines.ts";
import type { Framing, ServerConnection } from "../../net/connection.ts";
import type { Chat, ChatState } from "./chat.ts";
import type { CollectedAnswer, Deliverable, MessageLine, RecipientProfile } from "./delivery.ts";
import { type PendingRegistration, startRegistration } from "./pending_registration.ts";
import type { User, UserState } from "./user.ts";

/** A message of several lines that a client is still sending (server/commands/batch.ts). */
export interface OpenBatch {
  readonly reference: string;
  readonly target: string;
  /** Client-only tags of the whole message. */
  readonly tags: readonly (readonly [string, string])[];
  readonly lines: MessageLine[];
  bytes: number;
  command: "PRIVMSG" | "NOTICE" | undefined;
  /** When the batch expires, by the monotonic clock. */
  readonly dueMs: number;
  /** The labelled answer that waits for its end. */
  readonly response: CollectedAnswer | undefined;
}

/** A session as commands see it. */
export interface Session {
  /** Identifies the session on all machines; no id is used twice. */
  readonly id: string;
  readonly chat: Chat;
  readonly connection: ServerConnection;
  readonly capabilities: ReadonlySet<CapabilityName>;
  /** The CAP version of the client: 0 if unknown; from 302 on, it gets values and cap-notify. */
  capVersion: number;
  readonly profile: RecipientProfile;
  readonly user: User | undefined;
  /** Undefined once it is registered. */
  readonly registration: PendingRegistration | undefined;
  /** The labelled answer that is being collected. */
  response: CollectedAnswer | undefined;
  /** The message of several lines that is being collected. */
  batch: OpenBatch | undefined;
  /** The reference of the last batch that was refused: its further lines get no answer. */
  refusedBatch: string | undefined;
  /** Whether it sent QUIT, or was banned; otherwise its user can come back. */
  hasQuit: boolean;
  /** Whether the server closed it; further lines of the client are ignored. */
  readonly isClosed: boolean;
  /** Its name in replies: its nick, or "*" before it has one. */
  readonly nick: string;
  has(name: CapabilityName): boolean;
  /** Adds and removes capabilities; its recipient profile changes with them. */
  changeCapabilities(added: Iterable<CapabilityName>, removed?: Iterable<CapabilityName>): void;
  /**
   * Sends a message about an event. Never blocks or throws; the connection of a reader that does not keep up is closed.
   * While an event of this session's own labelled command is applied, the message joins the labelled answer.
   * A message that can wait comes up to 50 ms later when very many people arrive, but never after a later one.
   */
  send(outgoing: Deliverable, canWait?: boolean): void;
  /** Sends an answer to the current command. */
  answer(outgoing: Deliverable): void;
  /** Sends lines that answer the current command. */
  answerLines(lines: readonly string[]): void;
  /** Sends lines unchanged. */
  write(lines: readonly string[]): void;
  /** Undefined if the queue has space for more of a long answer; otherwise a promise to await before the next part. */
  awaitSpace(): Promise<void> | undefined;
  /** Sends an ERROR with the sentence, sends what is queued, and closes; its user quits for `reason`. */
  close(sentence: string, reason?: string): void;
}

/** The parts of a session. */
export interface SessionOptions {
  readonly id: string;
  readonly chat: ChatState;
  readonly connection: ServerConnection;
  readonly nowMs: number;
  /** The profile of a recipient with these capabilities on a connection with this framing. */
  readonly profileOf: (capabilities: Iterable<CapabilityName>, framing: Framing) => RecipientProfile;
  /** Called once, when this side closes the session. */
  readonly onClose: (session: SessionState, reason: string) => void;
}

const noCapabilities: ReadonlySet<CapabilityName> = new Set();
/** Clients of one kind that arrive together share one set. */
const capabilitySet = lastResult((names) => new Set(names.split(" ").filter(Boolean) as CapabilityName[]));

/** The lines of an answer that are written as one chunk have at most so many characters together; a longer line is alone. */
const mostTogether = 2000;

/** One connection to this machine. */
export class SessionState implements Session {
  readonly id: string;
  readonly chat: ChatState;
  readonly connection: ServerConnection;
  capabilities: ReadonlySet<CapabilityName> = noCapabilities;
  capVersion = 0;
  profile: RecipientProfile;
  user: UserState | undefined;
  registration: PendingRegistration | undefined = startRegistration();
  response: CollectedAnswer | undefined;
  batch: OpenBatch | undefined;
  refusedBatch: string | undefined;
  /** When a line last arrived, by the monotonic clock. */
  lastLineMs: number;
  /** Bytes of all answers, for flood control. */
  answeredBytes = 0;
  /** The newest event of this session, while the bus has not ordered it; see Hub.commit. */
  awaited: Promise<void> | undefined;
  hasQuit = false;
  /** The reason why the server closed it. */
  closedFor: string | undefined;
  /** When it began, by the monotonic clock. */
  readonly openedMs: number;
  /** Whether a PING was sent since a line last arrived. */
  wasPinged = false;
  readonly #profileOf: SessionOptions["profileOf"];
  readonly #onClose: SessionOptions["onClose"];
  #isClosed = false;

  constructor({ id, chat, connection, nowMs, profileOf, onClose }: SessionOptions) {
    this.id = id;
    this.chat = chat;
    this.connection = connection;
    this.lastLineMs = this.openedMs = nowMs;
    this.profile = profileOf([], connection.framing);
    this.#profileOf = profileOf;
    this.#onClose = onClose;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get nick(): string {
    return this.user?.nick ?? this.registration?.nick ?? "*";
  }

  has(name: CapabilityName): boolean {
    return this.capabilities.has(name);
  }

  changeCapabilities(added: Iterable<CapabilityName>, removed: Iterable<CapabilityName> = []): void {
    const changed = new Set([...this.capabilities, ...added]);
    for (const name of removed) changed.delete(name);
    this.capabilities = capabilitySet([...changed].join(" "));
    this.profile = this.#profileOf(this.capabilities, this.connection.framing);
  }

  send(outgoing: Deliverable, canWait = false): void {
    if (this.response !== undefined && this.chat.applyingFor === this) {
      this.response.addEvent(outgoing.lines(this.profile.mask));
      return;
    }
    this.deliver(outgoing, canWait);
  }

  /**
   * Sends a message that does not become part of a labelled answer. The events of that answer go out before it, except
   * the event that is being applied: a message to oneself arrives beside its labelled echo.
   */
  deliver(outgoing: Deliverable, canWait = false): void {
    if (this.response?.hasEvents && this.chat.applyingFor !== this) this.#spillAnswer(this.response);
    const chunk = outgoing.chunk(this.profile);
    if (chunk !== undefined) this.connection.write(chunk, canWait ? "can wait" : "delivery");
  }

  answer(outgoing: Deliverable): void {
    this.answerLines(outgoing.lines(this.profile.mask));
  }

  answerLines(lines: readonly string[]): void {
    if (this.response !== undefined) this.response.add(lines);
    else this.write(lines);
  }

  write(lines: readonly string[]): void {
    if (this.profile.encoding === "line" && lines.length > 1) return this.#writeTogether(lines);
    for (const line of lines) this.#writeText(line);
  }

  /** Several lines as one chunk: the send queue handles each chunk by itself. */
  #writeTogether(lines: readonly string[]): void {
    let text = "";
    for (const line of lines) {
      if (text.length + line.length > mostTogether) {
        this.#writeText(text);
        text = "";
      }
      text = text === "" ? line : `${text}\r\n${line}`;
    }
    this.#writeText(text);
  }

  #writeText(text: string): void {
    const chunk = this.profile.encode(text);
    this.answeredBytes += chunk.length;
    this.connection.write(chunk);
  }

  awaitSpace(): Promise<void> | undefined {
    const { settings } = this.chat;
    if (this.response !== undefined && this.response.length > settings.sendQueue / 4) {
      this.#spillAnswer(this.response);
    }
    return this.#hasSpace() ? undefined : this.#waitForSpace();
  }

  #spillAnswer(response: CollectedAnswer): void {
    this.write(response.spill(this.chat.settings.name, () => this.chat.newReference()));
  }

  #hasSpace(): boolean {
    const { connection } = this;
    return connection.ended !== undefined || connection.queuedBytes <= this.chat.settings.sendQueue / 2;
  }

  async #waitForSpace(): Promise<void> {
    while (!this.#hasSpace()) {
      await this.connection.progress();
      // Meanwhile the server does not read its lines, so its PONG waits too; but a client that takes bytes is alive.
      this.lastLineMs = this.chat.clock.monotonic();
    }
  }

  close(sentence: string, reason = sentence): void {
    if (this.closeConnection(sentence)) this.#onClose(this, reason);
  }

  /** Closes the connection, but does not end the user; false if the session is closed already. */
  closeConnection(sentence: string): boolean {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    this.closedFor = sentence;
    this.write(plainLines("", "ERROR", [`Closing link: ${sentence}`]));
    this.connection.close();
    return true;
  }
}
