/**
 * A chat client without a user interface: it connects to a server, stays in its channels, reconnects, and passes events
 * to one handler. The caller passes the function that connects, so the client does not know whether it uses TCP or a
 * WebSocket. A message that cannot be sent yet is queued. A message that was sent but never confirmed is not sent again,
 * because it perhaps arrived: its DeliveryResult is "unsure".
 */

import { cleanUsername, fold } from "../../irc/names.ts";
import type { Connection } from "../../net/connection.ts";
import { CatchUp } from "./catch_up.ts";
import { ClientAccount } from "./client_account.ts";
import { ClientHistory } from "./client_history.ts";
import { ClientMessages } from "./client_messages.ts";
import type { ClientOptions, Ending } from "./client_options.ts";
import { ClientSession } from "./client_session.ts";
import type { MessageToSend } from "./compose.ts";
import { ConnectionLoop } from "./connection_loop.ts";
import { FaultGuard } from "./fault_guard.ts";
import type { ChatEvent, EventBody } from "../state/event.ts";
import { MessageDelivery } from "./message_delivery.ts";
import type { DeliveryResult } from "./unconfirmed_messages.ts";
import { ServerLink } from "./server_link.ts";
import {
  emptyState,
  isChannel,
  isIgnored,
  type State,
  withOpenBuffer,
  withoutBuffer,
} from "../state/state.ts";
import { TypingNotifier } from "./typing_notifier.ts";
import { Uploads } from "./upload.ts";
import { JoinSender, WantedChannels } from "./wanted_channels.ts";

/** One person on one server. */
export class Client {
  readonly server: ServerLink;
  readonly account: ClientAccount;
  readonly history: ClientHistory;
  readonly messages: ClientMessages;
  readonly typing: TypingNotifier;
  readonly uploads: Uploads;
  /** Our messages that are not confirmed, or not sent. */
  readonly outbox: MessageDelivery["outbox"];
  /** Reports the errors of the UI. */
  readonly guard: FaultGuard;
  readonly #options: ClientOptions;
  readonly #wanted: WantedChannels;
  readonly #joins: JoinSender;
  readonly #delivery: MessageDelivery;
  readonly #catchUp: CatchUp;
  /** See CatchUp.fetching. */
  readonly fetching: CatchUp["fetching"] = (buffer) => this.#catchUp.fetching(buffer);
  readonly #loop: ConnectionLoop;
  #nick: string;
  /** After a reconnect, until it was clear whether our nick is free. */
  #wantsNickBack = false;
  /** The name as the person wrote it, also where the server does not allow its letters in a nick. */
  #realname: string;
  #awayReason = "";

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#nick = this.#realname = options.nick;
    this.guard = new FaultGuard(options.onFault);
    const { now = Date.now, elapsed = () => performance.now() } = options;
    const link = this.server = new ServerLink(emptyState(options.nick), now, elapsed);
    this.#loop = new ConnectionLoop({
      link,
      options,
      serve: (connection) => this.#serve(connection),
      onDisconnect: () => {
        this.#options.onConnectionEnd?.();
        this.readMarkers.onDisconnect();
        this.#catchUp.onDisconnect();
      },
      onStatus: (status) => this.#emit(status),
    });
    this.account = new ClientAccount(link, options.account);
    this.history = new ClientHistory(link);
    this.messages = new ClientMessages(
      link,
      (text) => this.#emit({ kind: "refused", code: "", target: "", text }),
    );
    this.typing = new TypingNotifier(link);
    this.uploads = new Uploads(link);
    this.#wanted = new WantedChannels(options.channels ?? []);
    const onLate = (event: EventBody) => this.#onSessionEvent({ ...event, at: this.now });
    this.#joins = new JoinSender({ wanted: this.#wanted, link, onLate, limitMs: options.joinMs });
    this.#delivery = new MessageDelivery({
      link,
      history: this.history,
      wanted: this.#wanted,
      newestId: (buffer) => this.messages.recent.newestId(buffer),
      isLeaving: () => this.#loop.hasQuit,
      onChange: (message, isGone) => this.#emit({ kind: "outgoing", message, isGone }),
    });
    this.outbox = this.#delivery.outbox;
    this.outbox.adopt(options.outgoing ?? []);
    this.#catchUp = new CatchUp({
      history: this.history,
      readMarkers: this.readMarkers,
      backlog: options.backlog ?? 0,
      conversations: options.conversations === true,
      openConversation: (nick) => this.#open(nick),
      state: () => link.state,
      onEvent: (event) => this.messages.follow(event).forEach((one) => this.#report(one)),
      storedReadUpTo: options.storedReadUpTo,
      isOnline: () => link.isOnline,
      now: () => link.now,
    });
  }

  /** The read markers, and the unread messages. */
  get readMarkers(): ClientMessages["readMarkers"] {
    return this.messages.readMarkers;
  }

  get state(): State {
    return this.server.state;
  }

  /** Whether we are registered on the server, so lines can be sent. */
  get isOnline(): boolean {
    return this.server.isOnline;
  }

  /** Milliseconds of a clock that never jumps. */
  get elapsed(): number {
    return this.server.elapsed;
  }

  /** Milliseconds since 1970, by the clock of the server when it shows one. */
  get now(): number {
    return this.server.now;
  }

  /** Connects, and reconnects whenever the connection is lost, until quit(). Call it once. */
  async run(): Promise<Ending> {
    const ending = await this.#loop.run();
    this.#delivery.refuseAll(ending.kind === "refused" ? ending.reason : "Not connected");
    return ending;
  }

  /** See ConnectionLoop.wake. */
  wake(): void {
    this.#loop.wake();
  }

  /**
   * Closes the connection, because the program will not run for a while: an open connection would make others believe
   * that the person is here. wake() connects again, and nothing is lost meanwhile.
   */
  suspend(): void {
    this.#loop.suspend();
  }

  /**
   * Sends a message to a channel or a person. Resolves once the result is known, and never rejects. Throws an
   * ActionError when the target is not a valid name.
   */
  sendMessage(message: MessageToSend): Promise<DeliveryResult> {
    const delivery = this.#delivery.send(message);
    this.typing.onMessageSent(message.target);
    return delivery;
  }

  /** Sends unsent messages again: one of them, or all. */
  retry(key?: string): void {
    const keys = key === undefined ? this.state.outgoing.map((message) => message.key) : [key];
    for (const one of keys) this.#delivery.retry(one);
  }

  /** Asks for another nick, before or after the registration; the server can refuse it. */
  rename(nick: string): void {
    if (!this.state.registered) {
      this.#nick = this.#realname = nick;
      this.server.state = { ...this.state, nick };
      // USER again, as the default username and realname follow the nick.
      const { username = cleanUsername(nick), realname = nick } = this.#options;
      this.server.send(`USER ${username} 0 * :${realname}`);
    }
    this.server.send(`NICK ${nick}`);
  }

  join(channel: string, key = ""): void {
    const knownKey = this.#wanted.ask(channel, key);
    if (this.isOnline) this.#joins.send(channel, knownKey);
  }

  /** Whether this client asked to join it. Otherwise another device of the person did, or the server. */
  hasAskedFor(channel: string): boolean {
    return this.#wanted.isAsked(channel);
  }

  /** Whether the answer to a JOIN of this client is still to come. */
  get isJoining(): boolean {
    return this.#joins.pending.length > 0;
  }

  /** The channels we are in or are joining. */
  get wantedChannels(): readonly string[] {
    return this.#wanted.names;
  }

  /** The channels to join at the next visit, each as ClientOptions.channels takes it. */
  get rememberedChannels(): readonly string[] {
    return this.#wanted.all().filter(({ isKept }) => isKept).map(({ name, key }) =>
      `${name} ${key}`.trimEnd()
    );
  }

  /** Opens a conversation with a person. */
  openConversation(nick: string): void {
    const isKnown = this.state.buffers.has(fold(nick));
    this.#open(nick);
    if (!isKnown) this.readMarkers.ask(nick).catch(() => {});
  }

  #open(nick: string): void {
    this.server.state = withOpenBuffer(this.state, nick);
  }

  /** Removes a buffer; leave a channel first. */
  removeBuffer(name: string): void {
    this.#wanted.remove(name);
    this.readMarkers.unread.forget(name);
    this.server.state = withoutBuffer(this.state, name);
  }

  /** Sets us away, on later connections too; "" sets us back. */
  setAway(reason: string): void {
    this.#awayReason = reason;
    this.server.state = { ...this.state, away: reason === "" ? undefined : reason };
    if (this.isOnline) this.server.send(reason === "" ? "AWAY" : `AWAY :${reason}`);
  }

  /** Sets the people whose messages to ignore: masks of "nick!username@host". */
  setIgnored(masks: ReadonlySet<string>): void {
    this.server.state = { ...this.state, ignored: masks };
    this.readMarkers.unread.ignore((nick) => isIgnored(this.state, `${nick}!*@*`));
  }

  /** Leaves; run() then resolves. */
  quit(reason = ""): void {
    this.readMarkers.flush();
    this.#loop.quit(reason);
  }

  /** Leaves; resolves at the end of run(), or a moment later, so that the server can receive QUIT. */
  async leave(): Promise<void> {
    this.quit();
    await this.#loop.endsSoon();
  }

  /** Resolves at the end of the connection. */
  async #serve(connection: Connection): Promise<void> {
    const {
      username = cleanUsername(this.#nick),
      realname = this.#realname,
      password,
      idleMs = 60_000,
      answerMs,
      registrationMs,
      echoMs,
    } = this.#options;
    const session = new ClientSession({
      connection,
      identity: { nick: this.#nick, username, realname, ...(password !== undefined && { password }) },
      account: this.account.credentials,
      state: { ...this.state, nick: this.#nick },
      onEvent: (event) => this.#onSessionEvent(event),
      chooseNextNick: (refusal) => this.#chooseNextNick(refusal),
      askPassword: async (refused) => {
        const ask = this.#loop.wasReady ? undefined : this.#options.askPassword;
        const password = await this.guard.ask(() => ask?.(refused.name), "");
        return password === "" ? undefined : this.account.credentials = { ...refused, password };
      },
      onStrictTransport: this.#options.onStrictTransport,
      redial: () => this.#loop.redial(),
      isParley: this.#options.isParley === true && !this.#loop.hasRedialled,
      joins: this.#joins,
      onReady: () => this.#onReady(),
      onFault: (error) => this.guard.report(error),
      again: this.#loop.wasReady,
      now: () => this.now,
      elapsed: () => this.server.elapsed,
      onAnswer: () => this.#delivery.flush(),
      passingPage: () => this.#catchUp.passing,
      onServerTime: (at) => this.server.clock.onTime(at),
      idleMs,
      answerMs,
      registrationMs,
      echoMs,
    });
    this.server.session = session;
    const { suspensions } = this.#loop;
    if (this.#loop.hasQuit) session.close();
    const reason = await session.run();
    this.#joins.stop();
    const isLost = !this.#loop.hasQuit && suspensions === this.#loop.suspensions;
    if (session.isReady && isLost) this.#emit({ kind: "status", status: "lost", reason });
  }

  #onReady(): void {
    const again = this.#wantsNickBack = this.#loop.wasReady;
    this.#loop.wasReady = true;
    if (again) this.readMarkers.onReconnect(this.now);
    this.#joins.sendAll();
    if (this.#awayReason !== "") this.setAway(this.#awayReason);
    // Its answer comes after those to JOIN, so the person is called once for all buffers.
    if (this.#hasHistory) this.#catchUp.onReady(again);
    this.#delivery.flush();
    for (const target of new Set(this.state.outgoing.map((message) => message.target))) {
      if (!isChannel(this.state, target) || !this.#wanted.has(target)) void this.outbox.check(target);
    }
  }

  get #hasHistory(): boolean {
    return this.state.caps.has("draft/chathistory") && this.state.caps.has("labeled-response");
  }

  #onSessionEvent(event: ChatEvent): void {
    if (event.kind === "joined" && event.own) {
      this.#wanted.onJoined(event.buffer);
      this.#joins.restart();
      // Before our queued messages are sent, because the answer would contain them.
      if (this.#hasHistory) void this.#catchUp.onJoined(event.buffer, event.at);
      this.#delivery.flush();
      void this.outbox.check(event.buffer);
    }
    if ((event.kind === "parted" || event.kind === "kicked") && event.own) this.#wanted.remove(event.buffer);
    if (event.kind === "refused") this.#onRefused(event.target, event.text);
    if (event.kind === "mode") this.#wanted.onMode(event.buffer, event.changes);
    if (event.kind === "quit" && fold(event.who.nick) === fold(this.#nick) && !event.own) {
      this.rename(this.#nick);
    }
    if (event.kind === "renamed" && event.own) this.#nick = event.to;
    if (event.kind === "members") this.#takeNickBack(event.buffer);
    this.#catchUp.onEvent(event);
  }

  /**
   * Our lost connection can hold our nick when we come back, and end before we are in a channel where we would see that.
   * So we ask for the nick, once, as soon as a list of members shows that nobody has it.
   */
  #takeNickBack(channel: string): void {
    const { nick, buffers } = this.state;
    if (!this.#wantsNickBack || fold(nick) === fold(this.#nick)) return;
    this.#wantsNickBack = false;
    const isVisible = buffers.get(fold(channel))?.members.has(fold(this.#nick));
    if (!isVisible) this.server.sendSilently(`NICK ${this.#nick}`);
  }

  #report(event: ChatEvent): void {
    this.readMarkers.unread.onEvent(event);
    if (event.kind === "renamed") {
      this.outbox.onRenamed(event.who.nick, event.to);
      this.uploads.onRenamed(event.who.nick, event.to);
      this.typing.onRenamed(event.who.nick, event.to);
      this.readMarkers.onRenamed(event.who.nick, event.to);
      this.#catchUp.onRenamed(event.who.nick, event.to);
    }
    // First the handler: it can still look up a message that this event deletes.
    this.guard.run(() => this.#options.onEvent(event));
    this.messages.recent.add(event);
    this.outbox.onSaid(event);
  }

  #onRefused(target: string, text: string): void {
    this.#delivery.onChannelRefused(target, text);
    this.#joins.restart();
    // The person must see a channel that stays wanted, to be able to close it.
    if (this.#wanted.isKept(target) && !this.#wanted.has(target)) this.#open(target);
  }

  /**
   * The nick to try after a refusal: in ASCII letters, if the server does not allow ours; with "_" after a reconnect,
   * because the lost connection can still hold our nick.
   */
  #chooseNextNick(
    { nick, reason, ascii }: { nick: string; reason: string; ascii: string | undefined },
  ): string | undefined {
    if (ascii !== undefined) {
      this.#emit({ kind: "status", status: "nick replaced", nick, to: ascii });
      return this.#nick = ascii;
    }
    if ((this.#options.fallbackNick || this.#loop.wasReady) && nick.length < this.#nick.length + 3) {
      return `${nick}_`;
    }
    this.#emit({ kind: "status", status: "nick refused", nick, reason });
    return undefined;
  }

  #emit(body: EventBody): void {
    this.guard.run(() => this.#options.onEvent({ ...body, at: this.now }));
  }
}
