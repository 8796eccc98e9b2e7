/**
 * Follows a person to another nick: in the channels, in the conversation with that person, and among the people whose
 * messages we ignore. Pure.
 */

import { fold } from "../../irc/names.ts";
import type { Folded } from "../../irc/names.ts";
import { dropOldest } from "./drop_oldest.ts";
import type { MessageEvent, Person } from "./event.ts";
import type { Buffer, State } from "./state.ts";
import { findBuffer, isChannel, isIgnored, withBuffer } from "./state.ts";
import { withKey, withoutKey } from "./layered_map.ts";

/** The state after a person has taken another nick. */
export function withRenamedPerson(state: State, from: string, to: string): State {
  const [old, key] = [fold(from), fold(to)];
  const conversation = state.buffers.get(old);
  const moves = conversation?.kind === "person";
  const other = state.buffers.get(key);
  const buffers = new Map<Folded, Buffer>();
  for (const [at, buffer] of state.buffers) {
    const renamed = withRenamedMember(buffer, old, to);
    if (moves && at === old) {
      const merged = other?.kind === "person" && key !== old
        ? merge(renamed, withRenamedMember(other, old, to))
        : renamed;
      buffers.set(key, { ...merged, name: to });
    } else if (!moves || at !== key) buffers.set(at, renamed);
  }
  const lastSender = fold(state.lastSender) === old ? to : state.lastSender;
  // A message that was not sent is for the person, not for whoever takes the nick.
  const outgoing = state.outgoing.map((message) =>
    fold(message.target) === old ? { ...message, target: to } : message
  );
  return { ...state, buffers, lastSender, outgoing, moved: withMove(state.moved, from, to) };
}

/** At most this many are kept, the newest. */
const maxMoved = 500;

function withMove(moved: State["moved"], from: string, to: string): State["moved"] {
  const next = new Map(moved);
  next.delete(fold(from));
  next.delete(fold(to));
  if (fold(from) === fold(to)) return next;
  for (const [old, nick] of next) if (fold(nick) === fold(from)) next.set(old, to);
  next.set(fold(from), to);
  dropOldest(next, maxMoved);
  return next;
}

/** The buffer of a message that can be older than a change of nick: an open one with this person, where there is one. */
export function currentBuffer(state: State, event: MessageEvent): string {
  const { buffer } = event;
  if (isChannel(state, buffer) || findBuffer(state, buffer) !== undefined) return buffer;
  const account = event.kind === "said" && !event.own ? event.from.account : undefined;
  const known = account === undefined
    ? undefined
    : [...state.buffers.values()].find((one) =>
      one.account !== undefined && fold(one.account) === fold(account)
    );
  return known?.name ?? state.moved.get(fold(buffer)) ?? buffer;
}

function withRenamedMember(buffer: Buffer, old: Folded, to: string): Buffer {
  const key = fold(to);
  const member = buffer.members.get(old);
  const wrote = buffer.recent.includes(old);
  if (member === undefined && !wrote && !buffer.typing.has(old)) return buffer;
  return {
    ...buffer,
    ...(member && { members: withKey(withoutKey(buffer.members, old), key, { ...member, nick: to }) }),
    ...(wrote && { recent: [...new Set(buffer.recent.map((one) => one === old ? key : one))] }),
    typing: withoutKey(buffer.typing, old),
  };
}

/** Two conversations with one person as one. */
function merge(buffer: Buffer, other: Buffer): Buffer {
  const readUpTo = Math.max(buffer.readUpTo ?? 0, other.readUpTo ?? 0);
  return {
    ...buffer,
    recent: [...new Set([...buffer.recent, ...other.recent])],
    ...(readUpTo > 0 && { readUpTo }),
  };
}

/** The result of comparing the account of a person who wrote to us with the conversations. */
export interface PersonCheck {
  readonly state: State;
  /** The nick under which we talked with this person before, while we did not see the change. */
  readonly renamedFrom?: string;
  /** Under this nick we talked with another person before. */
  readonly isOther?: boolean;
}

/** The state after a private message of a person: the conversation with the same account continues under this nick. */
export function withPersonOf(state: State, { nick, account }: Person): PersonCheck {
  const current = findBuffer(state, nick);
  const known = current?.account;
  if (account === undefined) {
    const isOther = known !== undefined && state.caps.has("account-tag");
    return isOther ? { state: withAccount(state, nick, undefined), isOther } : { state };
  }
  if (known !== undefined) {
    const isOther = fold(known) !== fold(account);
    return { state: withAccount(state, nick, account), ...(isOther && { isOther }) };
  }
  const before = [...state.buffers.values()].find((buffer) =>
    buffer.kind === "person" && buffer.account !== undefined && fold(buffer.account) === fold(account) &&
    !isPresent(state, buffer.name)
  );
  const next = before === undefined ? state : withRenamedPerson(state, before.name, nick);
  return { state: withAccount(next, nick, account), ...(before && { renamedFrom: before.name }) };
}

function withAccount(state: State, nick: string, account: string | undefined): State {
  if (findBuffer(state, nick)?.account === account) return state;
  return withBuffer(state, nick, ({ account: _old, ...buffer }) => ({
    ...buffer,
    ...(account !== undefined && { account }),
  }));
}

/** The account of the person with this nick, as far as we know it. */
export function accountOf(state: State, nick: string): string | undefined {
  const key = fold(nick);
  const member = [...state.buffers.values()].map(({ members }) => members.get(key)).find((one) =>
    one?.account
  );
  return member?.account ?? findBuffer(state, nick)?.account;
}

/** Whether somebody in our channels has this nick. */
function isPresent({ buffers }: State, nick: string): boolean {
  return [...buffers.values()].some(({ members }) => members.has(fold(nick)));
}

/** The mask that ignores a nick. */
export function ignoreMask(nick: string): string {
  return `${fold(nick)}!*@*`;
}

/** We ignore a person by nick: the mask follows, so that another nick does not end it and nobody else is ignored. */
export function withFollowedIgnore(state: State, source: string, to: string): State {
  const [nick = ""] = source.split("!", 1);
  const [old, mask] = [ignoreMask(nick), ignoreMask(to)];
  if (!state.ignored.has(old) || !isIgnored(state, source)) return state;
  const written = state.ignoredAs.get(old) ?? old;
  const [ignored, ignoredAs] = [new Set(state.ignored), new Map(state.ignoredAs)];
  ignored.delete(old);
  ignoredAs.delete(old);
  ignored.add(mask);
  if (mask !== written) ignoredAs.set(mask, written);
  return { ...state, ignored, ignoredAs };
}

/** The person has left: the mask is again as we wrote it, for when that person comes back. */
export function withoutFollowedIgnore(state: State, nick: string): State {
  const mask = ignoreMask(nick);
  const written = state.ignoredAs.get(mask);
  if (written === undefined) return state;
  const [ignored, ignoredAs] = [new Set(state.ignored), new Map(state.ignoredAs)];
  ignored.delete(mask);
  ignored.add(written);
  ignoredAs.delete(mask);
  return { ...state, ignored, ignoredAs };
}
