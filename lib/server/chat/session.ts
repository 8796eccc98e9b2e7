/**
 * A session: one connection and what it may see. Before it has a user it is registering; several sessions may share
 * one user (user.ts). Holds the way out to the connection and nothing of the chat's rules.
 */
import type { CapabilityName } from "../../irc/capabilities.ts";
import { body } from "../../irc/message.ts";
import { type NumericName, numerics } from "../../irc/numerics.ts";
import { cutText } from "../../irc/wrap.ts";
import type { ServerConnection } from "../../net/connection.ts";
import type { Hub } from "../hub/hub.ts";
import type { RecipientProfile } from "../render/recipient_profile.ts";
import type { MessageLine } from "../render/multiline.ts";
import type { OutgoingLine, OutgoingMessage } from "../render/outgoing.ts";
import { type Registration, startRegistration } from "./registration.ts";
import type { Refusal } from "./refusal.ts";
import type { LabelledResponse } from "../render/labelled_response.ts";
import type { User } from "./user.ts";

/** A message of several lines on its way in (server/commands/batch.ts). */
export interface OpenBatch {
  readonly reference: string;
  readonly target: string;
  /** Client-only tags of the whole message. */
  readonly tags: readonly (readonly [string, string])[];
  readonly lines: MessageLine[];
  bytes: number;
  command: "PRIVMSG" | "NOTICE" | undefined;
  /** Milliseconds since 1970 when it is given up. */
  readonly dueMs: number;
  /** The labelled answer that waits for its end. */
  readonly response: LabelledResponse | undefined;
}

/** No name is longer; what else comes back in a reply need not be whole. */
const maxMiddleLength = 300;

/** One connection to this machine. */
export class Session {
  /** Names the session on all machines; never used again. */
  readonly id: string;
  readonly hub: Hub;
  readonly connection: ServerConnection;
  readonly capabilities = new Set<CapabilityName>();
  /** CAP version the client speaks: 0 before it says, 302 and up bring values and cap-notify. */
  capVersion = 0;
  profile: RecipientProfile;
  user: User | undefined;
  /** What it said of itself so far; undefined once registered. */
  registration: Registration | undefined = startRegistration();
  /** The labelled answer that is being gathered. */
  response: LabelledResponse | undefined;
  /** The message of several lines that is being gathered. */
  batch: OpenBatch | undefined;
  /** Milliseconds since 1970 when a line last came in. */
  lastHeardMs: number;
  /** Whether an event of its own has no place in the order yet; see Hub.commit. */
  awaitsOrder = false;
  /** Whether it said QUIT, or was banned; who goes without is expected back. */
  saidGoodbye = false;
  /** Whether it was asked for a sign of life since. */
  pinged = false;
  #over = false;

  constructor(id: string, hub: Hub, connection: ServerConnection, nowMs: number) {
    this.id = id;
    this.hub = hub;
    this.connection = connection;
    this.lastHeardMs = nowMs;
    this.profile = hub.profiles.of([], connection.framing);
  }

  /** Whether it was closed from this side; nothing it still sends counts. */
  get over(): boolean {
    return this.#over;
  }

  /** How replies address it: its nick, or "*" before it has one. */
  get nick(): string {
    return this.user?.nick ?? this.registration?.nick ?? "*";
  }

  has(name: CapabilityName): boolean {
    return this.capabilities.has(name);
  }

  /** Adds and removes capabilities; from now on it is a reader of another kind. */
  changeCapabilities(added: Iterable<CapabilityName>, removed: Iterable<CapabilityName> = []): void {
    for (const name of added) this.capabilities.add(name);
    for (const name of removed) this.capabilities.delete(name);
    this.profile = this.hub.profiles.of(this.capabilities, this.connection.framing);
  }

  /**
   * Sends what happened in the chat. Never blocks or throws; a reader that does not keep up is cut off by its
   * connection. While an event of this session's own labelled command is applied, it joins the labelled answer.
   */
  tell(told: OutgoingMessage): void {
    if (this.response !== undefined && this.hub.applyingFor === this) {
      this.response.add(told.lines(this.profile.mask));
      return;
    }
    this.deliver(told);
  }

  /** The same, past a labelled answer that is being gathered. */
  deliver(told: OutgoingMessage): void {
    const chunk = told.chunk(this.profile);
    if (chunk !== undefined) this.connection.write(chunk);
  }

  /** Sends an answer to the command at hand. */
  answer(told: OutgoingMessage): void {
    const lines = told.lines(this.profile.mask);
    if (this.response !== undefined) this.response.add(lines);
    else this.write(lines);
  }

  /** Answers with a numeric; its fixed words, if it has some, are added as the last parameter. */
  reply(name: NumericName, ...params: string[]): void {
    this.answer(this.#numeric(name, params));
  }

  /** Sends a numeric that is part of what happened (see tell), not of an answer. */
  notify(name: NumericName, ...params: string[]): void {
    this.tell(this.#numeric(name, params));
  }

  /** Answers with FAIL, WARN or NOTE: `command code context… :text`. */
  standardReply(severity: "FAIL" | "WARN" | "NOTE", ...params: string[]): void {
    const last = params.length - 1;
    this.answer(this.hub.fromServer(severity, params.map((one, at) => at < last ? middle(one) : one)));
  }

  /** Answers with a refusal a handler threw or an event met. */
  refuse(refusal: Refusal): void {
    if (refusal.refusal === "numeric") this.reply(refusal.name, ...refusal.params);
    else this.standardReply("FAIL", ...refusal.params);
  }

  /** Sends lines as they are. */
  write(lines: readonly string[]): void {
    for (const line of lines) this.connection.write(this.profile.encode(line));
  }

  /** Undefined while there is room for more of a long answer, else a promise to wait for before its next part. */
  room(): Promise<void> | undefined {
    if (this.response !== undefined && this.response.length > this.hub.settings.sendQueue / 4) {
      this.write(this.response.spill(this.hub.settings.name, () => this.hub.newReference()));
    }
    return this.#hasRoom() ? undefined : this.#waitForRoom();
  }

  #hasRoom(): boolean {
    const { connection } = this;
    return connection.ended !== undefined || connection.queuedBytes <= this.hub.settings.sendQueue / 2;
  }

  async #waitForRoom(): Promise<void> {
    while (!this.#hasRoom()) {
      await this.connection.progress();
      // Its own lines wait meanwhile, its PONG among them; but who takes bytes is there.
      this.lastHeardMs = this.hub.now();
    }
  }

  #numeric(name: NumericName, params: readonly string[]): OutgoingLine {
    const [code, words] = numerics[name];
    const all = [this.nick, ...params];
    if (words !== "") all.push(words);
    const last = all.length - 1;
    return this.hub.fromServer(code, all.map((one, at) => at < last ? middle(one) : one));
  }

  /** Says why, sends what is queued, and closes. */
  close(reason: string): void {
    if (this.hangUp(reason)) this.hub.detach(this, reason);
  }

  /** Closes, and leaves it to the caller to detach; false when that is under way already. */
  hangUp(reason: string): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.write([body("", "ERROR", [`Closing link: ${reason}`])]);
    this.connection.close();
    return true;
  }
}

/** What people sent comes back in replies: only a last parameter can be empty, hold a space or start with ":". */
function middle(param: string): string {
  if (param === "" || param.charCodeAt(0) === 0x3a || param.includes(" ")) return "*";
  return param.length > maxMiddleLength ? cutText(param, maxMiddleLength) : param;
}
