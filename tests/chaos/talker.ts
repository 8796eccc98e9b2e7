/**
 * A person who talks during faults, over TCP, TLS or a WebSocket: it connects again when its connection is lost, as the
 * clients do, reads the history that it missed, and notes how each of its commands ended.
 */
import { encode64, utf8 } from "../../lib/irc/digest.ts";
import type { Message } from "../../lib/irc/message.ts";
import { parseSource } from "../../lib/irc/names.ts";
import { connectWebSocket } from "../../lib/net/browser_web_socket.ts";
import type { Connection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/dial.ts";
import { dialTls } from "../../lib/net/dial_tls.ts";
import { AnswerReader, refusalIn, type Whole } from "./answers.ts";
import type { Machine } from "./faulty_cluster.ts";
import type { Chance } from "./fuzz_lines.ts";
import { type Deed, endEntry, type Entry, type Ledger } from "./ledger.ts";

/** The password of every account. */
export const password = "correct-horse-battery";
/** The capabilities of every person here. */
const caps = [
  ...["batch", "draft/chathistory", "draft/message-redaction", "draft/multiline", "echo-message"],
  ...["labeled-response", "message-tags", "sasl", "server-time", "soju.im/search", "standard-replies"],
];
const dialMs = 5_000;
const registerMs = 30_000;
const againMs: readonly [number, number] = [200, 1_500];
/** Before a refused JOIN or request is sent again. */
const refusedMs = 500;
const page = 500;

/** How a person connects. */
export type Transport = "tcp" | "tls" | "websocket";

/** Who a person is. */
export interface TalkerOptions {
  readonly nick: string;
  readonly hasAccount: boolean;
  readonly transport: Transport;
  readonly machine: Machine;
  readonly channels: readonly string[];
  readonly ledger: Ledger;
  readonly chance: Chance;
}

/** A message of a channel, as a person saw it. */
export interface Seen {
  readonly id: string;
  readonly time: string;
  readonly text: string;
}

/** Opens a connection to a machine. */
export async function connectTo(
  { ports }: Pick<Machine, "ports">,
  transport: Transport,
): Promise<Connection> {
  const options = { timeoutMs: dialMs };
  if (transport === "tcp") return await dial(`irc://127.0.0.1:${ports.irc}`, options);
  if (transport === "tls") return (await dialTls(`ircs://127.0.0.1:${ports.tls}`, options)).connection;
  return await withTimeout(connectWebSocket(`ws://127.0.0.1:${ports.web}/`), dialMs);
}

export class Talker {
  readonly options: TalkerOptions;
  /** By channel, in the order of arrival. */
  readonly seen = new Map<string, Map<string, Seen>>();
  /** The msgid after which messages of a channel can be missing. */
  readonly #gaps = new Map<string, string>();
  /** Own echoed messages that can still be deleted. */
  readonly own: Entry[] = [];
  nick: string;
  #isRegistered = false;
  #isReady = false;
  /** The last live message of each channel in this session. */
  #live = new Map<string, Seen>();
  #hasLoggedInOnce = false;
  #leaves = false;
  #session: Session | undefined;
  #ready = Promise.withResolvers<void>();

  constructor(options: TalkerOptions) {
    this.options = options;
    this.nick = options.nick;
  }

  /** Stays connected until leave(). */
  async stay(): Promise<void> {
    const { chance, machine, ledger } = this.options;
    while (!this.#leaves) {
      try {
        const connection = await connectTo(machine, this.options.transport);
        const session = new Session(connection, (whole) => this.#take(whole));
        this.#session = session;
        this.#live.clear();
        await Promise.all([session.read(), this.#enter(session).catch(() => session.abort())]);
        if (this.#isRegistered && !this.#leaves) {
          const { isExcused, name } = machine;
          ledger.note(`${this.nick} was closed: ${session.lastWords}`);
          ledger.closed.push({ nick: this.nick, machine: name, words: session.lastWords, isExcused });
        }
      } catch {
        // Nobody listens there at the moment.
      }
      if (this.#isReady) this.#ready = Promise.withResolvers();
      this.#isRegistered = this.#isReady = false;
      await pause(againMs[0] + chance.next() * (againMs[1] - againMs[0]));
    }
  }

  /** Resolves once it is registered, in its channels, and has read what it missed. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  leave(): void {
    this.#leaves = true;
    this.#session?.abort();
  }

  /** Sends a command and returns its answer; undefined when the connection was lost before it. */
  async ask(...lines: string[]): Promise<Message[] | undefined> {
    return await this.#session?.ask(...lines);
  }

  /** Does a deed, and notes its end. Does nothing while it is not connected. */
  async act(deed: Deed, target: string, what: string, ...lines: string[]): Promise<Entry | undefined> {
    if (!this.#isReady) return undefined;
    const entry = this.options.ledger.add(deed, this.nick, target, what);
    const sentMs = performance.now();
    const answer = await this.ask(...lines);
    entry.tookMs = performance.now() - sentMs;
    endEntry(entry, answer);
    const echo = answer?.find(({ tags }) => tags.has("msgid"));
    if (echo !== undefined) {
      entry.id = echo.tags.get("msgid") ?? "";
      entry.time = echo.tags.get("time") ?? "";
    }
    return entry;
  }

  async #enter(session: Session): Promise<void> {
    const { hasAccount, nick, channels } = this.options;
    // An account is in its channels at once: what arrives from now on is no sign that everything before it was seen.
    for (const channel of channels) this.#open(channel);
    this.nick = await withTimeout(
      session.register(nick, this.#hasLoggedInOnce ? nick : undefined),
      registerMs,
    );
    this.#isRegistered = true;
    if (hasAccount && !this.#hasLoggedInOnce) {
      const answer = await session.ask(`REGISTER * * ${password}`);
      if (answer === undefined || refusalIn(answer) !== undefined) return session.abort();
      this.#hasLoggedInOnce = true;
    }
    for (const channel of channels) await this.#join(session, channel);
    this.#isReady = true;
    this.#ready.resolve();
    this.options.ledger.note(`${this.nick} is connected and up to date`);
  }

  /** From here on messages can be missing, until the gap was read; an older gap that was not read yet stays. */
  #open(channel: string): void {
    const last = lastOf(this.#seenIn(channel).values());
    if (last !== undefined && !this.#gaps.has(channel)) this.#gaps.set(channel, last.id);
  }

  /** Joins, again and again while the machines cannot reach each other; then reads what it missed. */
  async #join(session: Session, channel: string): Promise<void> {
    for (;;) {
      const answer = await session.ask(`JOIN ${channel}`);
      if (answer === undefined) return;
      if (refusalIn(answer) === undefined) break;
      await pause(refusedMs);
    }
    for (let from = this.#gaps.get(channel); from !== undefined;) {
      const answer = await session.ask(`CHATHISTORY AFTER ${channel} msgid=${from} ${page}`);
      if (answer === undefined) return;
      if (refusalIn(answer) !== undefined) await pause(refusedMs);
      else {
        from = lastOf(answer.flatMap((message) => speechIn(message) ?? []))?.id;
        if (from === undefined) this.#gaps.delete(channel);
        else this.#gaps.set(channel, from);
      }
    }
  }

  #seenIn(channel: string): Map<string, Seen> {
    const found = this.seen.get(channel) ?? new Map<string, Seen>();
    this.seen.set(channel, found);
    return found;
  }

  #take({ message, isPast }: Whole): void {
    const { command, params, source } = message;
    const [target = "", second = ""] = params;
    if (command === "KICK" && second === this.nick && !isPast && this.#session !== undefined) {
      this.#open(target);
      this.#join(this.#session, target).catch(() => {});
    }
    if (command === "NICK" && parseSource(source).nick === this.nick && !isPast) this.nick = target;
    const seen = target.startsWith("#") ? speechIn(message) : undefined;
    if (seen === undefined) return;
    this.#see(target, seen);
    if (isPast) return;
    const before = this.#live.get(target);
    this.#live.set(target, seen);
    if (before === undefined || (orderOf(before.id) < orderOf(seen.id) && before.time <= seen.time)) return;
    this.options.ledger.complaints.push(
      `${this.nick} got "${seen.text}" (${seen.time}) after "${before.text}" (${before.time})`,
    );
  }

  /** Notes a message; the same one can come twice, but then it is the same. */
  #see(channel: string, message: Seen): void {
    const known = this.#seenIn(channel).get(message.id);
    const { complaints } = this.options.ledger;
    if (message.id === "" || message.time === "") {
      complaints.push(`${this.nick} got "${message.text}" without id or time`);
    }
    if (known === undefined) this.#seenIn(channel).set(message.id, message);
    else if (known.text !== message.text || known.time !== message.time) {
      complaints.push(
        `${this.nick} saw ${message.id} as "${known.text}" at ${known.time} and as "${message.text}" at ${message.time}`,
      );
    }
  }
}

function speechIn({ command, params, tags }: Message): Seen | undefined {
  if (command !== "PRIVMSG") return undefined;
  return { id: tags.get("msgid") ?? "", time: tags.get("time") ?? "", text: params[1] ?? "" };
}

/** The newest of the messages, by the order of the server. */
function lastOf(seen: Iterable<Seen>): Seen | undefined {
  let last: Seen | undefined;
  for (const one of seen) if (last === undefined || orderOf(one.id) > orderOf(last.id)) last = one;
  return last;
}

/** The place of a msgid in the order of all messages. */
export function orderOf(id: string): number {
  return parseInt(id, 36);
}

/** One connection, from its registration on. */
export class Session {
  /** The words of the last ERROR, or how the connection ended. */
  lastWords = "";
  readonly #connection: Connection;
  readonly #reader = new AnswerReader();
  readonly #onMessage: (whole: Whole) => void;
  readonly #closed = Promise.withResolvers<undefined>();
  #awaited: { wanted: (message: Message) => boolean; take: (message: Message) => void } | undefined;
  #labels = 0;
  #isClosed = false;

  constructor(connection: Connection, onMessage: (whole: Whole) => void) {
    this.#connection = connection;
    this.#onMessage = onMessage;
  }

  /** Commands without an answer yet. */
  get unanswered(): number {
    return this.#isClosed ? 0 : this.#reader.unanswered;
  }

  abort(): void {
    this.#connection.abort();
  }

  /** Reads until the connection is over. */
  async read(): Promise<void> {
    for await (const lines of this.#connection.lines()) {
      for (const line of lines) {
        if (typeof line !== "string") throw new Error(`A line is ${line.fault}`);
        this.#line(line);
      }
    }
    this.lastWords ||= this.#connection.ended ?? "";
    this.#isClosed = true;
    this.#connection.abort();
    this.#closed.resolve(undefined);
  }

  /** Registers, and logs in if there is an account; returns the nick that the server gave. Throws when it cannot. */
  async register(nick: string, account?: string, more: readonly string[] = []): Promise<string> {
    const send = (line: string) => this.#connection.send(line);
    send(`CAP REQ :${[...caps, ...more].join(" ")}`);
    await this.#until(({ command, params }) => command === "CAP" && params[1] === "ACK");
    if (account !== undefined) {
      send("AUTHENTICATE PLAIN");
      await this.#until(({ command }) => command === "AUTHENTICATE");
      send(`AUTHENTICATE ${encode64(utf8(`\0${account}\0${password}`))}`);
      const { command, params } = await this.#until(({ command }) => /^90[3-7]$/.test(command));
      if (command !== "903") throw new Error(`No login: ${params.at(-1)}`);
    }
    for (let tries = 0;; tries++) {
      send(`NICK ${nick}${"_".repeat(tries)}`);
      if (tries === 0) {
        send(`USER ${nick} 0 * :${nick}`);
        send("CAP END");
      }
      const { command, params } = await this.#until(({ command }) => /^(001|43\d)$/.test(command));
      if (command === "001") return params[0] ?? nick;
    }
  }

  /** The lines are one command: those of a batch, or one line. */
  async ask(...lines: string[]): Promise<Message[] | undefined> {
    if (this.#isClosed) return undefined;
    const label = `l${++this.#labels}`;
    const answer = this.#reader.expect(label);
    for (const [at, line] of lines.entries()) {
      if (at > 0) this.#connection.send(line);
      else {this.#connection.send(
          line.startsWith("@") ? `@label=${label};${line.slice(1)}` : `@label=${label} ${line}`,
        );}
    }
    return await Promise.race([answer, this.#closed.promise]);
  }

  #line(line: string): void {
    const whole = this.#reader.read(line);
    if (whole === undefined) return;
    const { message } = whole;
    if (message.command === "PING") return this.#connection.send(`PONG :${message.params.at(-1) ?? ""}`);
    if (message.command === "ERROR") this.lastWords = message.params.at(-1) ?? "";
    if (this.#awaited?.wanted(message)) this.#awaited.take(message);
    this.#onMessage(whole);
  }

  async #until(wanted: (message: Message) => boolean): Promise<Message> {
    const found = new Promise<Message>((take) => this.#awaited = { wanted, take });
    const message = await Promise.race([found, this.#closed.promise]);
    this.#awaited = undefined;
    if (message === undefined) throw new Error(`The connection was closed: ${this.lastWords}`);
    return message;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("No answer in time")), ms);
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
