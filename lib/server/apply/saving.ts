/**
 * Saving: which messages and events history stores, and in which conversation. Apply saves before it sends. Saving
 * costs an append in memory (server/store/history.ts); the transaction of the tick is committed before anything is
 * sent.
 */
import { wholeText } from "../../irc/record.ts";
import { type ChannelState, rankConversation } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import { sideOf } from "../chat/history_access.ts";
import { newlyShared } from "../chat/shared_files.ts";
import type { UserState } from "../chat/user.ts";
import type { OutgoingMessage } from "../render/outgoing.ts";
import type { Conversation, Stream } from "../store/conversation.ts";
import type { Store } from "../store/store.ts";
import { saveFirst } from "./closing.ts";
import type { Event } from "./event.ts";

type MessageEvent = Extract<Event, { kind: "message" }>;

/** A TAGMSG with one of these tags is stored; typing never is. */
const storedTags: ReadonlySet<string> = new Set([
  "+draft/react",
  "+draft/unreact",
  "+draft/reply",
  "+draft/persist",
  "+react",
  "+unreact",
  "+reply",
]);

/** Saves a message to a channel; one to a rank in a conversation of its own, so that other readers need not skip it. */
export function saveInChannel(
  chat: ChatState,
  channel: ChannelState,
  event: MessageEvent,
  outgoing: OutgoingMessage,
  stamp: number,
): void {
  const { store } = chat;
  if (store === undefined || !isStored(event)) return;
  const atLeast = event.target.kind === "channel" ? event.target.atLeast : undefined;
  const whole = writtenIn(store, channel);
  const conversation = atLeast === undefined
    ? whole
    : store.conversations.channel(rankConversation(atLeast, channel.folded), atLeast + channel.name);
  store.history.append(conversation, streamOf(event), stamp, outgoing.record());
  saveSharing(store, event, chat.users.get(event.user), stamp);
}

/** Saves a message from one user to another. */
export function saveInPrivate(
  chat: ChatState,
  [user, target]: readonly [UserState, UserState],
  event: MessageEvent,
  outgoing: OutgoingMessage,
  stamp: number,
): void {
  const { store } = chat;
  if (store === undefined || !isStored(event)) return;
  const conversation = store.conversations.between(sideOf(user), sideOf(target));
  store.history.append(conversation, streamOf(event), stamp, outgoing.record());
  saveSharing(store, event, user, stamp);
}

/** Saves with each file that the message shares which message that is: the file is deleted with it. */
function saveSharing(store: Store, event: MessageEvent, user: UserState | undefined, stamp: number): void {
  const { text, lines } = event;
  if (user === undefined || (!text.includes("/files/") && lines === undefined)) return;
  const all = lines === undefined ? text : wholeText("", lines);
  for (const file of newlyShared(store.files, all, user)) {
    store.files.save({ ...file, message: stamp });
  }
}

/** The conversation of a channel in which somebody writes, perhaps for the first time. */
function writtenIn({ conversations }: Store, channel: ChannelState): Conversation {
  const whole = conversations.channel(channel.folded, channel.name);
  if (whole.id === undefined) saveFirst(channel, whole);
  return whole;
}

/** Saves a topic with the events of the channel: it is words of a person, as a message is. */
export function saveTopic(
  { store }: ChatState,
  channel: ChannelState,
  outgoing: OutgoingMessage,
  stamp: number,
): void {
  store?.history.append(writtenIn(store, channel), 1, stamp, outgoing.record());
}

/** Saves an event in channels in which somebody has written, for clients with event-playback. */
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
    const conversation = store.conversations.channel(folded, name);
    if (store.conversations.isStored(conversation)) store.history.append(conversation, 1, stamp, record);
  }
}

/** A TAGMSG is stored with the events, not with the messages. */
function streamOf({ command }: MessageEvent): Stream {
  return command === "TAGMSG" ? 1 : 0;
}

/** Whether history stores the message; it does not store who is typing. */
export function isStored({ command, tags }: MessageEvent): boolean {
  return command !== "TAGMSG" || (tags?.some(([name]) => storedTags.has(name)) ?? false);
}
