/**
 * The state of a client: who we are, the open channels and conversations, their members. The values are never changed,
 * only replaced; receive.ts makes the next state from a message. Names and texts are unchanged from the network; the UI
 * makes them safe before it shows them.
 */

import type { Folded } from "../../irc/names.ts";
import { matchMask } from "../../irc/mask.ts";
import { fold } from "../../irc/names.ts";
import { withKey, withoutKey } from "./layered_map.ts";
import type { OutgoingMessage } from "./outgoing.ts";

/** A member of a channel. */
export interface Member {
  readonly nick: string;
  /** Signs of rank, highest first: "@+". */
  readonly ranks: string;
  readonly account?: string;
  readonly away?: boolean;
}

/** A channel, or a conversation with one person. */
export interface Buffer {
  readonly name: string;
  readonly kind: "channel" | "person";
  /** We are in the channel; always true for a person. */
  readonly joined: boolean;
  readonly topic: string;
  /** The account of the person of a conversation, as far as the server has shown it. */
  readonly account?: string;
  readonly members: ReadonlyMap<Folded, Member>;
  /** The members received so far, while the list is incomplete. */
  readonly collectedMembers?: Map<Folded, Member>;
  /** The people who wrote, newest first. */
  readonly recent: readonly Folded[];
  /** The people who are typing, with the time when that expires, by the clock of their arrival. */
  readonly typing: ReadonlyMap<Folded, number>;
  /** The time up to which we have read on any device, in milliseconds since 1970. */
  readonly readUpTo?: number;
}

/** The whole state. */
export interface State {
  readonly nick: string;
  /** Our nick on the connection before this one: missed messages can name it. "" when there was none. */
  readonly previousNick: string;
  /** Our own "nick!username@host" as others see it; "" until the server shows it. */
  readonly source: string;
  readonly account: string;
  /** We are a server operator. */
  readonly isOperator: boolean;
  /** Our away message; undefined when we are not away. */
  readonly away: string | undefined;
  readonly registered: boolean;
  /** The registration is complete, with the message of the day. */
  readonly welcomed: boolean;
  readonly network: string;
  /** Capabilities in use. */
  readonly caps: ReadonlySet<string>;
  /** Capabilities the server offers, with their values. */
  readonly offered: ReadonlyMap<string, string>;
  readonly isupport: ReadonlyMap<string, string>;
  readonly buffers: ReadonlyMap<Folded, Buffer>;
  /** The sender of our last private message. */
  readonly lastSender: string;
  /** The people whose messages we ignore: masks of "nick!username@host", and accounts (ignoredAccount). */
  readonly ignored: ReadonlySet<string>;
  /** The nicks that people have now, by those they had before. */
  readonly moved: ReadonlyMap<Folded, string>;
  /** The masks that followed a person to another nick, with the masks before that. */
  readonly ignoredAs: ReadonlyMap<string, string>;
  /** Our messages that the server has not confirmed, oldest first. */
  readonly outgoing: readonly OutgoingMessage[];
}

const maxRecent = 64;

/** The state before the first line of the server. */
export function emptyState(nick: string): State {
  return {
    nick,
    previousNick: "",
    source: "",
    account: "",
    isOperator: false,
    away: undefined,
    registered: false,
    welcomed: false,
    network: "",
    caps: new Set(),
    offered: new Map(),
    isupport: new Map(),
    buffers: new Map(),
    lastSender: "",
    ignored: new Set(),
    moved: new Map(),
    ignoredAs: new Map(),
    outgoing: [],
  };
}

/** The state after a lost connection: the open buffers stay, and the values that do not depend on the connection. */
export function withoutConnection(state: State): State {
  const buffers = new Map<Folded, Buffer>();
  for (const [key, buffer] of state.buffers) {
    buffers.set(key, { ...buffer, joined: buffer.kind === "person", members: new Map(), typing: new Map() });
  }
  const { nick, network, lastSender, ignoredAs, moved, outgoing } = state;
  // While we are away, a person can have taken the earlier nick back.
  const ignored = new Set([...state.ignored, ...ignoredAs.values()]);
  const previousNick = state.registered ? nick : state.previousNick;
  return {
    ...emptyState(nick),
    previousNick,
    buffers,
    network,
    ignored,
    ignoredAs,
    moved,
    lastSender,
    outgoing,
  };
}

/** Whether `name` is a channel name on this network. */
export function isChannel(state: State, name: string): boolean {
  const types = state.isupport.get("CHANTYPES") ?? "#&";
  return name !== "" && types.includes(name.charAt(0));
}

/** Whether `nick` is ours. */
export function isOwn(state: State, nick: string): boolean {
  return fold(nick) === fold(state.nick);
}

/** Whether a person in the history is us: an account can have had another nick then. */
export function isOwnPerson(
  state: State,
  { nick, account = "" }: { readonly nick: string; readonly account?: string | undefined },
): boolean {
  return isOwn(state, nick) || (account !== "" && fold(account) === fold(state.account));
}

/** The buffer of that name, in any spelling. */
export function findBuffer(state: State, name: string): Buffer | undefined {
  return state.buffers.get(fold(name));
}

/** Changes a buffer that is open. */
export function withBuffer(state: State, name: string, change: (buffer: Buffer) => Buffer): State {
  const old = findBuffer(state, name);
  if (old === undefined) return state;
  const changed = change(old);
  return changed === old ? state : { ...state, buffers: withKey(state.buffers, fold(name), changed) };
}

/** Far more than a person has: one program that takes many nicks must not fill the list and the memory. */
const maxBuffers = 2_000;

/** Opens a buffer, if it is not open; unchanged when there are very many. */
export function withOpenBuffer(state: State, name: string): State {
  if (state.buffers.has(fold(name)) || state.buffers.size >= maxBuffers) return state;
  return { ...state, buffers: withKey(state.buffers, fold(name), createBuffer(state, name)) };
}

/** Forgets a buffer. */
export function withoutBuffer(state: State, name: string): State {
  const buffers = new Map(state.buffers);
  return buffers.delete(fold(name)) ? { ...state, buffers } : state;
}

/** The names of the buffers with this person: channels and the conversation. */
export function buffersWith(state: State, nick: string): string[] {
  const key = fold(nick);
  return [...state.buffers.values()]
    .filter((buffer) => buffer.members.has(key) || (buffer.kind === "person" && fold(buffer.name) === key))
    .map((buffer) => buffer.name);
}

/** The buffer after a message of a person, who is then no longer typing. */
export function withMessageBy(buffer: Buffer, nick: string): Buffer {
  const key = fold(nick);
  const recent = [key, ...buffer.recent.filter((other) => other !== key)].slice(0, maxRecent);
  return { ...buffer, recent, typing: withoutKey(buffer.typing, key) };
}

/** The nicks in a buffer: those who wrote last first, then by name. */
export function nicksByActivity(buffer: Buffer): string[] {
  const places = new Map(buffer.recent.map((key, at) => [key, at]));
  const place = (key: Folded): number => places.get(key) ?? places.size;
  return [...buffer.members].sort(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1))
    .map(([, member]) => member.nick);
}

/** The members of a channel, the highest rank first, then by name. */
export function membersByRank(state: State, buffer: Buffer): Member[] {
  const signs = rankSigns(state);
  const height = ({ ranks }: Member): number => ranks === "" ? signs.length : signs.indexOf(ranks.charAt(0));
  return [...buffer.members].sort(([a, one], [b, other]) => height(one) - height(other) || (a < b ? -1 : 1))
    .map(([, member]) => member);
}

/** The nicks of those who are typing at the time `now`, by the clock of IncomingMessage.arrivedAt. */
export function nicksTyping(buffer: Buffer, now: number): string[] {
  return [...buffer.typing].filter(([, until]) => until > now)
    .map(([key]) => buffer.members.get(key)?.nick ?? key);
}

/** Whether the ignore list has the person with this "nick!username@host", or with this account. */
export function isIgnored({ ignored }: State, source: string, account?: string): boolean {
  if (account !== undefined && ignored.has(ignoredAccount(account))) return true;
  for (const mask of ignored) if (matchMask(mask, source)) return true;
  return false;
}

/** The entry of the ignore list for an account, whatever nick it has: "$a:name". */
export function ignoredAccount(account: string): string {
  return `$a:${fold(account)}`;
}

/** The signs of rank, highest first, as "~&@%+". */
export function rankSigns(state: State): string {
  return ranksOf(state).signs;
}

/** Letters and signs of rank from PREFIX=(ov)@+, highest first. */
export function ranksOf(state: State): { readonly letters: string; readonly signs: string } {
  const [, letters = "ov", signs = "@+"] = /^\((\w*)\)(.*)$/.exec(state.isupport.get("PREFIX") ?? "") ?? [];
  return { letters, signs };
}

function createBuffer(state: State, name: string): Buffer {
  const kind = isChannel(state, name) ? "channel" : "person";
  return {
    name,
    kind,
    joined: kind === "person",
    topic: "",
    members: new Map(),
    recent: [],
    typing: new Map(),
  };
}
