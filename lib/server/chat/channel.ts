/**
 * A channel: its members and their ranks, its topic and modes, and the broadcast set, which is the flat list of
 * sessions on this machine that hear what is said in it.
 */
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Session } from "./session.ts";
import type { OutgoingMessage } from "../render/outgoing.ts";
import type { User } from "./user.ts";

/** A user's place in a channel. */
export interface Member {
  /** Rank prefixes, highest first: "@+". */
  prefixes: string;
  /** What the channel's bans last said of it; see permission.ts. */
  verdict?: Verdict;
}

/** Whether bans silence a member; true as long as the lists, its source and its account are the same. */
export interface Verdict {
  readonly listChanges: number;
  readonly source: string;
  readonly account: string | undefined;
  readonly silenced: boolean;
}

/** What a user was invited with; it is used up by joining. */
export interface Invitation {
  /** Whether it lets the user past bans, key, limit and modes: those of half-operators and above do. */
  readonly exempts: boolean;
}

/** A topic and who set it. */
export interface Topic {
  readonly text: string;
  /** Source of who set it. */
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** One entry of a list mode (ban, exception, invite exception). */
export interface ListEntry {
  /** As formatBan writes it. */
  readonly mask: string;
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** What a channel has that stays when the last one leaves; see registered_channel.ts. */
export interface Registration {
  /** The name of an account. */
  readonly founder: string;
  /** Rank prefixes by folded account, without the founder's. */
  readonly ranks: Map<string, string>;
  /** Milliseconds since 1970 when somebody was last in it, to the day. */
  usedMs: number;
}

/** A place where several users talk. */
export class Channel {
  readonly name: string;
  readonly folded: Folded;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly members = new Map<User, Member>();
  /** Letters of the modes that are on and have no parameter. */
  readonly flags: Set<string>;
  /** Parameters of the modes that are on and have one: "k" → key, "l" → limit. */
  readonly settings = new Map<string, string>();
  /** Entries of list modes by letter, oldest first; changed by addEntry and removeEntry, never empty. */
  readonly lists = new Map<string, ListEntry[]>();
  topic: Topic | undefined;
  /** Undefined when the channel ends with the last one who leaves. */
  registration: Registration | undefined;
  #listChanges = 0;
  #sessions: Session[] | undefined;

  constructor(name: string, createdAt: number, flags: Iterable<string>) {
    this.name = unshared(name);
    this.folded = fold(this.name);
    this.createdAt = createdAt;
    this.flags = new Set(flags);
  }

  /** Puts a user in; the caller tells people. */
  add(user: User, prefixes: string): Member {
    const member = { prefixes };
    this.members.set(user, member);
    user.channels.set(this, member);
    this.forgetSessions();
    return member;
  }

  /** Takes a user out; the caller tells people. */
  remove(user: User): void {
    this.members.delete(user);
    user.channels.delete(this);
    this.forgetSessions();
  }

  /** The sessions of this machine that hear this channel. Kept until membership or a member's sessions change. */
  get sessions(): readonly Session[] {
    this.#sessions ??= [...this.members.keys()].flatMap((user) => user.sessions);
    return this.#sessions;
  }

  /** To be called when a member's sessions changed. */
  forgetSessions(): void {
    this.#sessions = undefined;
  }

  /** Puts an entry in a list; false when the list has that mask already, in whatever case. */
  addEntry(letter: string, entry: ListEntry): boolean {
    const entries = this.lists.get(letter) ?? [];
    if (entries.some((one) => fold(one.mask) === fold(entry.mask))) return false;
    this.lists.set(letter, [...entries, { ...entry, mask: unshared(entry.mask) }]);
    this.#listChanges++;
    return true;
  }

  /** Takes the entry with this mask out of a list and gives it back; undefined when there is none. */
  removeEntry(letter: string, mask: string): ListEntry | undefined {
    const entries = this.lists.get(letter) ?? [];
    const found = entries.find((one) => fold(one.mask) === fold(mask));
    if (found === undefined) return undefined;
    const kept = entries.filter((one) => one !== found);
    if (kept.length > 0) this.lists.set(letter, kept);
    else this.lists.delete(letter);
    this.#listChanges++;
    return found;
  }

  /** How often lists have changed. */
  get listChanges(): number {
    return this.#listChanges;
  }

  /** Tells every session of the channel on this machine. */
  broadcast(told: OutgoingMessage): void {
    for (const session of this.sessions) session.tell(told);
  }

  /** A user's rank prefixes here, highest first; "" without rank, undefined when not a member. */
  prefixesOf(user: User): string | undefined {
    return this.members.get(user)?.prefixes;
  }
}
