/** Apply, for ranks that belong to an account: its users get them in a channel, and lose them with the right to them. */
import { changeRank, rankLevel, type RankMode } from "../../irc/modes.ts";
import type { ChannelState, MembershipState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { founderPrefix, rankModes, registeredRank } from "../chat/registered_channel.ts";
import type { UserState } from "../chat/user.ts";
import { broadcastRanks, type RankChanges } from "./notices.ts";

/** Gives a member the rank that its account has in the channel, if that is higher. */
export function restoreRank(chat: ChatState, channel: ChannelState, user: UserState, stamp: number): void {
  const member = channel.members.get(user);
  const prefixes = registeredRank(channel, user.account);
  if (member === undefined || rankLevel(prefixes) <= rankLevel(member.prefixes)) return;
  changeRanks(chat, channel, [user, member], { gained: rankModes(prefixes) }, stamp);
}

/** Takes the rank of its account from a member. Call it while the member has the account. */
export function takeRank(chat: ChatState, channel: ChannelState, user: UserState, stamp: number): void {
  const member = channel.members.get(user);
  if (member === undefined) return;
  const lost = rankModes(registeredRank(channel, user.account)).filter(({ prefix }) =>
    member.prefixes.includes(prefix)
  );
  changeRanks(chat, channel, [user, member], { lost }, stamp);
}

/** Makes members that have the rank of a founder operators, because the channel has another founder now, or none. */
export function demoteFounder(chat: ChatState, channel: ChannelState, stamp: number): void {
  for (const [user, member] of channel.members) {
    const isFounder = channel.registration !== undefined && channel.registration.founder === user.account;
    if (isFounder || !member.prefixes.includes(founderPrefix)) continue;
    const gained = rankModes("@").filter(({ prefix }) => !member.prefixes.includes(prefix));
    changeRanks(chat, channel, [user, member], { lost: rankModes(founderPrefix), gained }, stamp);
  }
}

function changeRanks(
  chat: ChatState,
  channel: ChannelState,
  [user, member]: readonly [UserState, MembershipState],
  changes: RankChanges,
  stamp: number,
): void {
  const { lost = [], gained = [] } = changes;
  member.prefixes = changeAll(changeAll(member.prefixes, "-", lost), "+", gained);
  broadcastRanks(chat, channel, user, changes, stamp);
}

function changeAll(prefixes: string, sign: "+" | "-", modes: readonly RankMode[]): string {
  return modes.reduce((all, rank) => changeRank(all, sign, rank), prefixes);
}
