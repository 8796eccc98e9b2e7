/**
 * A user: one person with one nick, on one or several connections at once. All machines share the state of a user; the
 * state of one connection belongs to its session (session.ts). `User` is the read-only view; server/apply changes
 * the `UserState` behind it.
 */
import type { Clock } from "../../irc/clock.ts";
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Channel, ChannelState, Invitation, Membership, MembershipState } from "./channel.ts";
import type { Deliverable } from "./delivery.ts";
import { noParts, RareParts } from "./rare_parts.ts";
import type { Marker } from "./read_marker.ts";
import type { Session, SessionState } from "./session.ts";
import type { UsersState } from "./users.ts";

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
  /** See Device. */
  readonly client?: string;
  readonly account?: string;
  /** AccountRow.epoch at the moment when its password was proved. */
  readonly epoch?: number;
  /** User mode letters it starts with. */
  readonly modes: string;
  /** The text of an AWAY before the arrival; "*" means that nobody is at this session. */
  readonly away?: string;
}

/** One session of a user, as all machines know it. */
export interface Device {
  /** The address it connected from. */
  readonly address: string;
  /** Whether its connection is encrypted. */
  readonly secure: boolean;
  /** The stamp of the moment when it connected. */
  readonly since: number;
  /** The kind of program: "Parley page", "Parley terminal", "IRC app". */
  readonly client: string;
  /** Milliseconds since 1970 when a message came from it; undefined if none did. */
  readonly spokeMs?: number;
  /** Undefined while somebody is at this session. */
  readonly away?: DeviceAway | undefined;
}

/** A device, to be changed. */
export interface DeviceState extends Device {
  spokeMs?: number;
}

/** The AWAY of one session. */
export interface DeviceAway {
  /** "*" means that nobody is at this session (draft/pre-away). */
  readonly text: string;
  /** The stamp of the AWAY. */
  readonly at: number;
}

/** A user without a session stays online for a while, because it can come back. */
export interface Lingering {
  /** The stamp of the event that ended its last session. */
  readonly since: number;
  /** How long it stays. Every machine measures it by its own clock. */
  readonly forMs: number;
  /** The reason why its last session ended. */
  readonly reason: string;
  /** The last session. */
  readonly device: Device;
}

/** Stands for the last session of a lingering user, which has no id any more. */
export const lostSession = "-";

/** The right of an operator that OPER gave: an entry of the operator file of one machine. */
export interface OperatorEntry {
  readonly name: string;
  /** The machine that has the file. */
  readonly machine: string;
  /** See operatorKey() in operator_entry.ts: another password gives another key. */
  readonly key: string;
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
  /** The address of its oldest session. */
  readonly address: string;
  /** Whether all its sessions are encrypted. */
  readonly secure: boolean;
  readonly realname: string;
  readonly account: string | undefined;
  /** User mode letters that are on. */
  readonly modes: ReadonlySet<string>;
  /**
   * Whether it is a server operator now: it did not give that up (MODE -o), and its account has a role or OPER named an
   * entry that is still valid. Ask this each time: an account can lose its role at any moment.
   */
  readonly isOperator: boolean;
  /** The entry that OPER named; undefined if OPER did not make it an operator. */
  readonly operator: OperatorEntry | undefined;
  /** Stamp of its arrival. */
  readonly arrivedAt: number;
  /** Stamp of its arrival, or of its last logout: its guest identity is made from this. */
  readonly guestSince: number;
  /** Its identity in history while it has no account. No other user has it, because stamps are unique. */
  readonly guestIdentity: string;
  /** Stamp of the moment when it took its nick. */
  readonly nickSince: number;
  /** The nicks that it had before, the oldest first. */
  readonly formerNicks: readonly FormerNick[];
  /** Milliseconds since 1970 when it last said something. */
  readonly lastSpokeMs: number;
  /** The same by the monotonic clock of this machine; undefined if it was not seen here. */
  readonly spokeAt: number | undefined;
  /** The sessions it has, on all machines, by their ids. */
  readonly devices: ReadonlyMap<string, Device>;
  /** Its sessions on this machine. */
  readonly sessions: readonly Session[];
  readonly channels: ReadonlyMap<Channel, Membership>;
  /** Invitations it has not used; see server/apply/channel.ts. */
  readonly invitations: ReadonlyMap<Channel, Invitation>;
  /**
   * Undefined while somebody is at one of its sessions. Otherwise the latest text of AWAY; "*" if no session has one, or
   * if the last session ended without one.
   */
  readonly away: string | undefined;
  /** Undefined while it has a session. */
  readonly lingering: Lingering | undefined;
  /** Users that can message it although it is +R: users that it accepted (ACCEPT) or wrote to. The oldest is first. */
  readonly accepted: ReadonlySet<UserId>;
  /** Read markers that are not in the store, by the key of chat/read_marker.ts. */
  readonly markers: ReadonlyMap<Folded, Marker>;
}

/** An earlier nick of a user. */
export interface FormerNick {
  readonly folded: Folded;
  /** Stamps: it had the nick from `since` on, and before `until`. */
  readonly since: number;
  readonly until: number;
}

/** Whether a user had this nick at this stamp. */
export function hadNick({ folded, nickSince, formerNicks }: User, nick: Folded, at: number): boolean {
  return (nick === folded && at >= nickSince) ||
    formerNicks.some(({ folded, since, until }) => folded === nick && at >= since && at < until);
}

/** The identity of a guest. The "!" keeps it apart from those of older versions, which are "~" and the nick. */
function identityAt(stamp: number): string {
  return `~!${stamp.toString(36)}`;
}

/** The most former nicks of a user; the oldest are forgotten. */
const maxFormerNicks = 100;

/** A device that comes back within this time only reconnects. */
const returnMs = 10 * 60_000;
const maxFormerDevices = 20;

/** A key that differs between devices, as far as a server can see. */
function deviceKey({ address, client }: Device): string {
  return `${address} ${client}`;
}

/** One set for all users with the same modes, because each user with a set of its own costs memory. */
const setsByLetters = new Map<string, ReadonlySet<string>>();

function sharedSet(letters: Iterable<string>): ReadonlySet<string> {
  const sorted = [...new Set(letters)].sort();
  const key = sorted.join("");
  let found = setsByLetters.get(key);
  if (found === undefined) setsByLetters.set(key, found = new Set(sorted));
  return found;
}

/** A user on some machine of this chat. */
export class UserState implements User {
  readonly id: UserId;
  readonly username: string;
  readonly arrivedAt: number;
  guestSince: number;
  guestIdentity: string;
  nickSince: number;
  readonly formerNicks: FormerNick[] = [];
  readonly devices = new Map<string, DeviceState>();
  readonly sessions: SessionState[] = [];
  readonly channels = new Map<ChannelState, MembershipState>();
  host: string;
  realname: string;
  account: string | undefined;
  lingering: Lingering | undefined;
  lastSpokeMs: number;
  spokeAt: number | undefined;
  operator: OperatorEntry | undefined;
  /** See makeRare(). */
  #rare: RareParts | undefined;
  /** The users that count it; undefined before its arrival and after its end. */
  counts: UsersState | undefined;
  readonly #hasRole: (account: string | undefined) => boolean;
  #modes: ReadonlySet<string>;
  #nick: string;
  #folded: Folded;
  #source: string;
  readonly #firstAddress: string;

  /** `hasRole` tells whether an account makes its users operators. */
  constructor(
    record: UserRecord,
    arrivedAt: number,
    nowMs: number,
    hasRole: (account: string | undefined) => boolean = () => false,
  ) {
    this.#hasRole = hasRole;
    this.id = record.id;
    this.#nick = unshared(record.nick);
    this.#folded = fold(this.#nick);
    this.username = unshared(record.username);
    this.realname = unshared(record.realname);
    this.host = record.host;
    this.#firstAddress = record.address;
    this.account = record.account;
    this.#modes = sharedSet(record.modes);
    this.arrivedAt = arrivedAt;
    this.guestSince = arrivedAt;
    this.guestIdentity = identityAt(arrivedAt);
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

  get modes(): ReadonlySet<string> {
    return this.#modes;
  }

  get formerDevices(): ReadonlyMap<string, number> {
    return (this.#rare ?? noParts).formerDevices;
  }

  get invitations(): ReadonlyMap<ChannelState, Invitation> {
    return (this.#rare ?? noParts).invitations;
  }

  get accepted(): ReadonlySet<UserId> {
    return (this.#rare ?? noParts).accepted;
  }

  get markers(): ReadonlyMap<Folded, Marker> {
    return (this.#rare ?? noParts).markers;
  }

  /** The parts that few users have, to remove something; undefined if this user has none. */
  get rare(): RareParts | undefined {
    return this.#rare;
  }

  /** The same, to add something. */
  makeRare(): RareParts {
    return this.#rare ??= new RareParts();
  }

  get isOperator(): boolean {
    return this.modes.has("o") && this.mayBeOperator;
  }

  /** Whether it has a right to be an operator. */
  get mayBeOperator(): boolean {
    return this.operator !== undefined || this.#hasRole(this.account);
  }

  get away(): string | undefined {
    if (this.lingering !== undefined) return this.lingering.device.away?.text ?? "*";
    let latest: DeviceAway | undefined;
    for (const { away } of this.devices.values()) {
      if (away === undefined) return undefined;
      if (away.text !== "*" && away.at > (latest?.at ?? -1)) latest = away;
    }
    return latest?.text ?? (this.devices.size > 0 ? "*" : undefined);
  }

  get address(): string {
    const [oldest = this.lingering?.device] = this.devices.values();
    return oldest?.address ?? this.#firstAddress;
  }

  get secure(): boolean {
    if (this.lingering !== undefined) return this.lingering.device.secure;
    for (const { secure } of this.devices.values()) if (!secure) return false;
    return true;
  }

  /** Gives it a new guest identity: its messages now belong neither to an account nor to an earlier guest. */
  becomeGuest(stamp: number): void {
    this.guestSince = stamp;
    this.guestIdentity = identityAt(stamp);
  }

  /** Turns a user mode on; false if it was on. */
  addMode(letter: string): boolean {
    if (this.#modes.has(letter)) return false;
    this.#modes = sharedSet([...this.#modes, letter]);
    this.counts?.noteModes(letter, 1);
    return true;
  }

  /** Turns a user mode off; false if it was off. */
  removeMode(letter: string): boolean {
    if (!this.#modes.has(letter)) return false;
    this.#modes = sharedSet([...this.#modes].filter((one) => one !== letter));
    this.counts?.noteModes(letter, -1);
    return true;
  }

  /** Changes the host that others see. */
  changeHost(host: string): void {
    this.counts?.noteHost(this.host, -1);
    this.counts?.noteHost(host, 1);
    this.host = host;
    this.#source = `${this.#nick}!${this.username}@${host}`;
  }

  /** Changes the nick; the caller changes the chat's table of nicks. */
  rename(nick: string, stamp: number): void {
    const folded = fold(nick);
    if (folded !== this.#folded) {
      this.formerNicks.push({ folded: this.#folded, since: this.nickSince, until: stamp });
      if (this.formerNicks.length > maxFormerNicks) this.formerNicks.shift();
      this.nickSince = stamp;
    }
    this.#nick = unshared(nick);
    this.#folded = fold(this.#nick);
    this.#source = `${nick}!${this.username}@${this.host}`;
  }

  /** Removes a session, and remembers its device for a while: see isReturning(). */
  removeDevice(id: string, nowMs: number): void {
    const device = this.devices.get(id);
    if (this.devices.delete(id) && device !== undefined) this.rememberDevice(device, nowMs);
  }

  /** See isReturning(). */
  rememberDevice(device: Device, nowMs: number): void {
    const { formerDevices } = this.makeRare();
    for (const [key, endMs] of formerDevices) if (nowMs - endMs > returnMs) formerDevices.delete(key);
    formerDevices.set(deviceKey(device), nowMs);
    const [oldest] = formerDevices.keys();
    if (formerDevices.size > maxFormerDevices && oldest !== undefined) formerDevices.delete(oldest);
  }

  /** Whether a device like this one was connected a few minutes ago, so that it only reconnects. */
  isReturning(device: Device, nowMs: number): boolean {
    return nowMs - (this.formerDevices.get(deviceKey(device)) ?? -Infinity) <= returnMs;
  }

  /** Sends a message to every session of this user on this machine. */
  send(outgoing: Deliverable): void {
    for (const session of this.sessions) session.send(outgoing);
  }
}

/** The seconds since a user said something. A wall clock that jumps makes nobody idle. */
export function idleSeconds(
  { clock }: { readonly clock: Clock },
  { spokeAt, lastSpokeMs }: Pick<User, "spokeAt" | "lastSpokeMs">,
): number {
  const ms = spokeAt === undefined ? clock.now() - lastSpokeMs : clock.monotonic() - spokeAt;
  return Math.max(0, Math.floor(ms / 1000));
}
