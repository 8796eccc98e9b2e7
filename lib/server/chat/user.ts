/**
 * A user: somebody present, by one nick, on one or several connections at once. What a user does is shared; what a
 * connection can do is its session's (session.ts).
 */
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Channel, Invitation, Member } from "./channel.ts";
import type { UserId, UserRecord } from "../apply/event.ts";
import type { Session } from "./session.ts";
import { type Details, OutgoingLine, type OutgoingMessage } from "../render/outgoing.ts";

/** Somebody present on some machine of this chat. */
export class User {
  readonly id: UserId;
  readonly username: string;
  readonly address: string;
  readonly secure: boolean;
  /** Stamp of its arrival. */
  readonly arrivedAt: number;
  /** Stamp from which it has had its nick. */
  nickSince: number;
  /** The sessions it has, on all machines. */
  readonly sessionIds = new Set<string>();
  /** Those of them that are on this machine. */
  readonly sessions: Session[] = [];
  readonly channels = new Map<Channel, Member>();
  /** Where it may go as somebody asked it to; see remember in server/apply/channel.ts. */
  readonly invitations = new Map<Channel, Invitation>();
  /** User mode letters that are on. */
  readonly modes: Set<string>;
  host: string;
  realname: string;
  account: string | undefined;
  /** What it said with AWAY; undefined when it is back. */
  awayText: string | undefined;
  /** Until when, in milliseconds since 1970, and why it has no session but is expected back; undefined while it has one. */
  lingering: { readonly untilMs: number; readonly reason: string } | undefined;
  /** Sessions that said that nobody is there (`AWAY *`). */
  readonly absent = new Set<string>();
  /** Who may message it although it is +R: those it said so of (ACCEPT) or wrote to. The oldest is first. */
  readonly accepted = new Set<UserId>();
  /** Milliseconds since 1970 when it last said something; for idle times. */
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

  /** "nick!username@host", as its messages are signed. */
  get source(): string {
    return this.#source;
  }

  /** Why it is away, "*" when nobody is at any of its sessions; undefined when it is not. */
  get away(): string | undefined {
    if (this.awayText !== undefined) return this.awayText;
    const isAbsent = this.lingering !== undefined || this.absent.size > 0;
    return isAbsent && this.absent.size === this.sessionIds.size ? "*" : undefined;
  }

  /** Something this user does, as others are told of it. */
  says(command: string, params: readonly string[], stamp: number, more: Details = {}): OutgoingLine {
    const bot = this.modes.has("B");
    return new OutgoingLine(this.#source, command, params, {
      stamp,
      hasId: true,
      account: this.account,
      bot,
      ...more,
    });
  }

  /** Changes what others see after "@". */
  changeHost(host: string): void {
    this.host = host;
    this.#source = `${this.#nick}!${this.username}@${host}`;
  }

  /** Changes the nick; the hub's table of nicks is the caller's to change. */
  rename(nick: string): void {
    this.#nick = unshared(nick);
    this.#folded = fold(this.#nick);
    this.#source = `${nick}!${this.username}@${this.host}`;
  }

  /** Tells every session of this user on this machine. */
  tell(told: OutgoingMessage): void {
    for (const session of this.sessions) session.tell(told);
  }
}
