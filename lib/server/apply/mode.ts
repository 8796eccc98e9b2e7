/** Apply, for channel modes: every change that is one is made and told, in the order it was asked for. */
import { utf8Bytes } from "../../irc/lines.ts";
import { unshared } from "../../irc/message.ts";
import { changeRank, channelModeOf, formatModeChanges, isRank, type ModeChange } from "../../irc/modes.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import { maxModes } from "../render/isupport.ts";
import { fromUser } from "../render/sender.ts";
import type { EventOf, ModeRecord } from "./event.ts";
import { rememberRank, saveRegistered } from "./registered_channel.ts";
import { saveDoor, saveEvent } from "./saving.ts";

/** What a removed key is told as: people need not learn it by its end. */
const hiddenKey = "*";

/** Changes modes, ranks and lists; the channel is told what has really changed. */
export function applyModes(
  chat: ChatState,
  user: UserState,
  event: EventOf<"modes set">,
  stamp: number,
): undefined {
  const channel = chat.channel(event.channel);
  if (channel === undefined) return;
  const at = Math.floor(stampMs(stamp) / 1000);
  const made: ModeChange[] = [];
  for (const record of event.changes) {
    const change = makeChange(chat, channel, record, user.source, at);
    if (change !== undefined) made.push(change);
  }
  saveRegistered(chat, channel);
  tellModes(chat, user, channel, made, stamp);
}

/** Makes one change and says what to tell; undefined when nothing changed. */
function makeChange(
  chat: ChatState,
  channel: ChannelState,
  record: ModeRecord,
  by: string,
  at: number,
): ModeChange | undefined {
  const { sign, letter, parameter = "" } = record;
  const mode = channelModeOf(letter);
  if (mode === undefined) return undefined;
  const outgoing = (shown?: string): ModeChange => ({ sign, mode, parameter: shown });
  if (isRank(mode)) {
    const target = chat.users.get(parameter);
    const member = target && channel.members.get(target);
    const prefixes = member && changeRank(member.prefixes, sign, mode);
    if (prefixes === member?.prefixes || member === undefined) return undefined;
    member.prefixes = prefixes ?? "";
    if (target !== undefined) rememberRank(channel, target, member.prefixes);
    return outgoing(target?.nick);
  }
  if (mode.kind === "list") {
    if (sign === "-") {
      const removed = channel.removeEntry(letter, parameter);
      return removed && outgoing(removed.mask);
    }
    return channel.addEntry(letter, { mask: parameter, by, at }) ? outgoing(parameter) : undefined;
  }
  if (mode.kind === "flag") {
    if (channel.flags.has(letter) === (sign === "+")) return undefined;
    if (sign === "+") channel.flags.add(letter);
    else channel.flags.delete(letter);
    return outgoing();
  }
  if (sign === "-") {
    return channel.settings.delete(letter)
      ? outgoing(mode.kind === "key" ? hiddenKey : undefined)
      : undefined;
  }
  if (channel.settings.get(letter) === parameter) return undefined;
  channel.settings.set(letter, unshared(parameter));
  return outgoing(parameter);
}

/** As few MODE lines as fit; the first carries the msgid. A key is told to members, and kept nowhere. */
function tellModes(
  chat: ChatState,
  user: UserState,
  channel: ChannelState,
  changes: readonly ModeChange[],
  stamp: number,
): void {
  if (changes.length === 0) return;
  const room = chat.settings.lineBytes - utf8Bytes(`:${user.source} MODE ${channel.name} \r\n`);
  const lines = (shown: readonly ModeChange[]) =>
    portions(shown, room).flatMap((portion) => formatModeChanges(portion, maxModes))
      .map((params, at) => fromUser(user, "MODE", [channel.name, ...params], stamp, { hasId: at === 0 }));
  for (const line of lines(changes.map(withoutKey))) saveEvent(chat, [channel], line, stamp);
  saveDoor(chat, channel);
  for (const line of lines(changes)) channel.broadcast(line);
}

function withoutKey(change: ModeChange): ModeChange {
  return change.mode.kind === "key" ? { ...change, parameter: hiddenKey } : change;
}

/** The changes in portions whose letters and parameters fit in `maxBytes`. */
function portions(changes: readonly ModeChange[], maxBytes: number): ModeChange[][] {
  const all: ModeChange[][] = [];
  let used = Infinity;
  for (const change of changes) {
    const bytes = 2 + (change.parameter === undefined ? 0 : 1 + utf8Bytes(change.parameter));
    if (used + bytes > maxBytes) {
      all.push([]);
      used = 0;
    }
    all.at(-1)?.push(change);
    used += bytes;
  }
  return all;
}
