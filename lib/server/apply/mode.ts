/** Apply, for channel modes: makes every real change, in the order of the command, and notifies the channel. */
import { unshared } from "../../irc/message.ts";
import { changeRank, channelModeOf, formatModeChanges, isRank, type ModeChange } from "../../irc/modes.ts";
import { modePortions, plainTextBytes } from "../../irc/plain_lines.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import { maxModes } from "../render/isupport.ts";
import { fromUser } from "../render/sender.ts";
import type { EventOf, ModeRecord } from "./event.ts";
import { rememberRank, saveRegistered } from "./registered_channel.ts";
import { beginBan, endBan, saveClosed } from "./closing.ts";
import { saveEvent } from "./saving.ts";

/** Replaces a removed key, so that nobody learns it from its removal. */
const hiddenKey = "*";

/** Changes modes, ranks and lists, and sends the real changes to the channel. */
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
    if (change === undefined) continue;
    made.push(change);
    if (change.mode.letter !== "b" || change.parameter === undefined) continue;
    (change.sign === "+" ? beginBan : endBan)(chat, channel, change.parameter, stamp);
  }
  saveRegistered(chat, channel);
  broadcastModes(chat, user, channel, made, stamp);
}

/** Makes one change and returns it for the notice; undefined if nothing changed. */
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
  const made = (shown?: string): ModeChange => ({ sign, mode, parameter: shown });
  if (isRank(mode)) {
    const target = chat.users.get(parameter);
    const member = target && channel.members.get(target);
    const prefixes = member && changeRank(member.prefixes, sign, mode);
    if (prefixes === member?.prefixes || member === undefined) return undefined;
    member.prefixes = prefixes ?? "";
    if (target !== undefined) rememberRank(channel, target, member.prefixes);
    return made(target?.nick);
  }
  if (mode.kind === "list") {
    if (sign === "-") {
      const removed = channel.removeEntry(letter, parameter);
      return removed && made(removed.mask);
    }
    return channel.addEntry(letter, { mask: parameter, by, at }) ? made(parameter) : undefined;
  }
  if (mode.kind === "flag") {
    if (channel.flags.has(letter) === (sign === "+")) return undefined;
    if (sign === "+") channel.flags.add(letter);
    else channel.flags.delete(letter);
    return made();
  }
  if (sign === "-") {
    return channel.settings.delete(letter) ? made(mode.kind === "key" ? hiddenKey : undefined) : undefined;
  }
  if (channel.settings.get(letter) === parameter) return undefined;
  channel.settings.set(letter, unshared(parameter));
  return made(parameter);
}

/** Sends as few MODE lines as possible; the first has the msgid. Members see a key, and history does not store it. */
function broadcastModes(
  chat: ChatState,
  user: UserState,
  channel: ChannelState,
  changes: readonly ModeChange[],
  stamp: number,
): void {
  if (changes.length === 0) return;
  const space = plainTextBytes(user.source, "MODE", [channel.name]);
  const lines = (shown: readonly ModeChange[]) =>
    modePortions(shown, space).flatMap((portion) => formatModeChanges(portion, maxModes))
      .map((params, at) => fromUser(user, "MODE", [channel.name, ...params], stamp, { hasId: at === 0 }));
  for (const line of lines(changes.map(withoutKey))) saveEvent(chat, [channel], line, stamp);
  saveClosed(chat, channel);
  for (const line of lines(changes)) channel.broadcast(line);
}

function withoutKey(change: ModeChange): ModeChange {
  return change.mode.kind === "key" ? { ...change, parameter: hiddenKey } : change;
}
