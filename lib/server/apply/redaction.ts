/** Apply, for deleted messages: erases the text from history, and notifies the users that got the message. */
import { rankLevel } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import { parseRecord } from "../../irc/record.ts";
import { messageId } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { visibleHistory } from "../chat/history_access.ts";
import { isSilent } from "../chat/permission.ts";
import type { UserState } from "../chat/user.ts";
import { OutgoingLine } from "../render/outgoing.ts";
import type { HistoryView } from "../store/history_reader.ts";
import type { EventOf } from "./event.ts";

/** Erases the message on this machine, saves the deletion, and notifies the channel, or the two users. */
export function applyRedaction(chat: ChatState, event: EventOf<"redacted">, stamp: number): undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  const views = chat.store && visibleHistory(chat, chat.store, user, event.target);
  // A user that left the channel meanwhile cannot delete messages there.
  if (views === undefined) return;
  const channel = event.target.startsWith("#") ? chat.channel(event.target) : undefined;
  const other = channel === undefined ? chat.find(event.target) : undefined;
  const { source, account } = user;
  const params = [channel?.name ?? other?.nick ?? event.target, messageId(event.message)];
  // A member that cannot speak shows no words.
  const reason = channel !== undefined && isSilent(channel, user) ? "" : event.reason;
  const atLeast = rankOf(chat.store, views, event.message);
  chat.store?.eraser.redact(views, event.message, {
    stamp,
    account: account === undefined ? undefined : fold(account),
    record: new OutgoingLine(source, "REDACT", params, { account }).record(),
    reason,
  });
  for (const id of event.files ?? []) chat.store?.files.remove(id);
  if (reason !== "") params.push(reason);
  const outgoing = new OutgoingLine(source, "REDACT", params, { stamp, account });
  if (channel !== undefined) return sendInChannel(channel, user, outgoing, atLeast);
  user.send(outgoing);
  if (other !== undefined && other !== user) other.send(outgoing);
}

/** The rank that a message was sent to; "" for a message to the whole channel, and if it is not stored. */
function rankOf(store: ChatState["store"], views: readonly HistoryView[], stamp: number): string {
  const saved = store?.database.read(() => store.history.find(views, stamp), undefined);
  const [target = ""] = saved === undefined ? [] : parseRecord(saved.record)?.message.params ?? [];
  return target.slice(0, Math.max(0, target.indexOf("#")));
}

/** Sends the deletion to the members that could see the message. */
export function sendInChannel(
  channel: ChannelState,
  user: UserState,
  outgoing: OutgoingLine,
  atLeast: string,
): undefined {
  const level = rankLevel(atLeast);
  for (const [member, { prefixes }] of channel.members) {
    if (member === user || rankLevel(prefixes) >= level) member.send(outgoing);
  }
}
