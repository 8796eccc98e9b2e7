/**
 * The hub: everybody present, every channel, and the one loop that listens to each connection. Commands decide, the
 * bus orders, apply changes; the hub holds the tables they share and knows no socket, no SQL and no clock of its own.
 */
import type { Bus, BusFigures } from "./bus.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Verifier } from "../../irc/scram.ts";
import type { ServerConnection } from "../../net/connection.ts";
import { Accounts } from "../chat/accounts.ts";
import { Admission } from "./admission.ts";
import { applyEvent } from "../apply/apply.ts";
import { announcing } from "../render/cap_new.ts";
import type { Channel } from "../chat/channel.ts";
import { type Command, type CommandTable, dispatch } from "./command.ts";
import type { Event, UserId } from "../apply/event.ts";
import type { FileContents, SharedFileContents } from "../chat/file_contents.ts";
import { FloodControl } from "./flood.ts";
import { expiredChannels, restoreChannels } from "../chat/registered_channel.ts";
import { type Encode, RecipientProfiles } from "../render/recipient_profile.ts";
import { Monitors } from "../chat/monitor.ts";
import { type Details, OutgoingLine, type OutgoingMessage } from "../render/outgoing.ts";
import { isRefusal } from "../chat/refusal.ts";
import { ServerBans } from "../chat/server_ban.ts";
import { Session } from "../chat/session.ts";
import type { Settings } from "../settings/settings.ts";
import type { Store } from "../store/store.ts";
import { Buckets } from "../chat/throttle.ts";
import { UploadTokens } from "../chat/upload_token.ts";
import type { User } from "../chat/user.ts";
import { Whowas } from "../chat/whowas.ts";

/** What can be read again while the server runs (REHASH). */
export interface ReloadableFiles {
  /** Lines of the message of the day. @default {none} */
  readonly motd?: readonly string[];
  /** What PASS must give. @default {nothing} */
  readonly password?: string | undefined;
  /** Whom OPER lets in: verifiers by name. @default {nobody} */
  readonly operators?: ReadonlyMap<string, Verifier>;
}

/** What a hub is given. */
export interface HubOptions extends ReloadableFiles {
  readonly settings: Settings;
  readonly commands: CommandTable;
  readonly bus: Bus<Event>;
  readonly encode: Encode;
  /** What outlives the process. @default {nothing is kept} */
  readonly store?: Store;
  /** Reads the files again. Throws an Error with a sentence for people. @default {nothing is read again} */
  readonly reread?: () => ReloadableFiles;
  /** Hides addresses (server/chat/cloak.ts): the same key, the same cloaks. @default {the store's key, or a random one} */
  readonly cloakKey?: Uint8Array;
  /** "parley-1.2.3", for VERSION. @default {"parley"} */
  readonly version?: string;
  /** Resolves after so many milliseconds. @default {setTimeout} */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
  /** Where the log goes. @default {nowhere} */
  readonly log?: (level: "info" | "error", text: string) => void;
  /** Starts the names of users and sessions, so that no two machines make the same. @default {""} */
  readonly machine?: string;
}

const guessRate = { burst: 5, perSecond: 1 / 30 };

/** The chat, as one machine sees it. */
export class Hub {
  readonly settings: Settings;
  readonly commands: ReadonlyMap<string, Command>;
  readonly profiles: RecipientProfiles;
  readonly store: Store | undefined;
  readonly accounts: Accounts;
  readonly now: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
  /** The message of the day, the password, the operators. */
  files: ReloadableFiles;
  readonly version: string;
  /** Where TLS is spoken; undefined where it is not. Clients that ask for it are sent there (STS). */
  tlsPort: number | undefined;
  /** Where files are sent to be shared; undefined where they cannot be. */
  uploadUrl: string | undefined;
  /** The content of files that are shared on this machine. */
  content: FileContents | undefined;
  /** Where other machines have it from; undefined where there are none. */
  sharedContent: SharedFileContents | undefined;
  readonly tokens: UploadTokens;
  /** What `--no-hide-addresses` leaves undefined. */
  readonly cloakKey: Uint8Array | undefined;
  readonly serverBans: ServerBans;
  /** Password guesses by OPER, by address. */
  readonly guesses = new Buckets(guessRate);
  /** Guesses of the server's own password by PASS, by address. */
  readonly doorGuesses = new Buckets(guessRate);
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly sessions = new Map<string, Session>();
  readonly users = new Map<UserId, User>();
  readonly nicks = new Map<Folded, User>();
  readonly channels = new Map<Folded, Channel>();
  /** Starts the names of what is made here; "" where there is one machine alone. */
  readonly machine: string;
  /** The machines that take people in, by the stamp of their coming; empty where there is one alone. */
  readonly machines = new Map<string, number>();
  /** Who waits for which nick to come and go. */
  readonly monitors = new Monitors(this);
  /** Who had which nick before. */
  readonly whowas: Whowas;
  /** The most users there were at once. */
  mostUsers = 0;
  /** How many events were applied. */
  applied = 0;
  /** Whose event is being applied, when it is a session of this machine. */
  applyingFor: Session | undefined;
  readonly #bus: Bus<Event>;
  readonly #admission: Admission;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #reread: () => ReloadableFiles;
  #made = 0;
  #nextExpiryMs = 0;

  constructor(options: HubOptions) {
    this.settings = options.settings;
    this.commands = new Map(Object.entries(options.commands));
    this.profiles = new RecipientProfiles(options.encode);
    this.store = options.store;
    this.now = options.now ?? Date.now;
    this.log = options.log ?? (() => {});
    this.version = options.version ?? "parley";
    this.files = options;
    this.#reread = options.reread ?? (() => this.files);
    this.#sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.serverBans = new ServerBans(options.store?.savedValues);
    this.#admission = new Admission(this.serverBans, this.settings.perAddress);
    const cloakKey = options.cloakKey ?? options.store?.savedValues.secret("cloak") ??
      crypto.getRandomValues(new Uint8Array(32));
    this.cloakKey = this.settings.hideAddresses ? cloakKey : undefined;
    const tokenSecret = options.store?.savedValues.secret("tokens") ??
      crypto.getRandomValues(new Uint8Array(32));
    this.tokens = new UploadTokens(this, tokenSecret);
    this.#bus = options.bus;
    this.machine = options.machine ?? "";
    this.whowas = new Whowas(this.settings.whowas);
    this.startedMs = this.now();
    this.accounts = new Accounts(this.store, this.settings, this.now);
    restoreChannels(this);
    this.#bus.subscribe((event, stamp, by) => this.#apply(event, stamp, by));
  }

  /** Reads the files again. Throws an Error with a sentence for people; then all stays as it was. */
  rehash(): void {
    announcing(this, () => this.files = this.#reread());
  }

  /** Gives an event its place in the order. See Bus.commit; a promise resolves once the event is applied here. */
  commit(event: Event, session?: Session): void | Promise<void> {
    const pending = this.#bus.commit(event, session?.id ?? "");
    if (pending !== undefined && session !== undefined) this.#waitFor(pending, session);
    return pending;
  }

  /** Its lines are not read until its event has a place, so it is not taken for silent. */
  #waitFor(pending: Promise<void>, session: Session): void {
    const done = () => {
      session.awaitsOrder = false;
      session.lastHeardMs = this.now();
    };
    session.awaitsOrder = true;
    pending.then(done, done);
  }

  /** How the bus does, where there is more than one machine. */
  get busFigures(): BusFigures | undefined {
    return this.#bus.figures;
  }

  /** A user of this nick, if one is present. */
  find(nick: string): User | undefined {
    return this.nicks.get(fold(nick));
  }

  /** A channel of this name, if it exists. */
  channel(name: string): Channel | undefined {
    return this.channels.get(fold(name));
  }

  /** A name for a user, a session or a batch, never made twice by one chat. */
  newReference(): string {
    return `${this.machine}${(++this.#made).toString(36)}`;
  }

  /** A message from the server itself. */
  fromServer(command: string, params: readonly string[], details?: Details): OutgoingLine {
    const stamp = details?.stamp ?? this.now() * 1024;
    return new OutgoingLine(this.settings.name, command, params, { ...details, stamp });
  }

  /** Listens to a connection until it is over. Resolves then; never rejects. */
  async attach(connection: ServerConnection): Promise<void> {
    const refusal = this.#admission.enter(connection.address, this.now());
    if (refusal !== undefined) {
      connection.send(`ERROR :Closing link: ${refusal}`);
      return connection.close();
    }
    const session = new Session(this.newReference(), this, connection, this.now());
    if (session.registration) session.registration.dueMs = this.now() + this.settings.registrationTime;
    this.sessions.set(session.id, session);
    try {
      await this.#listen(session);
    } catch (error) {
      this.log("error", `Bug in session ${session.id}, which ended: ${words(error)}`);
    } finally {
      this.#admission.leave(connection.address);
      connection.close();
      this.detach(session, connection.ended ?? "Connection closed");
    }
  }

  async #listen(session: Session): Promise<void> {
    const { connection } = session;
    const { flood } = this.settings;
    const control = flood > 0 ? new FloodControl(flood, this.now()) : undefined;
    for await (const lines of connection.lines()) {
      let now = session.lastHeardMs = this.now();
      session.pinged = false;
      for (const line of lines) {
        const waitMs = control === undefined ? 0 : control.waitMs(session, line, now);
        if (waitMs > 0) {
          await this.#sleep(waitMs);
          // Who waits for us is not silent.
          now = session.lastHeardMs = this.now();
          if (session.over || connection.ended !== undefined) return;
        }
        const pending = dispatch(this, session, line);
        if (pending !== undefined) await pending;
        if (session.over) return;
      }
    }
  }

  /** Takes a session out; the last one of a user makes it quit for `reason`. A second call does nothing. */
  detach(session: Session, reason: string): void {
    if (!this.sessions.delete(session.id)) return;
    this.monitors.clear(session);
    const { user } = session;
    if (user === undefined) return;
    const lingerMs = session.saidGoodbye || user.account === undefined ? 0 : this.settings.linger;
    const pending = this.commit(
      { kind: "detached", user: user.id, session: session.id, reason, ...(lingerMs > 0 && { lingerMs }) },
      session,
    );
    pending?.catch((error) => this.log("error", `Cannot tell that "${user.nick}" left: ${words(error)}`));
  }

  /** Closes the silent and the unfinished; to be called every few seconds. */
  sweep(): void {
    const now = this.now();
    const { pingAfter } = this.settings;
    this.guesses.sweep(now);
    this.doorGuesses.sweep(now);
    this.accounts.sweep(now);
    this.profiles.forgetUnused(this.#readers());
    this.#expire(now);
    this.#giveUp(now);
    // Whether a ban holds is asked with an event's own time, and clocks differ: it is forgotten well after its end.
    this.serverBans.sweep(now - 3_600_000);
    for (const session of this.sessions.values()) {
      // It is we who are silent.
      if (session.awaitsOrder) continue;
      const silentMs = now - session.lastHeardMs;
      if (session.registration !== undefined && now >= session.registration.dueMs) {
        session.close("Registration timed out");
      } else if (silentMs >= pingAfter * 1.5 && session.pinged) {
        session.close(`Ping timeout: ${Math.floor(silentMs / 1000)} seconds`);
      } else if (silentMs >= pingAfter && !session.pinged) {
        session.pinged = true;
        session.write([`PING :${this.settings.name}`]);
      }
    }
  }

  /** All sessions that may be told something: until its end is applied, one that is over still is. */
  *#readers(): Generator<Session> {
    yield* this.sessions.values();
    for (const { sessions } of this.users.values()) yield* sessions;
  }

  /** Takes out who did not come back. */
  #giveUp(nowMs: number): void {
    for (const { id, nick, lingering } of [...this.users.values()]) {
      if (lingering === undefined || nowMs < lingering.untilMs) continue;
      this.commit({ kind: "given up", user: id })?.catch((error) => {
        this.log("error", `Cannot tell that "${nick}" left: ${words(error)}`);
      });
    }
  }

  /** Ends the keeping of channels that nobody has used for long; asked once an hour. */
  #expire(nowMs: number): void {
    if (nowMs < this.#nextExpiryMs) return;
    this.#nextExpiryMs = nowMs + 3_600_000;
    for (const { name } of expiredChannels(this, nowMs)) {
      this.commit({ kind: "channel released", channel: name })?.catch((error) => {
        this.log("error", `Cannot end the keeping of ${name}: ${words(error)}`);
      });
    }
  }

  /**
   * Tells everyone who shares a channel with the user, each session once, and the user's own sessions unless `self`
   * is false; with `monitors` also those who follow its changes by MONITOR.
   */
  tellPeers(user: User, told: OutgoingMessage, options: { self?: boolean; monitors?: boolean } = {}): void {
    const done = new Set<Session>();
    if (options.self === false) { for (const session of user.sessions) done.add(session); }
    for (const channel of user.channels.keys()) tellOnce(channel.sessions, told, done);
    tellOnce(user.sessions, told, done);
    if (options.monitors) this.monitors.tellChange(user, told, done);
  }

  /** Says goodbye to everyone; what is queued is still sent. */
  close(reason: string): void {
    // All connections end first: nobody is told of the others who go.
    const leaving = [...this.sessions.values()].filter((session) => session.hangUp(reason));
    for (const session of leaving) this.detach(session, reason);
  }

  #apply(event: Event, stamp: number, by: string): void {
    const origin = by === "" ? undefined : this.sessions.get(by);
    const outer = this.applyingFor;
    this.applied++;
    this.applyingFor = origin;
    try {
      const refusal = applyEvent(this, event, stamp);
      // A NOTICE is never answered by an error, so that two programs cannot keep answering each other.
      const isAnswered = event.kind !== "message" || event.command !== "NOTICE";
      if (refusal !== undefined && isAnswered) origin?.refuse(refusal);
    } finally {
      this.applyingFor = outer;
    }
  }
}

/** What went wrong, for the log; a bus that is out of reach refuses as a handler does. */
function words(error: unknown): string {
  if (isRefusal(error)) return error.params.at(-1) ?? "refused";
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function tellOnce(sessions: readonly Session[], told: OutgoingMessage, done: Set<Session>): void {
  for (const session of sessions) {
    if (done.has(session)) continue;
    done.add(session);
    session.tell(told);
  }
}
