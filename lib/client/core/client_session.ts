/**
 * One connection of a client, from the first line to the last: it registers us, stores the state, answers PING and CAP,
 * and reports events. It does not reconnect; client.ts does.
 */

import { deadlines } from "../../deadlines.ts";
import type { Message } from "../../irc/message.ts";
import type { Line } from "../../irc/lines.ts";
import { numericName } from "../../irc/numerics.ts";
import { isLoopback } from "../../irc/address.ts";
import type { Connection, FirstContact } from "../../net/connection.ts";
import { firstContactFault } from "./client_account.ts";
import type { MessageToSend } from "./compose.ts";
import { WorkSlices } from "./let_others_run.ts";
import { LinkCheck } from "./link_check.ts";
import type { ChatEvent, EventBody } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import type { Origin } from "./incoming_lines.ts";
import { IncomingLines } from "./incoming_lines.ts";
import type { Account, LoginOutcome } from "./login.ts";
import { Login } from "./login.ts";
import { type DeliveryResult, droppedNotice } from "./unconfirmed_messages.ts";
import { receive } from "../state/receive.ts";
import type { Identity, NickRefusal } from "./registration.ts";
import { Registration } from "./registration.ts";
import type { AnswerMatcher } from "./requests.ts";
import { MessageSender } from "./message_sender.ts";
import type { State } from "../state/state.ts";
import { isChannel, withOpenBuffer } from "../state/state.ts";

/** The parts of a session. */
export interface ClientSessionParts {
  readonly connection: Connection;
  readonly identity: Omit<Identity, "login">;
  /** The account to log in to during the registration. */
  readonly account: Account | undefined;
  readonly state: State;
  /** Receives every event, in order. */
  readonly onEvent: (event: ChatEvent) => void;
  /** Called when the server refuses the nick; returns the next nick to try, or undefined to wait for rename(). */
  readonly chooseNextNick: (refusal: NickRefusal) => string | undefined;
  /** See ClientOptions. */
  readonly onStrictTransport: ((value: string, isSecure: boolean) => boolean) | undefined;
  /** After the end of this connection another one is opened at once. */
  readonly redial: () => void;
  /** See ClientOptions. */
  readonly isParley: boolean;
  /** Sends JOIN to Parley behind the end of the registration, without a wait for its answer. */
  readonly joins: { sendEarly(): void; onTooEarly(): void };
  /** Called when the login fails; returns the account with another password, or undefined to continue without one. */
  readonly askPassword: (account: Account) => Promise<Account | undefined>;
  /** The registration is complete. */
  readonly onReady: () => void;
  /** A line could not be handled, or a handler of its events failed. The next line is still read. */
  readonly onFault: (error: unknown) => void;
  /** This is a reconnect. */
  readonly again: boolean;
  readonly now: () => number;
  /** The server has answered, so the connection works: see isDoubtful(). */
  readonly onAnswer: () => void;
  /** Pending while a page of the history is passed on: later lines are read after it. */
  readonly passingPage: () => Promise<void> | undefined;
  /** A message that happens now has this time. */
  readonly onServerTime: (at: number) => void;
  /** See LinkCheckParts. */
  readonly elapsed: () => number;
  readonly idleMs: number;
  readonly answerMs: number | undefined;
  /** How long the registration can take. @default {deadlines.clientRegistrationMs} */
  readonly registrationMs: number | undefined;
  /** See MessageSenderParts. */
  readonly echoMs: number | undefined;
}

/** After so many lines it looks whether a pause is due: looking costs as much as a tenth of a line. */
const sliceLines = 16;

/** One connection, in use. */
export class ClientSession {
  state: State;
  /** The last ERROR of the server. */
  closingReason = "";
  readonly #parts: ClientSessionParts;
  readonly #registration = new Registration((line) => this.#write(line), () => {
    if (this.#parts.isParley) this.#parts.joins.sendEarly();
  });
  readonly #incoming = new IncomingLines((message, origin) => this.#onMessage(message, origin));
  readonly #sender = new MessageSender({
    send: (line) => this.send(line),
    state: () => this.state,
    newLabel: () => this.#newLabel(),
    onSentWithoutEcho: (message) => this.#echo(message),
    echoMs: () => this.#parts.echoMs,
  });
  #labels = 0;
  #ready = false;
  #login: Login | undefined;
  readonly #check: LinkCheck;
  /** The person is being asked for a password, while the server waits. */
  #asksPerson = false;
  #registrationTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ClientSessionParts) {
    this.#parts = parts;
    this.state = parts.state;
    const { elapsed, idleMs, answerMs } = parts;
    this.#check = new LinkCheck({
      ask: () => this.#ready && this.#write("PING alive"),
      onDead: () => this.#onDead(),
      onAnswer: () => parts.onAnswer(),
      isExcused: () => this.#asksPerson,
      elapsed,
      idleMs,
      answerMs,
    });
  }

  /** Whether the registration is complete. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Resolves at the end of the connection with the reason. */
  async run(): Promise<string> {
    const { connection, account } = this.#parts;
    const identity = { ...this.#parts.identity, ...(account && { login: () => this.#loginFirst(account) }) };
    this.#limitRegistration();
    try {
      this.#registration.start(identity, this.#parts.isParley);
      for await (const lines of connection.lines()) {
        this.#check.onLine();
        await this.#readLines(lines);
      }
    } finally {
      this.#check.close();
      clearTimeout(this.#registrationTimer);
    }
    const reason = this.closingReason || (connection.ended ?? "Connection closed");
    this.#incoming.onDisconnect(reason);
    this.#sender.onDisconnect(reason);
    this.#login?.onDisconnect(reason);
    return reason;
  }

  /** A server can answer every PING and still never let us in. */
  #limitRegistration(): void {
    this.#registrationTimer = setTimeout(() => {
      if (this.#ready) return;
      if (this.#asksPerson) return this.#limitRegistration();
      this.closingReason = "The server did not complete the registration";
      this.close();
    }, this.#parts.registrationMs ?? deadlines.clientRegistrationMs);
  }

  /** Reads lines in order, with pauses, so that the UI can handle keys during a flood. */
  async #readLines(lines: readonly Line[]): Promise<void> {
    const slices = new WorkSlices();
    for (const [at, line] of lines.entries()) {
      // Several pages can wait for each other.
      while (this.#parts.passingPage() !== undefined) await this.#parts.passingPage();
      if (typeof line === "string") this.#read(line);
      if (at % sliceLines !== sliceLines - 1 || !slices.isLong) continue;
      await slices.pause();
      this.#check.onLine();
    }
  }

  /** A line of the server that we cannot handle must not end the connection. */
  #read(line: string): void {
    try {
      this.#incoming.read(line);
    } catch (error) {
      this.#parts.onFault(error);
    }
  }

  /** Sends a line that the server answers. */
  send(line: string): void {
    this.#check.onUse(line.startsWith("@batch="));
    this.#write(line);
  }

  /** Asks the server whether the connection still works. */
  checkLink(): void {
    this.#check.askNow();
  }

  /** Whether messages should wait, because the connection can be dead; onAnswer() follows when it works. */
  isDoubtful(): boolean {
    return this.#ready && this.#check.isDoubtful();
  }

  #write(line: string): void {
    this.#parts.connection.send(line);
  }

  /** Sends what is queued, then closes. */
  close(): void {
    this.#parts.connection.close();
  }

  /** Sends a message; resolves once the result of all its parts is known. */
  sendMessage(message: MessageToSend): Promise<DeliveryResult> {
    return this.#sender.sendMessage(message);
  }

  /** Sends a line and collects its answer; rejects when the connection is lost or no answer comes. */
  request(line: string, matcher: AnswerMatcher): Promise<readonly Message[]> {
    const label = this.state.caps.has("labeled-response") ? this.#newLabel() : undefined;
    const tagged = line.startsWith("@") ? `@label=${label};${line.slice(1)}` : `@label=${label} ${line}`;
    this.send(label === undefined ? line : tagged);
    return this.#incoming.waitForAnswer(label, matcher);
  }

  /** Whether nobody else can read this connection. */
  get isConfidential(): boolean {
    const { secure, address } = this.#parts.connection;
    return secure || isLoopback(address);
  }

  /** See Connection. */
  get firstContact(): FirstContact | undefined {
    return this.#parts.connection.firstContact;
  }

  /** The reason why the login by PLAIN is not safe on this connection; "" when it is safe. */
  get #plainFault(): string {
    if (!this.isConfidential) {
      return "The server takes only PLAIN, and this connection is not encrypted: others could read your password";
    }
    return this.firstContact === undefined ? "" : firstContactFault(
      this.firstContact,
      "The server takes only PLAIN, which shows it your password, and this is the first connection to it",
    );
  }

  /** Logs in to an account; resolves, never rejects. */
  async login(account: Account): Promise<LoginOutcome> {
    if (this.#login !== undefined) return { kind: "refused", reason: "another login is still running" };
    if (!this.state.caps.has("sasl")) return { kind: "refused", reason: "this server has no accounts" };
    const mechanisms = this.state.offered.get("sasl") ?? "";
    const data = this.#parts.connection.tls?.serverEndPoint;
    const login = new Login({
      send: (line) => this.send(line),
      account,
      mechanisms,
      plainFault: this.#plainFault,
      binding: data && { type: "tls-server-end-point", data },
    });
    this.#login = login;
    login.start();
    const outcome = await login.outcome;
    this.#login = undefined;
    // Then nobody is between us and the server.
    if (outcome.kind === "logged in" && login.provesConnection) this.firstContact?.confirm();
    return outcome;
  }

  async #loginFirst(first: Account): Promise<void> {
    const { connection, askPassword } = this.#parts;
    for (let account: Account | undefined = first; account !== undefined;) {
      const outcome = await this.login(account);
      if (outcome.kind === "logged in" || connection.ended !== undefined) return;
      this.#emit({ kind: "status", status: "login refused", name: account.name, reason: outcome.reason });
      if (outcome.isFinal) return;
      this.#asksPerson = true;
      account = await askPassword(account);
      this.#asksPerson = false;
      if (connection.ended !== undefined) return;
    }
  }

  #newLabel(): string {
    return `p${++this.#labels}`;
  }

  #onMessage(message: Message, { label, history, requested }: Origin): void {
    const time = Date.parse(message.tags.get("time") ?? "");
    if (!Number.isNaN(time) && !history) this.#parts.onServerTime(time);
    const at = Number.isNaN(time) ? this.#parts.now() : time;
    const arrivedAt = this.#parts.elapsed();
    const incoming = { message, at, arrivedAt, history, ...(label !== undefined && { label }) };
    if (this.#login?.handle(message)) return;
    const refusal = this.state.registered ? undefined : this.#registration.nickRefusal(this.state, message);
    if (refusal !== undefined) return this.#refuseNick(refusal);
    if (this.#parts.isParley && !this.#ready && numericName(message.command) === "ERR_NOTREGISTERED") {
      return this.#parts.joins.onTooEarly();
    }
    const { state, events } = receive(this.state, incoming);
    // A message of the history does not change the present members.
    if (!history) this.state = state;
    this.#respond(message, label);
    for (const event of events) {
      if (history) {
        if (isMessageEvent(event)) this.#parts.onEvent(event);
        continue;
      }
      this.#sender.onEvent(event, label);
      if (!requested || !isReply(message)) this.#parts.onEvent(event);
    }
  }

  #respond(message: Message, label: string | undefined): void {
    switch (message.command) {
      case "PING":
        return this.#write(`PONG :${message.params.at(-1) ?? ""}`);
      case "PONG":
        return this.#sender.onPong(message.params.at(-1) ?? "");
      case "CAP":
        if (this.#mustUseTls(message)) return this.#parts.connection.abort();
        if (this.#registration.isMismatch(message)) return this.#startAgain();
        return this.#registration.answer(this.state, message);
      case "ACK":
        return this.#onDroppedNotice(this.#sender.onAck(label));
      case "ERROR":
        this.closingReason = (message.params.at(-1) ?? "").replace(/^Closing link:\s*/i, "");
        // It is the last line of a connection, also when the server forgets to close it.
        return this.#parts.connection.abort();
    }
    const name = numericName(message.command);
    if (name === "RPL_ENDOFMOTD" || name === "ERR_NOMOTD") this.#becomeReady();
  }

  /** Before anything else is sent: the rest belongs on the connection with TLS. */
  #mustUseTls({ params }: Message): boolean {
    const isOffer = /^(LS|NEW)$/i.test(params[1] ?? "") && params[2] !== "*";
    const value = isOffer ? this.state.offered.get("sts") : undefined;
    const { onStrictTransport, connection } = this.#parts;
    if (value === undefined || onStrictTransport?.(value, connection.secure) !== true) return false;
    this.#parts.redial();
    return true;
  }

  /** Our registration can be complete already, without the capabilities. */
  #startAgain(): void {
    this.#write("QUIT");
    this.#parts.redial();
    this.close();
  }

  #becomeReady(): void {
    if (this.#ready) return;
    this.#ready = true;
    const { nick, network } = this.state;
    this.#emit({ kind: "status", status: "ready", again: this.#parts.again, nick, network });
    this.#parts.onReady();
    this.#registration.onReady(this.state);
  }

  #refuseNick(refusal: NickRefusal): void {
    const next = this.#parts.chooseNextNick(refusal);
    if (next !== undefined) this.send(`NICK ${next}`);
  }

  #onDroppedNotice(target: string | undefined): void {
    if (target === undefined) return;
    this.#emit({ kind: "refused", code: "", target, text: droppedNotice(target) });
  }

  /** The event for our own message, where the server does not echo it. */
  #echo({ target, manner, text }: MessageToSend): void {
    if (!isChannel(this.state, target)) this.state = withOpenBuffer(this.state, target);
    const { nick } = this.state;
    this.#emit({
      kind: "said",
      buffer: target,
      from: { nick },
      to: target,
      manner,
      text,
      own: true,
      mention: false,
      direct: !isChannel(this.state, target),
    });
  }

  #onDead(): void {
    this.closingReason = "No answer from the server";
    this.#parts.connection.abort();
  }

  #emit(body: EventBody): void {
    this.#parts.onEvent({ ...body, at: this.#parts.now() });
  }
}

/** Whether a message is only a reply to us, not an event of others. */
function isReply({ command, params }: Message): boolean {
  if (command === "NOTE") return listCodes.has(params[1] ?? "");
  return command === "FAIL" || /^\d{3}$/.test(command);
}

/** The codes of NOTE in an answer that the person sees as a list. */
const listCodes: ReadonlySet<string> = new Set(["LISTED", "LIST_END", "ENDED"]);
