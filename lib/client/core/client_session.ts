/**
 * One connection of a client, from the first line to the last: gets us in, keeps the state, answers what must be
 * answered at once (PING, CAP), and tells what happens. Reconnecting is the client's.
 */

import type { Message } from "../../irc/message.ts";
import type { Line } from "../../irc/lines.ts";
import { numericName } from "../../irc/numerics.ts";
import { isLoopback } from "../../irc/address.ts";
import type { Connection } from "../../net/connection.ts";
import type { OutgoingMessage } from "./compose.ts";
import type { ChatEvent, EventBody } from "./event.ts";
import { isMessageEvent } from "./event.ts";
import type { Origin } from "./incoming.ts";
import { Incoming } from "./incoming.ts";
import type { Account, LoginOutcome } from "./login.ts";
import { Login } from "./login.ts";
import type { Delivery } from "./outbox.ts";
import { receive } from "./receive.ts";
import { refusalSentence } from "./refusals.ts";
import type { Identity } from "./registration.ts";
import { Registration } from "./registration.ts";
import type { Until } from "./requests.ts";
import { MessageSender } from "./sender.ts";
import type { State } from "./state.ts";
import { isChannel, opened } from "./state.ts";

/** What a session is made of. */
export interface ClientSessionParts {
  readonly connection: Connection;
  readonly identity: Omit<Identity, "login">;
  /** To log in to on the way in. */
  readonly account: Account | undefined;
  readonly state: State;
  /** Hears of everything, in order. Must not throw. */
  readonly onEvent: (event: ChatEvent) => void;
  /** The nick was refused on entering; the answer is the next one to try, or undefined to wait for rename(). */
  readonly anotherNick: (nick: string, reason: string) => string | undefined;
  /** The account was refused on entering; the answer is what to try next, or undefined to enter without. */
  readonly anotherPassword: (account: Account) => Promise<Account | undefined>;
  /** We are in, and the server has said what it is. */
  readonly ready: () => void;
  /** We were in before. */
  readonly again: boolean;
  readonly now: () => number;
  /** Silence of the server after which it is asked whether it is there; it then has as long again. */
  readonly idleMs: number;
}

/** How long lines are read without a pause, and how many always are. */
const turnMs = 5;
const turnLines = 64;

/** One connection, in use. */
export class ClientSession {
  state: State;
  /** What the server said last before it closed the connection. */
  farewell = "";
  readonly #parts: ClientSessionParts;
  readonly #registration = new Registration((line) => this.send(line));
  readonly #intake = new Incoming((message, way) => this.#message(message, way));
  readonly #speaker = new MessageSender({
    send: (line) => this.send(line),
    state: () => this.state,
    newLabel: () => this.#mark(),
    sentWithoutEcho: (speech) => this.#spoken(speech),
  });
  #marks = 0;
  #ready = false;
  #login: Login | undefined;
  #lastHeard: number;

  constructor(parts: ClientSessionParts) {
    this.#parts = parts;
    this.state = parts.state;
    this.#lastHeard = parts.now();
  }

  /** Whether we are in. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Ends with the connection; the answer is why it ended. */
  async run(): Promise<string> {
    const { connection, account, idleMs } = this.#parts;
    const identity = { ...this.#parts.identity, ...(account && { login: () => this.#loginFirst(account) }) };
    const watch = setInterval(() => this.#watch(), Math.max(50, idleMs / 4));
    try {
      this.#registration.start(identity);
      for await (const lines of connection.lines()) {
        this.#lastHeard = this.#parts.now();
        await this.#lines(lines);
      }
    } finally {
      clearInterval(watch);
    }
    const reason = this.farewell || (connection.ended ?? "Connection closed");
    this.#intake.lost(reason);
    this.#speaker.lost(reason);
    this.#login?.lost(reason);
    return reason;
  }

  /** Reads them in order; between them others get their turn, so that no flood keeps a key from being heard. */
  async #lines(lines: readonly Line[]): Promise<void> {
    let begun = performance.now();
    for (const [at, line] of lines.entries()) {
      if (typeof line === "string") this.#intake.line(line);
      if (at % turnLines !== turnLines - 1 || performance.now() - begun < turnMs) continue;
      await new Promise((resolve) => setTimeout(resolve));
      begun = performance.now();
    }
  }

  send(line: string): void {
    this.#parts.connection.send(line);
  }

  /** Sends what is queued, then closes. */
  close(): void {
    this.#parts.connection.close();
  }

  /** Says something; resolves once it is known what became of all of it. */
  sendMessage(speech: OutgoingMessage): Promise<Delivery> {
    return this.#speaker.sendMessage(speech);
  }

  /** Sends a line and gathers its answer; rejects when the connection is lost or nothing comes. */
  request(line: string, until: Until): Promise<readonly Message[]> {
    const label = this.state.caps.has("labeled-response") ? this.#mark() : undefined;
    const tagged = line.startsWith("@") ? `@label=${label};${line.slice(1)}` : `@label=${label} ${line}`;
    this.send(label === undefined ? line : tagged);
    return this.#intake.answer(label, until);
  }

  /** Nobody else can read what goes over this connection. */
  get confidential(): boolean {
    const { secure, address } = this.#parts.connection;
    return secure || isLoopback(address);
  }

  /** Logs in to an account; resolves, never rejects. */
  async login(account: Account): Promise<LoginOutcome> {
    if (this.#login !== undefined) return { kind: "refused", reason: "Another login is under way" };
    if (!this.state.caps.has("sasl")) return { kind: "refused", reason: "This server has no accounts" };
    const mechanisms = this.state.offered.get("sasl") ?? "";
    const { confidential } = this;
    const login = new Login({ send: (line) => this.send(line), account, mechanisms, confidential });
    this.#login = login;
    login.start();
    const outcome = await login.outcome;
    this.#login = undefined;
    return outcome;
  }

  async #loginFirst(first: Account): Promise<void> {
    const { connection, anotherPassword } = this.#parts;
    for (let account: Account | undefined = first; account !== undefined;) {
      const outcome = await this.login(account);
      if (outcome.kind === "in" || connection.ended !== undefined) return;
      this.#tell({ kind: "status", status: "login refused", name: account.name, reason: outcome.reason });
      account = await anotherPassword(account);
      if (connection.ended !== undefined) return;
    }
  }

  #mark(): string {
    return `p${++this.#marks}`;
  }

  #message(message: Message, { label, history, requested }: Origin): void {
    const time = Date.parse(message.tags.get("time") ?? "");
    const at = Number.isNaN(time) ? this.#parts.now() : time;
    const arrival = { message, at, history, ...(label !== undefined && { label }) };
    if (this.#login?.takes(message)) return;
    if (!this.state.registered && this.#registration.refusesNick(message)) return this.#refuseNick(message);
    const { state, events } = receive(this.state, arrival);
    // Who joined then is not here now.
    if (!history) this.state = state;
    this.#duties(message, label);
    for (const event of events) {
      if (history) {
        if (isMessageEvent(event)) this.#parts.onEvent(event);
        continue;
      }
      this.#speaker.heard(event, label);
      if (!requested || !isReply(message)) this.#parts.onEvent(event);
    }
  }

  #duties(message: Message, label: string | undefined): void {
    switch (message.command) {
      case "PING":
        return this.send(`PONG :${message.params.at(-1) ?? ""}`);
      case "PONG":
        return this.#speaker.answered(message.params.at(-1) ?? "");
      case "CAP":
        return this.#registration.answer(this.state, message);
      case "ACK":
        return this.#speaker.acknowledged(label);
      case "ERROR":
        this.farewell = (message.params.at(-1) ?? "").replace(/^Closing link:\s*/i, "");
        return;
    }
    const name = numericName(message.command);
    if (name === "RPL_ENDOFMOTD" || name === "ERR_NOMOTD") this.#becomeReady();
  }

  #becomeReady(): void {
    if (this.#ready) return;
    this.#ready = true;
    const { nick, network } = this.state;
    this.#tell({ kind: "status", status: "ready", again: this.#parts.again, nick, network });
    this.#parts.ready();
  }

  #refuseNick(message: Message): void {
    const nick = message.params.length > 2 ? message.params[1] ?? "" : this.state.nick;
    const next = this.#parts.anotherNick(
      nick,
      refusalSentence(this.state, message.command, nick, message.params.at(-1) ?? ""),
    );
    if (next !== undefined) this.send(`NICK ${next}`);
  }

  /** Where the server does not echo: what we said happens here. */
  #spoken({ target, manner, text }: OutgoingMessage): void {
    if (!isChannel(this.state, target)) this.state = opened(this.state, target);
    const { nick } = this.state;
    this.#tell({
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

  /** Nothing heard for a while: ask; still nothing: it is over. */
  #watch(): void {
    const { connection, now, idleMs } = this.#parts;
    const silentMs = now() - this.#lastHeard;
    if (silentMs > 2 * idleMs) {
      this.farewell = "No answer from the server";
      connection.abort();
    } else if (silentMs > idleMs) this.send("PING alive");
  }

  #tell(happening: EventBody): void {
    this.#parts.onEvent({ ...happening, at: this.#parts.now() });
  }
}

/** What only answers somebody, and says nothing of what others do. */
function isReply({ command }: Message): boolean {
  return command === "FAIL" || /^\d{3}$/.test(command);
}
