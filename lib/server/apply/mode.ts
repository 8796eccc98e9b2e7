/** Apply, for channel modes: every change that is one is made and told, in the order it was asked for. */
import { unshared } from "../../irc/message.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { changeRank, channelModeOf, formatModeChanges, isRank, type ModeChange } from "../../irc/modes.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { EventOf } from "./apply.ts";
import type { Channel } from "../chat/channel.ts";
import type { ModeRecord } from "./event.ts";
import type { Hub } from "../hub/hub.ts";
import { rememberRank, saveRegistered } from "../chat/registered_channel.ts";
import { maxModes } from "../render/isupport.ts";
import { saveDoor, saveEvent } from "./saving.ts";
import type { User } from "../chat/user.ts";

/** What a removed key is told as: people need not learn it by its end. */
const hiddenKey = "*";

/** Changes modes, ranks and lists; the channel is told what has really changed. */
export function applyModes(hub: Hub, user: User, event: EventOf<"modes set">, stamp: number): undefined {
  const channel = hub.channel(event.channel);
  if (channel === undefined) return;
  const at = Math.floor(stampMs(stamp) / 1000);
  const made: ModeChange[] = [];
  for (const record of event.changes) {
    const change = makeChange(hub, channel, record, user.source, at);
    if (change !== undefined) made.push(change);
  }
  saveRegistered(hub, channel);
  tellModes(hub, user, channel, made, stamp);
}

/** Makes one change and says what to tell; undefined when nothing changed. */
function makeChange(
  hub: Hub,
  channel: Channel,
  record: ModeRecord,
  by: string,
  at: number,
): ModeChange | undefined {
  const { sign, letter, parameter = "" } = record;
  const mode = channelModeOf(letter);
  if (mode === undefined) return undefined;
  const told = (shown?: string): ModeChange => ({ sign, mode, parameter: shown });
  if (isRank(mode)) {
    const target = hub.users.get(parameter);
    const member = target && channel.members.get(target);
    const prefixes = member && changeRank(member.prefixes, sign, mode);
    if (prefixes === member?.prefixes || member === undefined) return undefined;
    member.prefixes = prefixes ?? "";
    if (target !== undefined) rememberRank(channel, target, member.prefixes);
    return told(target?.nick);
  }
  if (mode.kind === "list") {
    if (sign === "-") {
      const removed = channel.removeEntry(letter, parameter);
      return removed && told(removed.mask);
    }
    return channel.addEntry(letter, { mask: parameter, by, at }) ? told(parameter) : undefined;
  }
  if (mode.kind === "flag") {
    if (channel.flags.has(letter) === (sign === "+")) return undefined;
    if (sign === "+") channel.flags.add(letter);
    else channel.flags.delete(letter);
    return told();
  }
  if (sign === "-") {
    return channel.settings.delete(letter) ? told(mode.kind === "key" ? hiddenKey : undefined) : undefined;
  }
  if (channel.settings.get(letter) === parameter) return undefined;
  channel.settings.set(letter, unshared(parameter));
  return told(parameter);
}

/** As few MODE lines as fit; the first carries the msgid. A key is told to members, and kept nowhere. */
function tellModes(
  hub: Hub,
  user: User,
  channel: Channel,
  changes: readonly ModeChange[],
  stamp: number,
): void {
  if (changes.length === 0) return;
  const room = hub.settings.lineBytes - utf8Bytes(`:${user.source} MODE ${channel.name} \r\n`);
  const lines = (shown: readonly ModeChange[]) =>
    portions(shown, room).flatMap((portion) => formatModeChanges(portion, maxModes))
      .map((params, at) => user.says("MODE", [channel.name, ...params], stamp, { hasId: at === 0 }));
  for (const line of lines(changes.map(withoutKey))) saveEvent(hub, [channel], line, stamp);
  saveDoor(hub, channel);
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
