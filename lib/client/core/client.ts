/**
 * A chat client without a face: enters a server, stays in its rooms, comes back when the connection is lost, and
 * tells one listener what happens. It is handed a way to connect, so it never knows whether a terminal dialled TCP
 * or a page opened a WebSocket. What is typed while there is no connection is kept and sent on return; what was sent
 * and never confirmed is not sent again, as it may have arrived: its Delivery says "unsure".
 */

import type { Message } from "../../irc/message.ts";
import { format } from "../../irc/message.ts";
import { cleanUsername, fold } from "../../irc/names.ts";
import { backoff } from "../../net/backoff.ts";
import type { Connection } from "../../net/connection.ts";
import { CatchUp } from "./catch_up.ts";
import { ClientActions, isWord } from "./client_actions.ts";
import type { OutgoingMessage } from "./compose.ts";
import type { ChatEvent, EventBody } from "./event.ts";
import { ActionError } from "./action_error.ts";
import type { Account, LoginOutcome } from "./login.ts";
import type { Delivery } from "./outbox.ts";
import { targetsIn, targetsLine } from "./history.ts";
import type { Until } from "./requests.ts";
import { ClientSession } from "./client_session.ts";
import { OfflineQueue } from "./offline_queue.ts";
import type { State } from "./state.ts";
import { disconnected, emptyState, isChannel, opened, withoutBuffer } from "./state.ts";
import { WantedChannels } from "./wanted_channels.ts";

/** How a client behaves. */
export interface ClientOptions {
  /** Called for each try; a rejection is a failed try. The signal says that nobody waits for it any more. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /** Hears of everything that happens, in order. Must not throw. */
  readonly onEvent: (event: ChatEvent) => void;
  readonly nick: string;
  /** @default {from the nick} */
  readonly username?: string;
  /** @default {the nick} */
  readonly realname?: string;
  /** Of the server. */
  readonly password?: string;
  /** To log in to on entering, each time; "login refused" tells when that fails. */
  readonly account?: Account;
  /** Asks the person when the account was refused the first time we enter; "" is to enter without. @default {none} */
  readonly anotherPassword?: (name: string) => Promise<string>;
  /** Messages from before that are shown on entering a room, where the server keeps them. @default {0} */
  readonly backlog?: number;
  /** Rooms to be in. @default {[]} */
  readonly channels?: readonly string[];
  /** Whether a failed try is the last one, as when the server is not the one it was. @default {none but the first} */
  readonly isFinal?: (error: unknown) => boolean;
  /** When the nick is refused, takes it with "_" behind instead of waiting for rename(). @default {false} */
  readonly fallbackNick?: boolean;
  /** Silence of the server after which it is asked whether it is there. @default {60_000} */
  readonly idleMs?: number;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
  /** Milliseconds before try number `attempt`. @default {backoff of lib/net} */
  readonly delay?: (attempt: number) => number;
}

/** How it ended. */
export type Ending =
  | { readonly kind: "left" }
  /** The first try to connect failed, or one after which there is no other. */
  | { readonly kind: "unreachable"; readonly error: unknown }
  /** The server closed the connection before it let us in. */
  | { readonly kind: "refused"; readonly reason: string };

const dayMs = 86_400_000;
/** How long a server may take to say goodbye. */
const quitMs = 1_000;

/** One person on one server. */
export class Client extends ClientActions {
  readonly #options: ClientOptions;
  #nick: string;
  #session: ClientSession | undefined;
  #state: State;
  readonly #rooms: WantedChannels;
  readonly #shelf = new OfflineQueue();
  readonly #leave = new AbortController();
  readonly #past: CatchUp;
  #awayReason = "";
  #wasReady = false;
  #quitTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#nick = options.nick;
    this.account = options.account;
    this.#state = emptyState(options.nick);
    this.#rooms = new WantedChannels(options.channels ?? []);
    this.#past = new CatchUp({
      onEvent: (event) => {
        // What is taken back can still be named while that is told.
        options.onEvent(event);
        this.recent.add(event);
      },
      page: (buffer, from) =>
        from === "latest"
          ? this.page(buffer, { at: from }, options.backlog)
          : this.page(buffer, { at: "after", reference: from }, 1_000),
      conversationsSince: async (since) =>
        targetsIn(await this.request(targetsLine(since, this.now + dayMs), () => "other"))
          .filter((name) => !isChannel(this.state, name)),
      backlog: options.backlog ?? 0,
      now: () => this.now,
    });
  }

  get state(): State {
    return this.#session?.state ?? this.#state;
  }

  /** Whether lines can be sent now. */
  get online(): boolean {
    return this.#session?.ready ?? false;
  }

  /** The time by the clock it was given. */
  get now(): number {
    return (this.#options.now ?? Date.now)();
  }

  get confidential(): boolean {
    return this.#session?.confidential ?? false;
  }

  tryLogin(account: Account): Promise<LoginOutcome> {
    return this.#session?.login(account) ??
      Promise.resolve({ kind: "refused", reason: "there is no connection to the server" });
  }

  /** Connects, and again whenever the connection is lost, until quit(). To be called once. */
  async run(): Promise<Ending> {
    for (let attempt = 0; !this.#leaving; attempt++) {
      this.#tell({ kind: "status", status: "connecting", attempt });
      let reason: string;
      try {
        const connection = await this.#options.connect(this.#leave.signal);
        if (await this.#serve(connection)) attempt = 0;
        reason = this.#session?.farewell || (connection.ended ?? "Connection closed");
      } catch (error) {
        const isFinal = !this.#wasReady || this.#options.isFinal?.(error) === true;
        if (isFinal && !this.#leaving) return this.#ended({ kind: "unreachable", error });
        reason = error instanceof Error ? error.message : String(error);
      }
      this.#state = disconnected(this.state);
      this.#session = undefined;
      if (this.#leaving) break;
      if (!this.#wasReady) return this.#ended({ kind: "refused", reason });
      await this.#pause(attempt, reason);
    }
    return this.#ended({ kind: "left" });
  }

  /** Sends one line as it is; false when there is no connection. */
  send(line: string): boolean {
    this.#session?.send(line);
    return this.#session !== undefined;
  }

  /** Sends a command; throws a Refusal when there is no connection. */
  command(command: string, ...params: string[]): void {
    const clean = params.map((param) => param.replace(/[\r\n\0]+/g, " "));
    const wrong = clean.slice(0, -1).find((param) => !isWord(param));
    if (wrong !== undefined) throw new ActionError(`Cannot use "${wrong}" there`);
    if (!this.send(format({ command, params: clean }))) {
      throw new ActionError("Cannot do that: there is no connection to the server");
    }
  }

  /**
   * Says something to a room or a person; resolves, never rejects, once it is known what became of it. Throws a
   * Refusal when nobody can have that name.
   */
  say(speech: OutgoingMessage): Promise<Delivery> {
    if (!isWord(speech.target)) throw new ActionError(`There is nobody called "${speech.target}"`);
    const session = this.#session;
    this.typist.said(speech.target);
    if (session?.ready && this.#mayGo(speech)) return session.sendMessage(speech);
    if (this.#leaving) return Promise.resolve({ kind: "refused", reason: "Already leaving" });
    const { target, text } = speech;
    if (this.#wasReady) this.#tell({ kind: "status", status: "queued", target, text });
    return this.#shelf.add(speech);
  }

  /** Sends a line and gathers its answer; rejects when there is no connection, or nothing comes. */
  request(line: string, until: Until): Promise<readonly Message[]> {
    return this.#session?.ready
      ? this.#session.request(line, until)
      : Promise.reject(new Error("There is no connection to the server"));
  }

  /** Takes another nick, before and after we are let in; a server may refuse it. */
  rename(nick: string): void {
    if (!this.state.registered) {
      this.#nick = nick;
      this.#change({ ...this.state, nick });
      // The name that somebody else has would stand behind ours otherwise.
      const { username = cleanUsername(nick), realname = nick } = this.#options;
      this.send(`USER ${username} 0 * :${realname}`);
    }
    this.send(`NICK ${nick}`);
  }

  join(room: string, key = ""): void {
    this.#rooms.add(room, key);
    if (this.online) this.send(`JOIN ${room}${key === "" ? "" : ` ${key}`}`);
  }

  /** The rooms we are in or on the way into: each until we leave it, are removed, or are refused. */
  get wantedChannels(): readonly string[] {
    return this.#rooms.all().map(({ name }) => name);
  }

  /** Opens a conversation with a person. */
  open(nick: string): void {
    this.#change(opened(this.state, nick));
  }

  /** Forgets a buffer; a room must have been left. */
  forget(name: string): void {
    this.#rooms.remove(name);
    this.#change(withoutBuffer(this.state, name));
  }

  /** Says that we are away, again after coming back; "" that we are here. */
  away(reason: string): void {
    this.#awayReason = reason;
    this.#change({ ...this.state, away: reason === "" ? undefined : reason });
    if (this.online) this.send(reason === "" ? "AWAY" : `AWAY :${reason}`);
  }

  /** Sets whom not to hear: masks of "nick!username@host". */
  ignore(masks: ReadonlySet<string>): void {
    this.#change({ ...this.state, ignored: masks });
  }

  /** Leaves; run() then resolves. */
  quit(reason = ""): void {
    this.send(reason === "" ? "QUIT" : `QUIT :${reason}`);
    const session = this.#session;
    // The server closes the connection; one that does not is not waited for.
    if (session?.ready) this.#quitTimer = setTimeout(() => session.close(), quitMs);
    else session?.close();
    this.#leave.abort();
  }

  /** The answer is whether we were let in. */
  async #serve(connection: Connection): Promise<boolean> {
    const { username = cleanUsername(this.#nick), realname = this.#nick, password, idleMs = 60_000 } =
      this.#options;
    const session = new ClientSession({
      connection,
      entry: { nick: this.#nick, username, realname, ...(password !== undefined && { password }) },
      account: this.account,
      state: { ...this.#state, nick: this.#nick },
      onEvent: (event) => this.#heard(event),
      anotherNick: (nick, reason) => this.#anotherNick(nick, reason),
      anotherPassword: (account) => this.#anotherPassword(account),
      ready: () => this.#entered(),
      again: this.#wasReady,
      now: () => this.now,
      idleMs,
    });
    this.#session = session;
    if (this.#leaving) session.close();
    const reason = await session.run();
    if (session.ready && !this.#leaving) this.#tell({ kind: "status", status: "lost", reason });
    return session.ready;
  }

  #entered(): void {
    const again = this.#wasReady;
    this.#wasReady = true;
    for (const { name, key } of this.#rooms.all()) this.join(name, key);
    if (this.#awayReason !== "") this.away(this.#awayReason);
    if (this.#keepsHistory()) this.#past.comeBack(again);
    this.#release();
  }

  #keepsHistory(): boolean {
    return this.state.caps.has("draft/chathistory") && this.state.caps.has("labeled-response");
  }

  #heard(event: ChatEvent): void {
    if (event.kind === "joined" && event.own) {
      this.#rooms.joined(event.buffer);
      // Before our own words, which would be in the answer.
      if (this.#keepsHistory()) this.#past.fill(event.buffer);
      this.#release();
    }
    if ((event.kind === "parted" || event.kind === "kicked") && event.own) this.#rooms.remove(event.buffer);
    if (event.kind === "refused") this.#refused(event.target, event.text);
    if (event.kind === "quit" && fold(event.who.nick) === fold(this.#nick) && !event.own) {
      this.rename(this.#nick);
    }
    if (event.kind === "renamed" && event.own) this.#nick = event.to;
    this.#past.take(event);
  }

  /** A room we may not be in: what was kept for it will never go out. */
  #refused(target: string, reason: string): void {
    const key = fold(target);
    if (!this.#rooms.has(target) || this.state.buffers.get(key)?.joined) return;
    this.#rooms.remove(target);
    this.#shelf.refuse(reason, key);
  }

  /** Only until our rooms are joined do words to them wait. */
  #mayGo({ target }: OutgoingMessage): boolean {
    const wanted = isChannel(this.state, target) && this.#rooms.has(target);
    return !wanted || this.state.buffers.get(fold(target))?.joined === true;
  }

  #release(): void {
    const session = this.#session;
    if (session !== undefined) {
      this.#shelf.flush((speech) => this.#mayGo(speech), (speech) => session.sendMessage(speech));
    }
  }

  /** On coming back the name may still be held by the connection that was lost. */
  #anotherNick(nick: string, reason: string): string | undefined {
    if ((this.#options.fallbackNick || this.#wasReady) && nick.length < this.#nick.length + 3) {
      return `${nick}_`;
    }
    this.#tell({ kind: "status", status: "nick refused", nick, reason });
    return undefined;
  }

  async #anotherPassword(refused: Account): Promise<Account | undefined> {
    const password = this.#wasReady ? "" : await this.#options.anotherPassword?.(refused.name) ?? "";
    if (password === "") return undefined;
    return this.account = { ...refused, password };
  }

  async #pause(attempt: number, reason: string): Promise<void> {
    const retryMs = (this.#options.delay ?? backoff)(attempt);
    this.#tell({ kind: "status", status: "waiting", reason, retryMs });
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, retryMs);
    this.#leave.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }

  get #leaving(): boolean {
    return this.#leave.signal.aborted;
  }

  #ended(ending: Ending): Ending {
    clearTimeout(this.#quitTimer);
    const reason = ending.kind === "refused" ? ending.reason : "Not connected";
    this.#shelf.refuse(reason);
    return ending;
  }

  #change(state: State): void {
    if (this.#session === undefined) this.#state = state;
    else this.#session.state = state;
  }

  #tell(happening: EventBody): void {
    this.#options.onEvent({ ...happening, at: this.now });
  }
}
