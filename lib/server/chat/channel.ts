/**
 * A channel: its members and their ranks, its topic and modes, and the broadcast set, which is the flat list of
 * sessions on this machine that get its messages. `Channel` is the read-only view; server/apply changes the
 * `ChannelState` behind it.
 */
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { firstStamp } from "../../irc/stamp.ts";
import type { Deliverable } from "./delivery.ts";
import type { SessionState } from "./session.ts";
import type { User, UserState } from "./user.ts";

/** A user's membership in a channel, to be read. */
export interface Membership {
  /** Rank prefixes, highest first: "@+". */
  readonly prefixes: string;
  /** The stamp of its JOIN. */
  readonly joinedAt: number;
}

/** A user's membership in a channel. With its private field, TypeScript does not take a Membership for one. */
export class MembershipState implements Membership {
  readonly joinedAt: number;
  #prefixes: string;

  constructor(prefixes: string, joinedAt: number) {
    this.#prefixes = prefixes;
    this.joinedAt = joinedAt;
  }

  get prefixes(): string {
    return this.#prefixes;
  }

  set prefixes(prefixes: string) {
    this.#prefixes = prefixes;
  }
}

/** An invitation to a user; joining uses it up. */
export interface Invitation {
  /** Whether the user can join in spite of bans, key, limit and modes: half-operators and above can allow it. */
  readonly exempts: boolean;
  /** The source of the user who invited last, "nick!username@host". */
  readonly by: string;
}

/** A topic and the user that set it. */
export interface Topic {
  readonly text: string;
  /** Source of the user that set it. */
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** One entry of a list mode (ban, exception, invite exception). */
export interface ListEntry {
  /** The result of formatBan(). */
  readonly mask: string;
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** The registration of a channel, to be read: a registered channel stays without members. See registered_channel.ts. */
export interface ChannelRegistration {
  /** The name of an account. */
  readonly founder: string;
  /** Rank prefixes by folded account, without the founder's. */
  readonly ranks: ReadonlyMap<string, string>;
  /** Milliseconds since 1970 when the channel last had a member, to the day. */
  readonly usedMs: number;
}

/** The registration of a channel, for server/apply to change. */
export interface ChannelRegistrationState extends ChannelRegistration {
  readonly ranks: Map<string, string>;
  usedMs: number;
}

/** A channel, to be read. */
export interface Channel {
  readonly name: string;
  readonly folded: Folded;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** The stamp of the JOIN that made it: what is older was said in an earlier channel of this name. */
  readonly madeAt: number;
  readonly members: ReadonlyMap<User, Membership>;
  /** Letters of the modes that are on and have no parameter. */
  readonly flags: ReadonlySet<string>;
  /** Parameters of the modes that are on and have one: "k" → key, "l" → limit. */
  readonly settings: ReadonlyMap<string, string>;
  /** Entries of list modes by letter, oldest first; never empty. */
  readonly lists: ReadonlyMap<string, readonly ListEntry[]>;
  /** The number of changes of the lists. */
  readonly listChanges: number;
  readonly topic: Topic | undefined;
  /** Undefined when the channel ends with its last member. */
  readonly registration: ChannelRegistration | undefined;
  /** A user's rank prefixes here, highest first; "" without rank, undefined when not a member. */
  prefixesOf(user: User): string | undefined;
}

/** The conversation of the messages to a rank of a channel: its name is the target of the messages, "@#tea". */
export function rankConversation(atLeast: string, folded: Folded): string {
  return atLeast + folded;
}

/** A channel of this chat. */
export class ChannelState implements Channel {
  readonly name: string;
  readonly folded: Folded;
  readonly createdAt: number;
  readonly madeAt: number;
  readonly members = new Map<UserState, MembershipState>();
  readonly flags: Set<string>;
  readonly settings = new Map<string, string>();
  topic: Topic | undefined;
  registration: ChannelRegistrationState | undefined;
  readonly #lists = new Map<string, readonly ListEntry[]>();
  #listChanges = 0;
  #sessions: SessionState[] | undefined;

  constructor(
    name: string,
    createdAt: number,
    flags: Iterable<string>,
    madeAt = firstStamp(createdAt * 1000),
  ) {
    this.name = unshared(name);
    this.folded = fold(this.name);
    this.createdAt = createdAt;
    this.madeAt = madeAt;
    this.flags = new Set(flags);
  }

  get lists(): ReadonlyMap<string, readonly ListEntry[]> {
    return this.#lists;
  }

  get listChanges(): number {
    return this.#listChanges;
  }

  /** Adds a member; the caller sends the notices. */
  add(user: UserState, prefixes: string, joinedAt: number): MembershipState {
    const member = new MembershipState(prefixes, joinedAt);
    // The sessions of a new member follow the others; to collect all again for each JOIN of thousands would take seconds.
    if (this.members.has(user)) this.forgetSessions();
    else this.#sessions?.push(...user.sessions);
    this.members.set(user, member);
    user.channels.set(this, member);
    return member;
  }

  /** Removes a member; the caller sends the notices. */
  remove(user: UserState): void {
    this.members.delete(user);
    user.channels.delete(this);
    for (const session of user.sessions) this.dropSession(session);
  }

  /** The sessions on this machine that get its messages; computed again after a change of members or their sessions. */
  get sessions(): readonly SessionState[] {
    this.#sessions ??= [...this.members.keys()].flatMap((user) => user.sessions);
    return this.#sessions;
  }

  /**
   * Call it when a session of a member ended. It makes a new list, because the old one can be in use: a message that is
   * too much for a reader ends its session. To collect all sessions again for each of thousands who leave would take
   * seconds.
   */
  dropSession(session: SessionState): void {
    const at = this.#sessions?.indexOf(session) ?? -1;
    if (at >= 0) this.#sessions = this.#sessions?.toSpliced(at, 1);
  }

  /** Call it when the sessions of a member changed. */
  forgetSessions(): void {
    this.#sessions = undefined;
  }

  /** Adds an entry to a list; false when the list has that mask already, in upper or lower case. */
  addEntry(letter: string, entry: ListEntry): boolean {
    const entries = this.#lists.get(letter) ?? [];
    if (entries.some((one) => fold(one.mask) === fold(entry.mask))) return false;
    this.#lists.set(letter, [...entries, { ...entry, mask: unshared(entry.mask) }]);
    this.#listChanges++;
    return true;
  }

  /** Removes the entry with this mask from a list and returns it; undefined when the list has none. */
  removeEntry(letter: string, mask: string): ListEntry | undefined {
    const entries = this.#lists.get(letter) ?? [];
    const found = entries.find((one) => fold(one.mask) === fold(mask));
    if (found === undefined) return undefined;
    const others = entries.filter((one) => one !== found);
    if (others.length > 0) this.#lists.set(letter, others);
    else this.#lists.delete(letter);
    this.#listChanges++;
    return found;
  }

  /** Sends a message to every session of the channel on this machine. */
  broadcast(outgoing: Deliverable): void {
    for (const session of this.sessions) session.send(outgoing);
  }

  prefixesOf(user: UserState): string | undefined {
    return this.members.get(user)?.prefixes;
  }
}
