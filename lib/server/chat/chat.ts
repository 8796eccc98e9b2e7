/**
 * The chat on one machine: users, channels, sessions, bans, and their common parts. `Chat` is the read-only view
 * for commands, rendering and the web. server/apply changes the `ChatState` behind it; besides server/apply, only the
 * hub, which creates sessions, and the snapshots of server/cluster have access to it.
 */
import { Clock } from "../../irc/clock.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { firstStamp } from "../../irc/stamp.ts";
import type { Store } from "../store/store.ts";
import { NameMap } from "../names/look_alikes.ts";
import { Accounts } from "./accounts.ts";
import type { Channel, ChannelState } from "./channel.ts";
import type { ChatOptions, ReloadableFiles } from "./chat_options.ts";
import { ListSpace } from "./list_space.ts";
import { MessageLinks } from "./message_links.ts";
import { Monitors } from "./monitor.ts";
import type { ReadableStore } from "./readable_store.ts";
import { type ServerBans, ServerBansState } from "./server_ban.ts";
import type { Session, SessionState } from "./session.ts";
import { Buckets } from "./throttle.ts";
import { UploadLimits } from "./upload_limits.ts";
import { UploadTokens } from "./upload_token.ts";
import { type User, type Users, UsersState, type UserState } from "./users.ts";
import { type Whowas, WhowasState } from "./whowas.ts";

/** The chat, to be read. */
export interface Chat extends Required<Pick<ChatOptions, "settings" | "log" | "logEntry">> {
  readonly store: ReadableStore | undefined;
  readonly accounts: Accounts;
  /** The message of the day, the password, the operators. */
  readonly files: ReloadableFiles;
  readonly version: string;
  /** Undefined where there is no TLS. */
  readonly tlsPort: number | undefined;
  /** The URL of the page, with a slash at its end; undefined where there is no web side. */
  readonly webUrl: string | undefined;
  /** Undefined where no files can be shared. */
  readonly uploadUrl: string | undefined;
  readonly tokens: UploadTokens;
  readonly uploads: UploadLimits;
  readonly links: MessageLinks;
  /** Undefined with `--no-hide-addresses`. */
  readonly cloakKey: Uint8Array | undefined;
  readonly serverBans: ServerBans;
  /** Password guesses by OPER and OWNER, by address. */
  readonly operatorGuesses: Buckets;
  /** Guesses of the server's own password by PASS, by address. */
  readonly serverPasswordGuesses: Buckets;
  /** Invitations, by the person that invites, and by that person and the invited one. */
  readonly invitations: { readonly bySender: Buckets; readonly byPair: Buckets };
  /** Changes of the nick by people who cannot speak in a moderated channel, by user. */
  readonly silentRenames: Buckets;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  /** The sessions of this machine. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** How many of them have no user yet. */
  readonly unregistered: number;
  readonly users: Users;
  readonly nicks: ReadonlyMap<Folded, User>;
  readonly channels: ReadonlyMap<Folded, Channel>;
  /** The number of entries in the lists of unregistered channels, by host. */
  readonly listSpace: ListSpace;
  /** The prefix of the ids that this machine creates; "" if there is only one machine. */
  readonly machine: string;
  /** The stamps at which the machines joined, by machine; empty if there is only one machine. */
  readonly machines: ReadonlyMap<string, number>;
  /** The machines that another one cannot hear, and the stamps at which it said so. */
  readonly suspects: ReadonlyMap<string, number>;
  /** MONITOR lists; each belongs to a session, so commands change them. */
  readonly monitors: Monitors;
  readonly whowas: Whowas;
  /** The highest number of users at one time. */
  readonly mostUsers: number;
  /** For deadlines, and for the age of what is deleted. */
  readonly clock: Clock;
  /** Milliseconds since 1970, for all that people see: see Clock.settledNow(). */
  now(): number;
  /** The stamp of a message that is no event: not before the events that are applied already. */
  stampNow(): number;
  /** The user with this nick, if there is one. */
  find(nick: string): User | undefined;
  /** The users with another nick that looks like this one; see server/names/look_alikes.ts. */
  findAlike(nick: string): User[];
  /** The users of an account: one, unless a device was offline while the nick changed. */
  usersOf(account: string): User[];
  /** The channel of this name, if it exists. */
  channel(name: string): Channel | undefined;
  /** The channels with another name that looks like this one. */
  channelsAlike(name: string): Channel[];
  /** An id for a user, a session or a batch; no id is created twice in one chat. */
  newReference(): string;
}

const guessRate = { burst: 5, perSecond: 1 / 30 };

/** The chat, to be changed. */
export class ChatState implements Chat {
  readonly settings: Chat["settings"];
  readonly store: Store | undefined;
  readonly accounts: Accounts;
  files: ReloadableFiles;
  readonly version: string;
  readonly tokens: UploadTokens;
  readonly uploads: UploadLimits;
  readonly links: MessageLinks;
  readonly cloakKey: Uint8Array | undefined;
  readonly serverBans: ServerBansState;
  readonly operatorGuesses = new Buckets(guessRate);
  readonly serverPasswordGuesses = new Buckets(guessRate);
  readonly invitations: { readonly bySender: Buckets; readonly byPair: Buckets };
  readonly silentRenames = new Buckets({ burst: 2, perSecond: 1 / 60 });
  readonly sessions = new Map<string, SessionState>();
  unregistered = 0;
  readonly users = new UsersState();
  readonly nicks = new NameMap<UserState>((user) => user.nick, (user) => user.isOperator);
  readonly channels = new NameMap<ChannelState>(
    (channel) => channel.name,
    (channel) => channel.registration !== undefined,
  );
  readonly listSpace = new ListSpace(this);
  readonly machine: string;
  readonly machines = new Map<string, number>();
  readonly suspects = new Map<string, number>();
  readonly monitors = new Monitors();
  readonly whowas: WhowasState;
  mostUsers = 0;
  /** The session of this machine whose event is being applied. */
  applyingFor: SessionState | undefined;
  /** The stamp of the last event. */
  lastStamp: number;
  readonly clock: Clock;
  /** The milliseconds that now() adds to the clock of this machine: negative while it is ahead of the clock of the bus. */
  correctionMs = 0;
  readonly now: () => number;
  /** Whether an account makes its users operators. */
  readonly hasRole: (account: string | undefined) => boolean = (account) =>
    this.accounts.roleOf(account) !== "";
  readonly log: Chat["log"];
  readonly logEntry: Chat["logEntry"];
  readonly #tlsPort: () => number | undefined;
  readonly #webUrl: () => string | undefined;
  readonly #uploadUrl: () => string | undefined;
  #references = 0;

  constructor(options: ChatOptions) {
    const { settings, store, tlsPort = none, webUrl = none, uploadUrl = none } = options;
    this.settings = settings;
    this.store = store;
    this.files = options;
    this.version = options.version ?? "parley";
    this.machine = options.machine ?? "";
    this.clock = options.clock ?? new Clock(options);
    this.now = () => this.clock.settledNow() + this.correctionMs;
    this.lastStamp = store?.history.newestStamp ?? 0;
    this.log = options.log ?? (() => {});
    this.logEntry = options.logEntry ?? (() => {});
    this.#tlsPort = tlsPort;
    this.#webUrl = webUrl;
    this.#uploadUrl = uploadUrl;
    this.serverBans = new ServerBansState(store?.savedValues);
    this.whowas = new WhowasState(settings.whowas);
    this.accounts = new Accounts(store, settings, this.clock.monotonic, this.logEntry, options.sleep);
    const { inviteLimit } = settings;
    const toOne = Math.ceil(inviteLimit / 2);
    this.invitations = {
      bySender: new Buckets({ burst: inviteLimit, perSecond: inviteLimit / 60 }),
      byPair: new Buckets({ burst: toOne, perSecond: toOne / 60 }),
    };
    const cloakKey = options.cloakKey ?? secret(store, "cloaks");
    this.cloakKey = settings.hideAddresses ? cloakKey : undefined;
    const signingSecret = secret(store, "tokens");
    this.tokens = new UploadTokens(this, signingSecret);
    this.uploads = new UploadLimits(this, signingSecret);
    this.links = new MessageLinks(this, signingSecret);
  }

  get tlsPort(): number | undefined {
    return this.#tlsPort();
  }

  get webUrl(): string | undefined {
    return this.#webUrl();
  }

  get uploadUrl(): string | undefined {
    return this.#uploadUrl();
  }

  get startedMs(): number {
    return this.clock.startedMs;
  }

  find(nick: string): UserState | undefined {
    return this.nicks.get(fold(nick));
  }

  findAlike(nick: string): UserState[] {
    return this.nicks.lookAlikes(nick);
  }

  usersOf(account: string): UserState[] {
    const found: UserState[] = [];
    for (const user of this.users.values()) if (user.account === account) found.push(user);
    return found;
  }

  channel(name: string): ChannelState | undefined {
    return this.channels.get(fold(name));
  }

  channelsAlike(name: string): ChannelState[] {
    return this.channels.lookAlikes(name);
  }

  stampNow(): number {
    return Math.max(this.lastStamp, firstStamp(this.now()));
  }

  newReference(): string {
    return `${this.machine}${(++this.#references).toString(36)}`;
  }
}

const none = () => undefined;

/** The chat's secret of this name; without a store a random one. */
function secret(store: Store | undefined, name: string): Uint8Array {
  return store?.savedValues.secret(name) ?? crypto.getRandomValues(new Uint8Array(32));
}
