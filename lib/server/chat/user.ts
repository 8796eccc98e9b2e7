/**
 * A user: one person with one nick, on one or several connections at once. All machines share the state of a user; the
 * state of one connection belongs to its session (session.ts). `User` is the read-only view; server/apply changes
 * the `UserState` behind it.
 */
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Channel, ChannelState, Invitation, Membership, MembershipState } from "./channel.ts";
import type { Deliverable } from "./delivery.ts";
import type { Session, SessionState } from "./session.ts";

/** Identifies a user while it is online; no id is used twice. */
export type UserId = string;

/** The state of a user at its arrival. */
export interface UserRecord {
  readonly id: UserId;
  readonly nick: string;
  readonly username: string;
  readonly realname: string;
  /** The host that others see, after "@". */
  readonly host: string;
  /** The address it connected from; only operators see it. */
  readonly address: string;
  readonly secure: boolean;
  readonly account?: string;
  /** User mode letters it starts with. */
  readonly modes: string;
  /** The text of an AWAY before the arrival; "*" means that nobody is at this session. */
  readonly away?: string;
}

/** A user without a session stays online until this time, because it can come back. */
export interface Lingering {
  /** Milliseconds since 1970. */
  readonly untilMs: number;
  /** The reason why its last session ended. */
  readonly reason: string;
}

/** A user, to be read. */
export interface User {
  readonly id: UserId;
  readonly nick: string;
  readonly folded: Folded;
  /** "nick!username@host": the source of its messages. */
  readonly source: string;
  readonly username: string;
  readonly host: string;
  readonly address: string;
  readonly secure: boolean;
  readonly realname: string;
  readonly account: string | undefined;
  /** User mode letters that are on. */
  readonly modes: ReadonlySet<string>;
  /** Stamp of its arrival. */
  readonly arrivedAt: number;
  /** Stamp of the moment when it took its nick. */
  readonly nickSince: number;
  /** Milliseconds since 1970 when it last said something; for idle times. */
  readonly lastSpokeMs: number;
  /** The sessions it has, on all machines. */
  readonly sessionIds: ReadonlySet<string>;
  /** Its sessions on this machine. */
  readonly sessions: readonly Session[];
  readonly channels: ReadonlyMap<Channel, Membership>;
  /** Invitations it has not used; see server/apply/channel.ts. */
  readonly invitations: ReadonlyMap<Channel, Invitation>;
  /** The reason why it is away, "*" if nobody is at any of its sessions; undefined if it is not away. */
  readonly away: string | undefined;
  /** Undefined while it has a session. */
  readonly lingering: Lingering | undefined;
  /** Users that can message it although it is +R: users that it accepted (ACCEPT) or wrote to. The oldest is first. */
  readonly accepted: ReadonlySet<UserId>;
  /** Read markers of a user without an account, by folded target: milliseconds since 1970. */
  readonly markers: ReadonlyMap<Folded, number>;
}

/** A user on some machine of this chat. */
export class UserState implements User {
  readonly id: UserId;
  readonly username: string;
  readonly address: string;
  readonly secure: boolean;
  readonly arrivedAt: number;
  nickSince: number;
  readonly sessionIds = new Set<string>();
  readonly sessions: SessionState[] = [];
  readonly channels = new Map<ChannelState, MembershipState>();
  readonly invitations = new Map<ChannelState, Invitation>();
  readonly modes: Set<string>;
  host: string;
  realname: string;
  account: string | undefined;
  /** The text of AWAY; undefined when it is back. */
  awayText: string | undefined;
  lingering: Lingering | undefined;
  /** Sessions that sent `AWAY *`: nobody is at them. */
  readonly absent = new Set<string>();
  readonly accepted = new Set<UserId>();
  readonly markers = new Map<Folded, number>();
  lastSpokeMs: number;
  #nick: string;
  #folded: Folded;
  #source: string;

  constructor(record: UserRecord, arrivedAt: number, nowMs: number) {
    this.id = record.id;
    this.#nick = unshared(record.nick);
    this.#folded = fold(this.#nick);
    this.username = unshared(record.username);
    this.realname = unshared(record.realname);
    this.host = record.host;
    this.address = record.address;
    this.secure = record.secure;
    this.account = record.account;
    this.modes = new Set(record.modes);
    this.arrivedAt = arrivedAt;
    this.nickSince = arrivedAt;
    this.lastSpokeMs = nowMs;
    this.#source = `${record.nick}!${record.username}@${record.host}`;
  }

  get nick(): string {
    return this.#nick;
  }

  get folded(): Folded {
    return this.#folded;
  }

  get source(): string {
    return this.#source;
  }

  get away(): string | undefined {
    if (this.awayText !== undefined) return this.awayText;
    const isAbsent = this.lingering !== undefined || this.absent.size > 0;
    return isAbsent && this.absent.size === this.sessionIds.size ? "*" : undefined;
  }

  /** Changes the host that others see. */
  changeHost(host: string): void {
    this.host = host;
    this.#source = `${this.#nick}!${this.username}@${host}`;
  }

  /** Changes the nick; the caller changes the chat's table of nicks. */
  rename(nick: string): void {
    this.#nick = unshared(nick);
    this.#folded = fold(this.#nick);
    this.#source = `${nick}!${this.username}@${this.host}`;
  }

  /** Sends a message to every session of this user on this machine. */
  send(outgoing: Deliverable): void {
    for (const session of this.sessions) session.send(outgoing);
  }
}
