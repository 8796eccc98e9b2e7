/**
 * The past that is closed to a user although it is a member now. A right of today reaches only what was said since it
 * was given: a rank reaches back to the moment when the channel was made, and what was said while somebody was banned
 * stays closed for that person, also under another nick, after the end of the ban, and in a channel that is made again.
 * Only what a member got while it was in the channel without a break is open in spite of a ban.
 */
import { type Ban, banTest, formatBan, matchBan, parseBan } from "../../irc/ban.ts";
import { isMask } from "../../irc/mask.ts";
import { ranks } from "../../irc/modes.ts";
import type { ClosedPeriod } from "../store/closed_history.ts";
import type { ClosedTime } from "../store/history_reader.ts";
import { type Channel, rankConversation } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { isExcepted, levelOf, levels } from "./permission.ts";
import type { ReadableStore } from "./readable_store.ts";
import type { Refusal } from "./refusal.ts";
import type { User } from "./user.ts";

/** The most periods of a channel; see withPeriod(). */
export const maxPeriods = 200;
/** In a larger chat or channel, a ban does not search everybody for the people that it matches. */
const maxSearched = 5000;
/** The most people whose account and host are kept with a ban. */
const maxPeople = 20;

const everybody = "*!*@*";

/** The times that are closed to a user in a channel, among the messages to all or among those to ranks. */
export function closedTimes(
  channel: Channel,
  periods: readonly ClosedPeriod[],
  user: User,
  { toRanks = false } = {},
): readonly ClosedTime[] | undefined {
  if (periods.length === 0) return undefined;
  const isTrusted = levelOf(channel, user) >= levels.halfOperator || isExcepted(channel, user);
  const joinedAt = channel.members.get(user)?.joinedAt ?? Infinity;
  const found: ClosedTime[] = [];
  for (const period of periods) {
    if (period.onlyToRanks && !toRanks) continue;
    // A member without a rank did not get what was said to ranks.
    const gotFrom = toRanks && period.always ? Infinity : joinedAt;
    const most = isTrusted && !period.always ? channel.madeAt : gotFrom;
    const until = Math.min(period.until || Infinity, most);
    if (period.from >= until) continue;
    if (isClosedTo(period, user)) found.push({ from: period.from, until });
  }
  return found.length === 0 ? undefined : found;
}

const bans = new WeakMap<ClosedPeriod, readonly Ban[]>();

/** The masks of a period, parsed once. */
function bansOf(period: ClosedPeriod): readonly Ban[] {
  let found = bans.get(period);
  if (found === undefined) bans.set(period, found = period.masks.map(parseBan));
  return found;
}

function isClosedTo(period: ClosedPeriod, { source, account }: User): boolean {
  return bansOf(period).some((ban) => matchBan(ban, source, account));
}

/** The periods of a channel. */
export function periodsOf(
  { closed, conversations }: Pick<ReadableStore, "closed" | "conversations">,
  { folded, name }: Channel,
): readonly ClosedPeriod[] {
  return closed.periodsOf(conversations.channel(folded, name));
}

/** Whether a ban matches everybody: it closes the channel, as +i does. */
export function isForEverybody(mask: string): boolean {
  return mask === everybody;
}

/** Whether the modes restrict who can join. */
export function isClosed({ flags, settings, lists }: Channel): boolean {
  return flags.has("i") || flags.has("R") || settings.has("k") ||
    lists.get("b")?.some(({ mask }) => isForEverybody(mask)) === true;
}

/**
 * The refusal for a user who would let others in to the past of a closed channel that is closed for the user itself,
 * because an operator set the password of its account, or gave it the channel: otherwise that operator could read it
 * as somebody else. Undefined if there is no such past.
 */
export function refusalToLetIn(
  chat: ChatOfRights,
  channel: Channel,
  user: User,
  command: string,
): Refusal | undefined {
  return isClosed(channel)
    ? refusalToShow(chat, channel, user, { command, deed: "let others in" })
    : undefined;
}

/** The same for a user who would give somebody a rank, if messages were sent to ranks (@#tea). */
export function refusalToGiveRank(chat: ChatOfRights, channel: Channel, user: User): Refusal | undefined {
  const { conversations } = chat.store ?? {};
  const isToRanks = ranks.some(({ prefix }) =>
    conversations?.find(rankConversation(prefix, channel.folded)) !== undefined
  );
  return isToRanks
    ? refusalToShow(chat, channel, user, { command: "MODE", deed: "give a rank", toRanks: true })
    : undefined;
}

type ChatOfRights = Pick<Chat, "accounts" | "store">;

function refusalToShow(
  { accounts, store }: ChatOfRights,
  channel: Channel,
  user: User,
  { command, deed, toRanks = false }: { command: string; deed: string; toRanks?: boolean },
): Refusal | undefined {
  const refusal = (sentence: string): Refusal => ({
    refusal: "standard",
    params: [command, "HISTORY_CLOSED", channel.name, `You cannot ${deed}: ${sentence}`],
  });
  if (accounts.openFrom(user.account) > channel.madeAt) {
    return refusal(
      "older history is closed for you since an operator set your password. " +
        "Open it with ACCOUNT PROVE, or ask the owner of this server",
    );
  }
  const periods = store === undefined ? [] : periodsOf(store, channel);
  const isClosedToFounder = periods.some((one) =>
    one.always === true && (toRanks || !one.onlyToRanks) && isClosedTo(one, user)
  );
  if (!isClosedToFounder) return undefined;
  return refusal(
    "a server operator gave you this channel, and its older history is closed for you. " +
      "A member with a rank from before can do it",
  );
}

/** The users that a ban matches; in a very large channel only the one whose nick it names. */
export function usersMatched<U extends User>(
  chat: { readonly users: ReadonlyMap<string, U>; find(nick: string): U | undefined },
  members: ReadonlyMap<U, unknown>,
  mask: string,
): U[] {
  const matches = banTest(parseBan(mask));
  const nick = mask.slice(0, Math.max(0, mask.indexOf("!")));
  const named = nick === "" || isMask(nick) ? undefined : chat.find(nick);
  const all = chat.users.size <= maxSearched
    ? [...chat.users.values()]
    : members.size <= maxSearched
    ? [...members.keys()]
    : [];
  return [...new Set(named === undefined ? all : [named, ...all])]
    .filter((user) => matches(user.source, user.account));
}

/** The masks of a ban: itself, and the accounts and hosts of these people. A host that others share is left out. */
export function masksOf(channel: Channel, mask: string, people: readonly User[]): string[] {
  const masks = new Set([mask]);
  const matched = new Set(people);
  for (const { account, host } of people.slice(0, maxPeople)) {
    if (account !== undefined) {
      masks.add(formatBan({ mute: false, by: "account", mask: escapeMask(account) }));
    }
    const isShared = channel.members.size > maxSearched ||
      channel.members.keys().some((one) => one.host === host && !matched.has(one));
    if (!isShared) masks.add(`*!*@${escapeMask(host)}`);
  }
  return [...masks];
}

function escapeMask(text: string): string {
  return text.replace(/[*?]/g, "\\$&");
}

/**
 * The periods with one more. Above the limit the oldest ban goes, and no period that closes the past to a founder: that
 * founder could otherwise push it out. The operators of today did not make a ban from before the channel was made anew,
 * so they cannot open what it closes: then everything until its end is closed to everybody (`since`).
 */
export function withPeriod(
  periods: readonly ClosedPeriod[],
  period: ClosedPeriod,
  madeAt: number,
): { periods: readonly ClosedPeriod[]; since: number } {
  const at = Math.max(0, periods.findIndex(({ always }) => always !== true));
  const oldest = periods[at];
  if (oldest === undefined || periods.length < maxPeriods) return { periods: [...periods, period], since: 0 };
  const since = oldest.from < madeAt ? oldest.until : 0;
  return { periods: [...periods.toSpliced(at, 1), period], since };
}

/** Whether the rank that a user has in a channel reaches a message with this stamp. */
export function reachesBack(channel: Channel | undefined, stamp: number): boolean {
  return channel !== undefined && stamp >= channel.madeAt;
}
