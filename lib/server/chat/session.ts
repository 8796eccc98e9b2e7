/**
 * A session: one connection and what it can be sent. Before it has a user it is registering; several sessions can share
 * one user (user.ts). It holds the way to the connection and none of the chat's rules. `Session` is what commands see:
 * they change what belongs to the connection alone, and only server/apply gives it a user.
 */
import type { CapabilityName } from "../../irc/capabilities.ts";
import { body } from "../../irc/message.ts";
import type { ServerConnection } from "../../net/connection.ts";
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
  /** Milliseconds since 1970 when it is dropped. */
  readonly dueMs: number;
  /** The labelled answer that waits for its end. */
  readonly response: CollectedAnswer | undefined;
}

/** A session as commands see it. */
export interface Session {
  /** Names the session on all machines; never used again. */
  readonly id: string;
  readonly chat: Chat;
  readonly connection: ServerConnection;
  readonly capabilities: ReadonlySet<CapabilityName>;
  /** CAP version the client speaks: 0 before it says, 302 and up bring values and cap-notify. */
  capVersion: number;
  readonly profile: RecipientProfile;
  readonly user: User | undefined;
  /** Undefined once it is registered. */
  readonly registration: PendingRegistration | undefined;
  /** The labelled answer that is being collected. */
  response: CollectedAnswer | undefined;
  /** The message of several lines that is being collected. */
  batch: OpenBatch | undefined;
  /** Whether it said QUIT, or was banned; otherwise its user is expected back. */
  hasQuit: boolean;
  /** Whether this side closed it; what it still sends is ignored. */
  readonly isClosed: boolean;
  /** Its name in replies: its nick, or "*" before it has one. */
  readonly nick: string;
  has(name: CapabilityName): boolean;
  /** Adds and removes capabilities; its recipient profile changes with them. */
  changeCapabilities(added: Iterable<CapabilityName>, removed?: Iterable<CapabilityName>): void;
  /**
   * Sends what happened in the chat. Never blocks or throws; the connection of a reader that does not keep up is closed.
   * While an event of this session's own labelled command is applied, the message joins the labelled answer.
   */
  send(outgoing: Deliverable): void;
  /** Sends an answer to the command at hand. */
  answer(outgoing: Deliverable): void;
  /** Sends lines as they are. */
  write(lines: readonly string[]): void;
  /** Undefined while there is space for more of a long answer, else a promise to wait for before its next part. */
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
  /** The profile of a recipient with these capabilities on this connection. */
  readonly profileOf: (capabilities: Iterable<CapabilityName>) => RecipientProfile;
  /** Called once, when this side closes the session. */
  readonly onClose: (session: SessionState, reason: string) => void;
}

/** One connection to this machine. */
export class SessionState implements Session {
  readonly id: string;
  readonly chat: ChatState;
  readonly connection: ServerConnection;
  readonly capabilities = new Set<CapabilityName>();
  capVersion = 0;
  profile: RecipientProfile;
  user: UserState | undefined;
  registration: PendingRegistration | undefined = startRegistration();
  response: CollectedAnswer | undefined;
  batch: OpenBatch | undefined;
  /** Milliseconds since 1970 when a line last arrived. */
  lastLineMs: number;
  /** Whether an event of its own has no place in the order yet; see Hub.commit. */
  awaitsOrder = false;
  hasQuit = false;
  /** Whether a PING was sent since a line last arrived. */
  wasPinged = false;
  readonly #profileOf: SessionOptions["profileOf"];
  readonly #onClose: SessionOptions["onClose"];
  #over = false;

  constructor({ id, chat, connection, nowMs, profileOf, onClose }: SessionOptions) {
    this.id = id;
    this.chat = chat;
    this.connection = connection;
    this.lastLineMs = nowMs;
    this.profile = profileOf([]);
    this.#profileOf = profileOf;
    this.#onClose = onClose;
  }

  get isClosed(): boolean {
    return this.#over;
  }

  get nick(): string {
    return this.user?.nick ?? this.registration?.nick ?? "*";
  }

  has(name: CapabilityName): boolean {
    return this.capabilities.has(name);
  }

  changeCapabilities(added: Iterable<CapabilityName>, removed: Iterable<CapabilityName> = []): void {
    for (const name of added) this.capabilities.add(name);
    for (const name of removed) this.capabilities.delete(name);
    this.profile = this.#profileOf(this.capabilities);
  }

  send(outgoing: Deliverable): void {
    if (this.response !== undefined && this.chat.applyingFor === this) {
      this.response.add(outgoing.lines(this.profile.mask));
      return;
    }
    this.deliver(outgoing);
  }

  /** Sends a message apart from a labelled answer that is being collected. */
  deliver(outgoing: Deliverable): void {
    const chunk = outgoing.chunk(this.profile);
    if (chunk !== undefined) this.connection.write(chunk);
  }

  answer(outgoing: Deliverable): void {
    const lines = outgoing.lines(this.profile.mask);
    if (this.response !== undefined) this.response.add(lines);
    else this.write(lines);
  }

  write(lines: readonly string[]): void {
    for (const line of lines) this.connection.write(this.profile.encode(line));
  }

  awaitSpace(): Promise<void> | undefined {
    const { settings } = this.chat;
    if (this.response !== undefined && this.response.length > settings.sendQueue / 4) {
      this.write(this.response.spill(settings.name, () => this.chat.newReference()));
    }
    return this.#hasSpace() ? undefined : this.#waitForSpace();
  }

  #hasSpace(): boolean {
    const { connection } = this;
    return connection.ended !== undefined || connection.queuedBytes <= this.chat.settings.sendQueue / 2;
  }

  async #waitForSpace(): Promise<void> {
    while (!this.#hasSpace()) {
      await this.connection.progress();
      // Its own lines wait meanwhile, its PONG too; but a client that takes bytes is alive.
      this.lastLineMs = this.chat.now();
    }
  }

  close(sentence: string, reason = sentence): void {
    if (this.closeConnection(sentence)) this.#onClose(this, reason);
  }

  /** Closes, and leaves the user to the caller; false when it is closed already. */
  closeConnection(sentence: string): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.write([body("", "ERROR", [`Closing link: ${sentence}`])]);
    this.connection.close();
    return true;
  }
}
