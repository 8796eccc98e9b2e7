/** Apply, for ranks that belong to an account: they end with the right to them. registration.ts gives them. */
import { changeRank, type RankMode } from "../../irc/modes.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { founderPrefix, rankModes, registeredRank } from "../chat/registered_channel.ts";
import type { UserState } from "../chat/user.ts";
import { fromServer } from "../render/sender.ts";

/** Takes the rank of its account from a member. Call it while the member has the account. */
export function takeRank(chat: ChatState, channel: ChannelState, user: UserState, stamp: number): void {
  const member = channel.members.get(user);
  const lost = rankModes(registeredRank(channel, user.account)).filter(({ prefix }) =>
    member?.prefixes.includes(prefix)
  );
  if (member === undefined || lost.length === 0) return;
  member.prefixes = changeAll(member.prefixes, "-", lost);
  const letters = `-${lost.map(({ letter }) => letter).join("")}`;
  channel.broadcast(
    fromServer(chat, "MODE", [channel.name, letters, ...lost.map(() => user.nick)], { stamp }),
  );
}

/** Makes members that have the rank of a founder operators, because the channel has another founder now, or none. */
export function demoteFounder(chat: ChatState, channel: ChannelState, stamp: number): void {
  for (const [user, member] of channel.members) {
    const isFounder = channel.registration !== undefined && channel.registration.founder === user.account;
    if (isFounder || !member.prefixes.includes(founderPrefix)) continue;
    const gained = rankModes("@").filter(({ prefix }) => !member.prefixes.includes(prefix));
    member.prefixes = changeAll(changeAll(member.prefixes, "-", rankModes(founderPrefix)), "+", gained);
    const modes = [...rankModes(founderPrefix), ...gained];
    const letters = `-q${gained.length > 0 ? "+o" : ""}`;
    const params = [channel.name, letters, ...modes.map(() => user.nick)];
    channel.broadcast(fromServer(chat, "MODE", params, { stamp }));
  }
}

function changeAll(prefixes: string, sign: "+" | "-", modes: readonly RankMode[]): string {
  return modes.reduce((all, rank) => changeRank(all, sign, rank), prefixes);
}
