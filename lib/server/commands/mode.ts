/**
 * MODE: shows and changes the modes of a channel and of the user. server/chat/permission.ts decides who can change
 * them.
 */
import { utf8Bytes } from "../../irc/lines.ts";
import {
  type ChannelMode,
  channelModes,
  formatModeChanges,
  isKey,
  type ModeChange,
  parseLimit,
  parseModes,
  parseUserModes,
} from "../../irc/modes.ts";
import { formatBan, parseBan } from "../../irc/ban.ts";
import type { NumericName } from "../../irc/numerics.ts";
import type { ModeRecord } from "../apply/event.ts";
import type { Channel } from "../chat/channel.ts";
import type { Chat } from "../chat/chat.ts";
import { refusalToGiveRank, refusalToLetIn } from "../chat/closed_past.ts";
import { canChange } from "../chat/permission.ts";
import { isRefusal, numericRefusal, type Refusal, refuse } from "../chat/refusal.ts";
import { registeredFlag } from "../chat/registered_channel.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { reply, replyRefusal, standardReply } from "../render/reply.ts";
import { findChannel } from "./channel.ts";
import { changeRegistration } from "./founder.ts";

/** The commands of this file. */
export const modeCommands: CommandTable = {
  MODE: {
    minParams: 1,
    usage: "<channel or nick> [<modes> [<parameter>...]]",
    help: "Shows or changes the modes of a channel or your own",
    run: mode,
  },
};

/** Longer masks are refused, so that every mask fits into a line. */
const maxMaskBytes = 200;
/** The number of unknown letters that one MODE answers. */
const maxUnknown = 10;
/** The lists of unregistered channels have so many times the entries of one list, from one host. */
const fullLists = 10;
const notInMask = /[\s\p{Cc}]|^:/u;

const lists: Readonly<Record<string, readonly [entry: NumericName, end: NumericName]>> = {
  b: ["RPL_BANLIST", "RPL_ENDOFBANLIST"],
  e: ["RPL_EXCEPTLIST", "RPL_ENDOFEXCEPTLIST"],
  I: ["RPL_INVEXLIST", "RPL_ENDOFINVEXLIST"],
};

function mode(call: Call): void | Promise<void> {
  const { chat, user, params } = call;
  const [target = ""] = params;
  if (!target.startsWith("#")) return userMode(call, target);
  const channel = findChannel(chat, target, user);
  return params.length === 1 ? sendModes(call, channel) : channelMode(call, channel);
}

/** RPL_CHANNELMODEIS and RPL_CREATIONTIME; only members see the key, because it lets others in. */
function sendModes({ chat, session, user }: Call, channel: Channel): void {
  const seesKey = channel.members.has(user) && refusalToLetIn(chat, channel, user, "MODE") === undefined;
  const on = channelModes.flatMap((mode): ModeChange[] => {
    const { letter, kind } = mode;
    if (channel.flags.has(letter)) return [{ sign: "+", mode, parameter: undefined }];
    const setting = channel.settings.get(letter);
    if (setting === undefined) return [];
    return [{ sign: "+", mode, parameter: kind === "key" && !seesKey ? "*" : setting }];
  });
  const [shown = ["+"]] = formatModeChanges(on, Infinity);
  reply(session, "RPL_CHANNELMODEIS", channel.name, ...shown);
  reply(session, "RPL_CREATIONTIME", channel.name, String(channel.createdAt));
}

function channelMode(call: Call, channel: Channel): void | Promise<void> {
  const { commit, session, user, params } = call;
  const { changes, asked, missing, unknown } = parseModes(params.slice(1));
  for (const letter of unknown.slice(0, maxUnknown)) reply(session, "ERR_UNKNOWNMODE", letter);
  for (const mode of asked) sendList(call, channel, mode);
  if (changes.length + missing.length === 0) return;
  if (!channel.members.has(user)) refuse("ERR_NOTONCHANNEL", channel.name);
  const registering = changes.find((change) => change.mode.letter === registeredFlag);
  const records: ModeRecord[] = [];
  const refusals: Refusal[] = missing.map(({ letter, name }) =>
    badParameter(channel, letter, "*", `The parameter is missing: ${name}`)
  );
  for (const change of changes.filter(({ mode }) => mode.letter !== registeredFlag)) {
    const record = toRecord(call, channel, change, records);
    if (isRefusal(record)) refusals.push(record);
    else records.push(record);
  }
  sendRefusals(session, refusals);
  const pending = records.length === 0
    ? undefined
    : commit({ kind: "modes set", user: user.id, channel: channel.name, changes: records }, session);
  if (registering === undefined) return pending;
  return pending
    ? pending.then(() => changeRegistration(call, channel, registering.sign))
    : changeRegistration(call, channel, registering.sign);
}

/** A user with a rank that is too low gets one refusal for all changes. */
function sendRefusals(session: Session, refusals: readonly Refusal[]): void {
  const isRank = (one: Refusal) => one.refusal === "numeric" && one.name === "ERR_CHANOPRIVSNEEDED";
  const first = refusals.find(isRank);
  for (const one of refusals) if (!isRank(one) || one === first) replyRefusal(session, one);
}

/** The change in the form of the event, if the user is allowed to make it and its parameter is valid. */
function toRecord(
  { chat, user }: Call,
  channel: Channel,
  { sign, mode, parameter = "" }: ModeChange,
  earlier: readonly ModeRecord[],
): ModeRecord | Refusal {
  const { letter, kind } = mode;
  if (kind === "rank") return rankRecord(chat, user, channel, { sign, mode, parameter });
  if (!canChange(channel, user, mode, false)) return lowRank(channel);
  const closed = letsIn(sign, letter) ? refusalToLetIn(chat, channel, user, "MODE") : undefined;
  if (closed !== undefined) return closed;
  if (kind === "flag" || (sign === "-" && kind !== "list")) return { sign, letter };
  if (kind === "key") {
    const { keyLength } = chat.settings;
    if (isKey(parameter, keyLength)) return { sign, letter, parameter };
    // The key is not repeated, because it can be a password that was typed in the wrong place.
    return badParameter(
      channel,
      letter,
      "*",
      `A key must have 1 to ${keyLength} characters without spaces and commas`,
    );
  }
  if (kind === "limit") {
    const limit = parseLimit(parameter);
    if (limit !== undefined) return { sign, letter, parameter: String(limit) };
    return badParameter(channel, letter, parameter, "The limit must be a whole number above 0");
  }
  if (!isMask(parameter)) {
    return badParameter(channel, letter, parameter, "The mask is invalid or too long");
  }
  const record = { sign, letter, parameter: formatBan(parseBan(parameter)) };
  if (sign === "-") return record;
  const added = earlier.filter((one) => one.letter === letter && one.sign === "+").length;
  const count = added + (channel.lists.get(letter)?.length ?? 0);
  const isFull = count >= chat.settings.listLimit || !takeListSpace(chat, channel, user);
  return isFull ? numericRefusal("ERR_BANLISTFULL", channel.name, letter) : record;
}

/** Counts one more entry if the user can set it; those of unregistered channels from one host have a limit together. */
function takeListSpace(chat: Chat, { registration }: Channel, { host, isOperator }: User): boolean {
  if (registration !== undefined || isOperator) return true;
  if (chat.listSpace.countOf(host) >= chat.settings.listLimit * fullLists) return false;
  chat.listSpace.add(host);
  return true;
}

/** Whether a change lets people in who could not join before; also another key, which they can know. */
function letsIn(sign: "+" | "-", letter: string): boolean {
  return sign === "-" ? "iRkb".includes(letter) : "kIe".includes(letter);
}

/** Members get a rank by nick; every user can remove their own rank. */
function rankRecord(
  chat: Chat,
  user: User,
  channel: Channel,
  { sign, mode, parameter = "" }: ModeChange,
): ModeRecord | Refusal {
  const target = chat.find(parameter);
  if (!canChange(channel, user, mode, target === user && sign === "-")) return lowRank(channel);
  if (target === undefined) return numericRefusal("ERR_NOSUCHNICK", parameter);
  if (!channel.members.has(target)) {
    return numericRefusal("ERR_USERNOTINCHANNEL", target.nick, channel.name);
  }
  const closed = sign === "+" && target !== user ? refusalToGiveRank(chat, channel, user) : undefined;
  return closed ?? { sign, letter: mode.letter, parameter: target.id };
}

function isMask(text: string): boolean {
  return text !== "" && !notInMask.test(text) && utf8Bytes(text) <= maxMaskBytes;
}

function lowRank(channel: Channel): Refusal {
  return numericRefusal("ERR_CHANOPRIVSNEEDED", channel.name);
}

function badParameter(channel: Channel, letter: string, parameter: string, sentence: string): Refusal {
  return numericRefusal("ERR_INVALIDMODEPARAM", channel.name, letter, parameter, sentence);
}

/**
 * Everybody sees bans. Exceptions show how to avoid a ban, so only members see them; bots ask for all lists when they
 * join.
 */
function sendList({ session, user }: Call, channel: Channel, mode: ChannelMode): void {
  const { letter } = mode;
  const numerics = lists[letter];
  if (numerics === undefined) return;
  if (letter !== "b" && !channel.members.has(user) && !user.isOperator) {
    return reply(session, "ERR_NOTONCHANNEL", channel.name);
  }
  const [entry, end] = numerics;
  for (const { mask, by, at } of channel.lists.get(letter) ?? []) {
    reply(session, entry, channel.name, mask, by, String(at));
  }
  reply(session, end, channel.name);
}

function userMode({ chat, commit, session, user, params }: Call, target: string): void | Promise<void> {
  const other = chat.find(target) ?? refuse("ERR_NOSUCHNICK", target);
  if (other !== user) refuse("ERR_USERSDONTMATCH");
  const [, letters] = params;
  if (letters === undefined) return reply(session, "RPL_UMODEIS", `+${[...user.modes].sort().join("")}`);
  const { changes, unknown } = parseUserModes(letters);
  if (unknown.length > 0) {
    reply(session, "ERR_UMODEUNKNOWNFLAG", `Unknown MODE flag: ${unknown.slice(0, maxUnknown).join("")}`);
  }
  const wanted = new Map<string, "+" | "-">();
  const refused: string[] = [];
  for (const { sign, mode: { letter, change } } of changes) {
    if (change === "on and off" || (change === "off" && sign === "-")) wanted.set(letter, sign);
    else if (user.modes.has(letter) !== (sign === "+")) refused.push(sign + letter);
  }
  for (const mode of new Set(refused)) {
    const how = mode === "+o" ? "; use OPER to become an operator" : "";
    standardReply(session, "FAIL", "MODE", "CANNOT_SET", mode, `Only the server sets ${mode}${how}`);
  }
  const signed = (sign: string) =>
    [...wanted].filter(([letter, one]) => one === sign && user.modes.has(letter) !== (sign === "+"))
      .map(([letter]) => letter).join("");
  const [added, removed] = [signed("+"), signed("-")];
  if (added + removed === "") return;
  return commit({ kind: "user modes set", user: user.id, added, removed }, session);
}
