/**
 * What rank lets people do in a channel, and what a channel's modes keep them from: speaking, joining, kicking, giving
 * ranks. Decides and changes nothing; who is refused is told so by whoever asked here.
 */
import { type ChannelMode, isRank, rankLevel } from "../../irc/modes.ts";
import { type Ban, matchBan, parseBan } from "../../irc/names.ts";
import type { Channel, ListEntry, Member } from "./channel.ts";
import { numericRefusal, type Refusal } from "./refusal.ts";
import type { User } from "./user.ts";

/** Rank levels as irc/modes.ts has them; 0 is a member without rank, -1 nobody of the channel. */
export const levels = { outside: -1, voice: 1, halfOperator: 2, operator: 3, founder: 5 } as const;

/** A user's rank level in a channel. */
export function levelOf(channel: Channel, user: User): number {
  const member = channel.members.get(user);
  if (member === undefined) return levels.outside;
  return isFounder(channel, user) ? levels.founder : rankLevel(member.prefixes);
}

/** Whether the channel is kept for this user's account, whatever rank it has there now. */
export function isFounder({ registration }: Channel, { account }: User): boolean {
  return registration !== undefined && registration.founder === account;
}

/** Whether a rank level may kick another: founders anyone, admins and operators up to operators, half-operators the rest. */
export function mayKick(level: number, other: number): boolean {
  if (level >= levels.founder) return true;
  if (level >= levels.operator) return other <= levels.operator;
  return level >= levels.halfOperator && other < levels.halfOperator;
}

/** The level it takes to change a mode. */
export function levelToChange(mode: ChannelMode): number {
  if (mode.kind === "list") return levels.halfOperator;
  if (!isRank(mode)) return levels.operator;
  if (mode.level > levels.operator) return levels.founder;
  return mode.level === levels.voice ? levels.halfOperator : levels.operator;
}

/** Why a user may not put another out of a channel both may be in; undefined when it may. Oneself anybody from half-operator up may. */
export function refusalToKick(channel: Channel, user: User, target: User): Refusal | undefined {
  const level = levelOf(channel, user);
  if (level === levels.outside) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  if (level < levels.halfOperator) return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
  const other = levelOf(channel, target);
  if (other === levels.outside) return numericRefusal("ERR_USERNOTINCHANNEL", target.nick, channel.name);
  if (target === user || mayKick(level, other)) return undefined;
  return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
}

/** Whether a user may change a mode; a rank of one's own anybody may lay down. */
export function mayChange(channel: Channel, user: User, mode: ChannelMode, laysDown: boolean): boolean {
  return laysDown || levelOf(channel, user) >= levelToChange(mode);
}

/** Why a user may not set a channel's topic to `text`; undefined when it may. */
export function refusalToSetTopic(channel: Channel, user: User, text: string): Refusal | undefined {
  const level = levelOf(channel, user);
  if (level === levels.outside) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  if (level >= levels.halfOperator) return undefined;
  if (channel.flags.has("t")) return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
  return refusalToSpeak(channel, user, text);
}

/** Why a user may not ask others into a channel; undefined when it may. */
export function refusalToInvite(channel: Channel, user: User): Refusal | undefined {
  const level = levelOf(channel, user);
  if (level === levels.outside) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  const mayAlways = level >= levels.halfOperator || !channel.flags.has("i");
  return mayAlways ? undefined : numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
}

/** Whether a channel is not there for a user: secret, and the user is neither inside nor a server operator. */
export function isHidden(channel: Channel, user: User): boolean {
  return channel.flags.has("s") && !channel.members.has(user) && !user.modes.has("o");
}

/**
 * Why a user may not say `text` in a channel; undefined when it may. On the path of every message: a member of a
 * channel without bans costs three look-ups; where there are bans, the verdict is kept with the member.
 */
export function refusalToSpeak(channel: Channel, user: User, text: string): Refusal | undefined {
  const { flags } = channel;
  const member = channel.members.get(user);
  if (member === undefined && flags.has("n")) {
    return cannotSpeak(channel, "Only people in the channel may speak to it (+n)");
  }
  if (text.charCodeAt(0) === 1 && flags.has("C") && !text.startsWith("\x01ACTION")) {
    return cannotSpeak(channel, "CTCP requests are refused there (+C)");
  }
  if (member !== undefined && member.prefixes !== "") return undefined;
  if (flags.has("m")) {
    return cannotSpeak(channel, "Only people with voice or a higher rank may speak there (+m)");
  }
  if (channel.lists.has("b") && isSilenced(channel, user, member)) {
    return cannotSpeak(channel, "You are banned or muted there (+b)");
  }
}

function cannotSpeak(channel: Channel, why: string): Refusal {
  return numericRefusal("ERR_CANNOTSENDTOCHAN", channel.name, why);
}

/** Why a user may not message another: the other lets in only people who are logged in, or whom it accepted (+R). */
export function refusalToMessage(target: User, user: User): Refusal | undefined {
  if (!target.modes.has("R") || user.account !== undefined || user.modes.has("o")) return undefined;
  if (target === user || target.accepted.has(user.id)) return undefined;
  const why = "Only people who are logged in may message this user (+R)";
  return numericRefusal("ERR_NEEDREGGEDNICK", target.nick, why);
}

/** Why a user may not enter; undefined when it may. An invitation by a half-operator or above opens every door, once. */
export function refusalToJoin(channel: Channel, user: User, key: string | undefined): Refusal | undefined {
  if (user.invitations.get(channel)?.exempts || isFounder(channel, user)) return undefined;
  const { name, flags, settings } = channel;
  if (isListed(channel, "b", user, false) && !isListed(channel, "e", user, false)) {
    return numericRefusal("ERR_BANNEDFROMCHAN", name);
  }
  if (flags.has("R") && user.account === undefined) {
    return numericRefusal("ERR_NEEDREGGEDNICK", name, "Cannot join channel (+R)");
  }
  if (flags.has("i") && !isListed(channel, "I", user, false)) {
    return numericRefusal("ERR_INVITEONLYCHAN", name);
  }
  const wanted = settings.get("k");
  if (wanted !== undefined && key !== wanted) return numericRefusal("ERR_BADCHANNELKEY", name);
  const limit = settings.get("l");
  if (limit !== undefined && channel.members.size >= Number(limit)) {
    return numericRefusal("ERR_CHANNELISFULL", name);
  }
}

/** Whether bans silence a member; valid as long as the lists, its source and its account are the same. */
interface Verdict {
  readonly listChanges: number;
  readonly source: string;
  readonly account: string | undefined;
  readonly silenced: boolean;
}

const verdicts = new WeakMap<Member, Verdict>();

/** Whether bans or mutes silence a user; asked again only when the lists, the source or the account changed. */
function isSilenced(channel: Channel, user: User, member: Member | undefined): boolean {
  const { source, account } = user;
  const { listChanges } = channel;
  const known = member && verdicts.get(member);
  if (known?.listChanges === listChanges && known.source === source && known.account === account) {
    return known.silenced;
  }
  const silenced = isListed(channel, "b", user, true) && !isListed(channel, "e", user, true);
  if (member !== undefined) verdicts.set(member, { listChanges, source, account, silenced });
  return silenced;
}

/** Whether an entry of a list names the user; mutes ("m:mask") count only where they are asked for. */
function isListed(channel: Channel, letter: string, user: User, mutes: boolean): boolean {
  const entries = channel.lists.get(letter);
  if (entries === undefined) return false;
  return entries.some((entry) => {
    const ban = banOf(entry);
    return (mutes || !ban.mute) && matchBan(ban, user.source, user.account);
  });
}

const bans = new WeakMap<ListEntry, Ban>();

/** An entry, read once. */
function banOf(entry: ListEntry): Ban {
  let ban = bans.get(entry);
  if (ban === undefined) {
    ban = parseBan(entry.mask);
    bans.set(entry, ban);
  }
  return ban;
}
