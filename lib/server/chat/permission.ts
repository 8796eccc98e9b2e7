/**
 * Permissions in channels: ranks allow, and channel modes forbid, speaking, joining, kicking and giving ranks. This
 * file only decides; the caller sends the refusal. visibility.ts decides which channels a user can see.
 */
import { type ChannelMode, isRank, rankLevel } from "../../irc/modes.ts";
import { type Ban, matchBan, parseBan } from "../../irc/ban.ts";
import { likenessTo } from "../names/look_alikes.ts";
import { nameFault } from "../names/name_fault.ts";
import type { Chat } from "./chat.ts";
import type { Channel, ListEntry, Membership } from "./channel.ts";
import { numericRefusal, type Refusal } from "./refusal.ts";
import type { User } from "./user.ts";
import { isHidden } from "./visibility.ts";

/** Rank levels as in irc/modes.ts; 0 is a member without rank, -1 is not a member. */
export const levels = { outside: -1, voice: 1, halfOperator: 2, operator: 3, founder: 5 } as const;

/** A user's rank level in a channel. */
export function levelOf(channel: Channel, user: User): number {
  const member = channel.members.get(user);
  if (member === undefined) return levels.outside;
  return isFounder(channel, user) ? levels.founder : rankLevel(member.prefixes);
}

/** Whether this user's account is the founder, with any rank. */
export function isFounder({ registration }: Channel, { account }: User): boolean {
  return registration !== undefined && registration.founder === account;
}

/**
 * Whether a rank level can kick another: founders kick anyone, admins and operators up to operators, half-operators
 * lower ranks.
 */
export function canKick(level: number, other: number): boolean {
  if (level >= levels.founder) return true;
  if (level >= levels.operator) return other <= levels.operator;
  return level >= levels.halfOperator && other < levels.halfOperator;
}

/** The level that is needed to change a mode. */
export function levelToChange(mode: ChannelMode): number {
  if (mode.kind === "list") return levels.halfOperator;
  if (!isRank(mode)) return levels.operator;
  if (mode.level > levels.operator) return levels.founder;
  return mode.level === levels.voice ? levels.halfOperator : levels.operator;
}

/** The refusal if a user cannot kick another; otherwise undefined. Half-operators and above can kick themselves. */
export function refusalToKick(channel: Channel, user: User, target: User): Refusal | undefined {
  const level = levelOf(channel, user);
  if (level === levels.outside) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  if (level < levels.halfOperator) return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
  const other = levelOf(channel, target);
  if (other === levels.outside) return numericRefusal("ERR_USERNOTINCHANNEL", target.nick, channel.name);
  if (target === user || canKick(level, other)) return undefined;
  return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
}

/** Whether a user can change a mode; everybody can give up a rank of their own. */
export function canChange(channel: Channel, user: User, mode: ChannelMode, givesUpOwn: boolean): boolean {
  return givesUpOwn || levelOf(channel, user) >= levelToChange(mode);
}

/** The refusal if a user cannot set a channel's topic to `text`; otherwise undefined. */
export function refusalToSetTopic(channel: Channel, user: User, text: string): Refusal | undefined {
  const level = levelOf(channel, user);
  if (level === levels.outside) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  if (level >= levels.halfOperator) return undefined;
  if (channel.flags.has("t")) return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
  return refusalToSpeak(channel, user, text);
}

/** The refusal if a user cannot invite others to a channel; otherwise undefined. */
export function refusalToInvite(channel: Channel, user: User): Refusal | undefined {
  const member = channel.members.get(user);
  if (member === undefined) return numericRefusal("ERR_NOTONCHANNEL", channel.name);
  if (isBanned(channel, user, member)) {
    return cannotSpeak(channel, "You cannot invite while you are banned or muted in this channel (+b)");
  }
  const level = levelOf(channel, user);
  const isAllowed = level >= levels.halfOperator || !channel.flags.has("i");
  return isAllowed ? undefined : numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
}

/**
 * The refusal if a user cannot say `text` in a channel; otherwise undefined. Every message needs this check: a member
 * of a channel without bans costs three look-ups; in a channel with bans, the verdict is cached per member.
 */
export function refusalToSpeak(channel: Channel, user: User, text: string): Refusal | undefined {
  const { flags } = channel;
  const member = channel.members.get(user);
  if (member === undefined && flags.has("n")) {
    return cannotSpeak(channel, "Only members can send messages to this channel (+n)");
  }
  if (text.charCodeAt(0) === 1 && flags.has("C") && !/^ACTION(?![a-z])/i.test(text.slice(1, 8))) {
    return cannotSpeak(channel, "This channel does not allow CTCP requests (+C)");
  }
  if (member !== undefined && member.prefixes !== "") return undefined;
  if (flags.has("m")) {
    return cannotSpeak(channel, "Only members with voice or a higher rank can speak in this channel (+m)");
  }
  if (channel.lists.has("b") && isSilenced(channel, user, member)) {
    return cannotSpeak(channel, "You are banned or muted in this channel (+b)");
  }
}

function cannotSpeak(channel: Channel, sentence: string): Refusal {
  return numericRefusal("ERR_CANNOTSENDTOCHAN", channel.name, sentence);
}

/** The refusal if a user cannot message another; otherwise undefined. With +R, only accounts and accepted users can. */
export function refusalToMessage(target: User, user: User): Refusal | undefined {
  if (!target.modes.has("R") || user.account !== undefined || user.isOperator) return undefined;
  if (target === user || target.accepted.has(user.id)) return undefined;
  const sentence = "Only users who are logged in can message this user (+R)";
  return numericRefusal("ERR_NEEDREGGEDNICK", target.nick, sentence);
}

/**
 * The refusal if a new channel of this name would deceive people: it looks like an existing one
 * (server/names/look_alikes.ts), or has letters that are not seen as what they are.
 */
export function refusalToCreate(chat: Chat, name: string, user: User): Refusal | undefined {
  const fault = nameFault(name);
  if (fault !== undefined) return numericRefusal("ERR_BADCHANNAME", name, `Illegal channel name: ${fault}`);
  const [alike] = chat.channelsAlike(name);
  if (alike === undefined) return undefined;
  const other = isHidden(alike, user) ? "another channel" : alike.name;
  const likeness = likenessTo(name, alike.name, other);
  return numericRefusal("ERR_BADCHANNAME", name, `Illegal channel name: ${likeness}`);
}

/**
 * The refusal if a user cannot join; otherwise undefined. An invitation by a half-operator or above passes every
 * check.
 */
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

/** Whether bans silence a member; valid while the lists, its source and its account stay the same. */
interface Verdict {
  readonly listChanges: number;
  readonly source: string;
  readonly account: string | undefined;
  readonly silenced: boolean;
}

const verdicts = new WeakMap<Membership, Verdict>();

/** Whether bans or mutes silence a user; computed again only after the lists, the source or the account changed. */
function isSilenced(channel: Channel, user: User, member: Membership | undefined): boolean {
  const { source, account } = user;
  const { listChanges } = channel;
  const cached = member && verdicts.get(member);
  if (cached?.listChanges === listChanges && cached.source === source && cached.account === account) {
    return cached.silenced;
  }
  const silenced = isListed(channel, "b", user, true) && !isListed(channel, "e", user, true);
  if (member !== undefined) verdicts.set(member, { listChanges, source, account, silenced });
  return silenced;
}

/**
 * The channel in which a ban or mute silences this member. NICK would end a mute of a nick, and a nick is seen by all
 * members, so it can carry words.
 */
export function silencedIn(user: User): Channel | undefined {
  for (const [channel, member] of user.channels) if (isBanned(channel, user, member)) return channel;
}

function isBanned(channel: Channel, user: User, member: Membership): boolean {
  return member.prefixes === "" && channel.lists.has("b") && isSilenced(channel, user, member);
}

/**
 * Whether other members see no words of this member: it cannot speak in the channel. Then its QUIT and PART have no
 * reason, AWAY has no text, and its real name is its nick.
 */
export function isSilent(channel: Channel, user: User): boolean {
  return channel.members.has(user) && refusalToSpeak(channel, user, "") !== undefined;
}

/** The real name that members of a channel see. */
export function realNameIn(channel: Channel, user: User): string {
  return isSilent(channel, user) ? user.nick : user.realname;
}

/** Whether an exception lets the user pass the bans of a channel. */
export function isExcepted(channel: Channel, user: User): boolean {
  return isListed(channel, "e", user, false);
}

/** Whether an entry of a list matches the user; mutes ("m:mask") count only with `mutes`. */
function isListed(channel: Channel, letter: string, user: User, mutes: boolean): boolean {
  const entries = channel.lists.get(letter);
  if (entries === undefined) return false;
  return entries.some((entry) => {
    const ban = banOf(entry);
    return (mutes || !ban.mute) && matchBan(ban, user.source, user.account);
  });
}

const bans = new WeakMap<ListEntry, Ban>();

/** An entry, parsed once. */
function banOf(entry: ListEntry): Ban {
  let ban = bans.get(entry);
  if (ban === undefined) {
    ban = parseBan(entry.mask);
    bans.set(entry, ban);
  }
  return ban;
}
