/**
 * Saving: what of that which happens is kept, and in which conversation. Called by apply, before people are told; costs
 * an append in memory (server/store/history.ts), and the tick's transaction is committed before anything is sent.
 */
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { sideOf } from "../chat/history_access.ts";
import type { UserState } from "../chat/user.ts";
import type { OutgoingMessage } from "../render/outgoing.ts";
import type { Stream } from "../store/conversation.ts";
import type { Event } from "./event.ts";

type MessageEvent = Extract<Event, { kind: "message" }>;

/** A TAGMSG with one of these is worth keeping; typing never is. */
const lasting: ReadonlySet<string> = new Set([
  "+draft/react",
  "+draft/unreact",
  "+draft/reply",
  "+draft/persist",
  "+react",
  "+reply",
]);

/** Keeps what was said in a channel. */
export function saveInChannel(
  chat: ChatState,
  channel: ChannelState,
  event: MessageEvent,
  outgoing: OutgoingMessage,
  stamp: number,
): void {
  const { store } = chat;
  if (store === undefined || !isLasting(event)) return;
  const conversation = store.conversations.channel(channel.folded, channel.name);
  store.history.append(conversation, streamOf(event), stamp, outgoing.record());
}

/** Keeps what one user said to another. */
export function saveInPrivate(
  chat: ChatState,
  [user, target]: readonly [UserState, UserState],
  event: MessageEvent,
  outgoing: OutgoingMessage,
  stamp: number,
): void {
  const { store } = chat;
  if (store === undefined || !isLasting(event)) return;
  const conversation = store.conversations.between(sideOf(user), sideOf(target));
  store.history.append(conversation, streamOf(event), stamp, outgoing.record());
}

/** Keeps what happened in channels, for readers with event-playback. */
export function saveEvent(
  chat: ChatState,
  channels: Iterable<ChannelState>,
  outgoing: OutgoingMessage,
  stamp: number,
): void {
  const { store } = chat;
  if (store === undefined) return;
  const record = outgoing.record();
  for (const { folded, name } of channels) {
    store.history.append(store.conversations.channel(folded, name), 1, stamp, record);
  }
}

/** To be called when a channel's modes have changed: remembers whether everybody may enter. */
export function saveDoor(chat: ChatState, channel: ChannelState): void {
  const { store } = chat;
  if (store === undefined) return;
  const closed = channel.flags.has("i") || channel.flags.has("R") || channel.settings.has("k");
  store.conversations.setClosed(store.conversations.channel(channel.folded, channel.name), closed);
}

/** To be called when a channel is made: if it was closed when the last one left, what was said in it stays unseen. */
export function openDoor(chat: ChatState, channel: ChannelState, stamp: number): void {
  const { store } = chat;
  store?.conversations.reopen(store.conversations.channel(channel.folded, channel.name), stamp);
}

/** A TAGMSG stands with the events, not with what was said. */
function streamOf({ command }: MessageEvent): Stream {
  return command === "TAGMSG" ? 1 : 0;
}

function isLasting({ command, tags }: MessageEvent): boolean {
  return command !== "TAGMSG" || (tags?.some(([name]) => lasting.has(name)) ?? false);
}
