/**
 * Saving: what of that which happens is kept, and in which conversation. Called by apply, before people are told; costs
 * an append in memory (server/store/history.ts), and the tick's transaction is committed before anything is sent.
 */
import { fold } from "../../irc/names.ts";
import type { Side, Stream } from "../store/conversation.ts";
import type { Channel } from "../chat/channel.ts";
import type { Event } from "./event.ts";
import type { Hub } from "../hub/hub.ts";
import type { OutgoingMessage } from "../render/outgoing.ts";
import type { User } from "../chat/user.ts";

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

/** Who a user is for history: its account, or its nick as long as it has it (see nickSince). */
export function sideOf(user: User): Side {
  if (user.account !== undefined) return { identity: fold(user.account), name: user.account };
  return { identity: `~${user.folded}`, name: user.nick };
}

/** Keeps what was said in a channel. */
export function saveInChannel(
  hub: Hub,
  channel: Channel,
  event: MessageEvent,
  told: OutgoingMessage,
  stamp: number,
): void {
  const { store } = hub;
  if (store === undefined || !isLasting(event)) return;
  const conversation = store.conversations.channel(channel.folded, channel.name);
  store.history.append(conversation, streamOf(event), stamp, told.record());
}

/** Keeps what one user said to another. */
export function saveInPrivate(
  hub: Hub,
  [user, target]: readonly [User, User],
  event: MessageEvent,
  told: OutgoingMessage,
  stamp: number,
): void {
  const { store } = hub;
  if (store === undefined || !isLasting(event)) return;
  const conversation = store.conversations.between(sideOf(user), sideOf(target));
  store.history.append(conversation, streamOf(event), stamp, told.record());
}

/** Keeps what happened in channels, for readers with event-playback. */
export function saveEvent(hub: Hub, channels: Iterable<Channel>, told: OutgoingMessage, stamp: number): void {
  const { store } = hub;
  if (store === undefined) return;
  const record = told.record();
  for (const { folded, name } of channels) {
    store.history.append(store.conversations.channel(folded, name), 1, stamp, record);
  }
}

/** To be called when a channel's modes have changed: remembers whether everybody may enter. */
export function saveDoor(hub: Hub, channel: Channel): void {
  const { store } = hub;
  if (store === undefined) return;
  const closed = channel.flags.has("i") || channel.flags.has("R") || channel.settings.has("k");
  store.conversations.setClosed(store.conversations.channel(channel.folded, channel.name), closed);
}

/** To be called when a channel is made: if it was closed when the last one left, what was said in it stays unseen. */
export function openDoor(hub: Hub, channel: Channel, stamp: number): void {
  const { store } = hub;
  store?.conversations.reopen(store.conversations.channel(channel.folded, channel.name), stamp);
}

/** A TAGMSG stands with the events, not with what was said. */
function streamOf({ command }: MessageEvent): Stream {
  return command === "TAGMSG" ? 1 : 0;
}

function isLasting({ command, tags }: MessageEvent): boolean {
  return command !== "TAGMSG" || (tags?.some(([name]) => lasting.has(name)) ?? false);
}
