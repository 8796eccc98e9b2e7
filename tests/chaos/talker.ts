/**
 * A person who talks during faults, over TCP, TLS or a WebSocket: it connects again when its connection is lost, as the
 * clients do, reads the history that it missed, and notes how each of its commands ended.
 */
import type { Message } from "../../lib/irc/message.ts";
import { parseSource } from "../../lib/irc/names.ts";
import { pause, withDeadline } from "../support/deadline.ts";
import { refusalIn, type Whole } from "./answers.ts";
import type { Machine } from "./faulty_cluster.ts";
import type { Chance } from "./chance.ts";
import { type Action, endEntry, type Entry, type Ledger } from "./ledger.ts";
import { connectTo, password, Session, type Transport } from "./session.ts";

const registerMs = 30_000;
const againMs: readonly [number, number] = [200, 1_500];
/** Before a refused JOIN or request is sent again. */
const refusedMs = 500;
const page = 500;

/** A person, and the place and the way of the connection. */
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
          const { isExcused, name, server } = machine;
          ledger.note(`${this.nick} was closed: ${session.lastWords}`);
          const isTold = session.isTold || server === undefined;
          ledger.closed.push({ nick: this.nick, machine: name, words: session.lastWords, isExcused, isTold });
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

  /** Does a action, and notes its end. Does nothing while it is not connected. */
  async act(action: Action, target: string, what: string, ...lines: string[]): Promise<Entry | undefined> {
    if (!this.#isReady) return undefined;
    const entry = this.options.ledger.add(action, this.nick, target, what);
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
    this.nick = await withDeadline(
      session.register(nick, this.#hasLoggedInOnce ? nick : undefined),
      registerMs,
      () => "No registration in time",
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
