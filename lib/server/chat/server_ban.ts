/**
 * Server bans: they exclude users from the server by address or network, by account, or by a mask of
 * nick!username@host. A ban is plain data and travels in events. Each check compares the end of the ban with the
 * time, so no timer is needed.
 */
import { type AddressRange, formatRange, inRange, parseAddress, parseRange } from "../../irc/address.ts";
import { completeMask } from "../../irc/ban.ts";
import { matchMask } from "../../irc/mask.ts";
import { fold } from "../../irc/names.ts";
import type { SavedValues } from "../store/saved_values.ts";
import { cloak } from "./cloak.ts";
import type { Session } from "./session.ts";
import { shownTime } from "./shown_time.ts";
import type { User } from "./user.ts";

/** One ban. */
export interface ServerBan {
  /** The target as `formatTarget` writes it. */
  readonly target: string;
  readonly reason: string;
  /** Nick of the operator that set it. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Milliseconds since 1970; without it the ban stays until it is removed. */
  readonly untilMs?: number;
}

/** The target of a ban. */
export type BanTarget =
  | { readonly kind: "address"; readonly range: AddressRange }
  | { readonly kind: "account"; readonly mask: string }
  | { readonly kind: "source"; readonly mask: string };

/**
 * "10.1.0.0/16" or "2001:db8::1" is an address, "a:bob" an account, other text a mask, completed as for channel bans.
 */
export function parseTarget(text: string): BanTarget | undefined {
  if (text === "" || text.startsWith("#") || /[\s\p{Cc}]/u.test(text)) return undefined;
  const range = parseRange(text);
  if (range !== undefined) return { kind: "address", range };
  if (text.includes("/")) return undefined;
  if (text.startsWith("a:")) return text.length > 2 ? { kind: "account", mask: text.slice(2) } : undefined;
  return { kind: "source", mask: completeMask(text) };
}

/** The target as text: it is stored, shown and compared like this. */
export function formatTarget(target: BanTarget): string {
  if (target.kind === "address") return formatRange(target.range);
  return target.kind === "account" ? `a:${target.mask}` : target.mask;
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** "90m", "1d12h" → milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:[0-9]{1,6}[smhdwy])+$/i.test(text)) return undefined;
  const parts = [...text.toLowerCase().matchAll(/([0-9]+)([smhdwy])/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (unitMs[unit] ?? 0), 0) ||
    undefined;
}

/** A user or a connection to compare with bans. */
export interface BanCandidate {
  readonly nick: string;
  readonly username: string;
  readonly host: string;
  readonly address: string;
  readonly account?: string | undefined;
}

/** Whether a target matches a candidate; masks are compared with the visible host and with the real address. */
export function matchesTarget(target: BanTarget, candidate: BanCandidate): boolean {
  const { nick, username, host, address, account } = candidate;
  switch (target.kind) {
    case "address":
      return isInRange(target.range, address);
    case "account":
      return account !== undefined && matchMask(target.mask, account);
    case "source":
      return matchMask(target.mask, `${nick}!${username}@${host}`) ||
        matchMask(target.mask, `${nick}!${username}@${address}`);
    default:
      return target satisfies never;
  }
}

/** A user with the address of one of its connections: each can have its own. */
export function candidateAt({ chat, connection }: Session, user: User): BanCandidate {
  const { nick, username, account } = user;
  const host = cloak(connection, chat.cloakKey, account ?? nick);
  return { nick, username, account, address: connection.address, host };
}

/** Whether a target matches a user, or one of its connections to this machine. */
export function matchesUser(target: BanTarget, user: User): boolean {
  return matchesTarget(target, user) ||
    user.sessions.some((session) => matchesTarget(target, candidateAt(session, user)));
}

/** Whether an address is in a range. */
export function isInRange(range: AddressRange, address: string): boolean {
  const bytes = parseAddress(address);
  return bytes !== undefined && inRange(range, bytes);
}

/** The saved value that holds the bans. */
const valueName = "server bans";

/** For store/mend_times.ts: a ban that was set in the future begins now, and lasts as long as it should. */
export const banMender = {
  [valueName]: (text: string, nowMs: number) =>
    JSON.stringify((JSON.parse(text) as ServerBan[]).map((ban) => {
      const aheadMs = Math.max(0, ban.atMs - nowMs);
      const { untilMs } = ban;
      return {
        ...ban,
        atMs: ban.atMs - aheadMs,
        ...(untilMs !== undefined && { untilMs: untilMs - aheadMs }),
      };
    })),
};

/** All bans of the server, to be read. */
export interface ServerBans {
  /** The bans that are in force, in the order they were set. */
  list(nowMs: number): ServerBan[];
  find(target: string, nowMs: number): ServerBan | undefined;
  /** The ban of an address, for every user that connects from it. */
  findAddress(address: string, nowMs: number): ServerBan | undefined;
  /** The ban that matches a candidate. */
  match(candidate: BanCandidate, nowMs: number): ServerBan | undefined;
}

/** All bans of the server. */
export class ServerBansState implements ServerBans {
  readonly #savedValues: SavedValues | undefined;
  readonly #bans = new Map<string, { readonly ban: ServerBan; readonly target: BanTarget }>();

  /** Loads the saved bans; without `savedValues` there are none. */
  constructor(savedValues?: SavedValues) {
    this.#savedValues = savedValues;
    const saved = savedValues?.find(valueName);
    if (saved !== undefined) { for (const ban of JSON.parse(saved) as ServerBan[]) this.#put(ban); }
  }

  /** Adds a ban; it replaces an earlier ban of the same target. */
  add(ban: ServerBan): void {
    this.#put(ban);
    this.#save();
  }

  /** Removes a ban; false when there is none. */
  remove(target: string): boolean {
    const removed = this.#bans.delete(fold(target));
    if (removed) this.#save();
    return removed;
  }

  list(nowMs: number): ServerBan[] {
    return [...this.#bans.values()].map(({ ban }) => ban).filter((ban) => isInForce(ban, nowMs));
  }

  find(target: string, nowMs: number): ServerBan | undefined {
    const ban = this.#bans.get(fold(target))?.ban;
    return ban !== undefined && isInForce(ban, nowMs) ? ban : undefined;
  }

  findAddress(address: string, nowMs: number): ServerBan | undefined {
    if (this.#bans.size === 0) return undefined;
    const found = [...this.#bans.values()].find(({ ban, target }) =>
      target.kind === "address" && isInForce(ban, nowMs) && isInRange(target.range, address)
    );
    return found?.ban;
  }

  match(candidate: BanCandidate, nowMs: number): ServerBan | undefined {
    if (this.#bans.size === 0) return undefined;
    const found = [...this.#bans.values()].find(({ ban, target }) =>
      isInForce(ban, nowMs) && matchesTarget(target, candidate)
    );
    return found?.ban;
  }

  /** Removes expired bans. */
  sweep(nowMs: number): void {
    const before = this.#bans.size;
    for (const [key, { ban }] of this.#bans) if (!isInForce(ban, nowMs)) this.#bans.delete(key);
    if (this.#bans.size < before) this.#save();
  }

  #put(ban: ServerBan): void {
    // A replaced ban moves to the end too, on every machine, swept or not.
    this.#bans.delete(fold(ban.target));
    const target = parseTarget(ban.target);
    if (target !== undefined) this.#bans.set(fold(ban.target), { ban, target });
  }

  #save(): void {
    const bans = [...this.#bans.values()].map(({ ban }) => ban);
    this.#savedValues?.save(valueName, bans.length === 0 ? undefined : JSON.stringify(bans));
  }
}

function isInForce(ban: ServerBan, nowMs: number): boolean {
  return ban.untilMs === undefined || ban.untilMs > nowMs;
}

/** The sentence for a banned user. */
export function banSentence(ban: ServerBan): string {
  const until = ban.untilMs === undefined ? "" : ` (until ${shownTime(ban.untilMs)})`;
  return `You are banned from this server${ban.reason === "" ? "" : `: ${ban.reason}`}${until}`;
}
