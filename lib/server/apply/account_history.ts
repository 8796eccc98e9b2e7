/**
 * Apply, for the history of an account. When a guest registers or logs in, its private conversations and read markers
 * belong to the account from then on; the messages, which name no account, are not changed. When an account is deleted,
 * others are told which messages are gone.
 */
import { parse } from "../../irc/message.ts";
import { fold } from "../../irc/names.ts";
import { messageId } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import { allVisibleHistory, sideOf } from "../chat/history_access.ts";
import type { UserState } from "../chat/user.ts";
import { OutgoingLine } from "../render/outgoing.ts";
import { saveMarker } from "./read_marker.ts";
import { sendInChannel } from "./redaction.ts";
import type { StoredRecord } from "../store/block.ts";

/** The deletion of an account names the newest messages of this many conversations, so that it takes milliseconds. */
const maxConversations = 100;
const maxMessages = 100;
/** All of them together: more would stop the chat for too long. With many conversations, each gets its share. */
const maxRead = 2500;

/** Gives what a user had as a guest to its account. */
export function adoptGuestHistory(chat: ChatState, user: UserState): void {
  const { store } = chat;
  const { account } = user;
  if (store === undefined || account === undefined) return;
  const guest = user.guestIdentity;
  const side = sideOf(user);
  const others = store.conversations.adopt(guest, side);
  store.conversations.rename(side);
  const markers = [...user.markers];
  user.rare?.markers.clear();
  for (const [target, marker] of markers) saveMarker(chat, user, target, marker);
  for (const other of others) {
    if (!other.startsWith("~")) store.markers.retarget(other, guest, side.identity);
  }
  const [before, now] = [fold(guest), fold(side.identity)];
  for (const { rare } of chat.users.values()) {
    const former = rare?.markers.get(before);
    if (rare === undefined || former === undefined) continue;
    const { markers } = rare;
    markers.delete(before);
    const later = markers.get(now);
    markers.set(now, later === undefined || later.ms < former.ms ? former : later);
  }
}

/**
 * Sends a REDACT for each message that a client can still show, and saves these deletions for clients that are offline.
 * Older messages are not named: nobody can read them any more, and there can be very many. Call it while the user has
 * the account and its messages can be read.
 */
export function announceErasure(chat: ChatState, user: UserState, account: string, stamp: number): void {
  const { store } = chat;
  if (store === undefined) return;
  const openFrom = chat.accounts.openFrom(account);
  const folded = fold(account);
  // Most records are of others, and reading one takes twenty times as long as this check.
  const [start = ""] = folded.split("\\");
  const canBeOf = ({ record }: StoredRecord) =>
    record.startsWith("@") && fold(record.slice(0, record.indexOf(" "))).includes(`account=${start}`);
  const conversations = allVisibleHistory(chat, store, user, 0).slice(0, maxConversations);
  const limit = Math.min(maxMessages, Math.floor(maxRead / conversations.length));
  for (const { name, views } of conversations) {
    const range = { limit, from: "end", events: false } as const;
    for (const saved of store.database.read(() => store.history.read(views, range), []).filter(canBeOf)) {
      const message = parse(saved.record.split("\r", 1)[0] ?? "");
      if (fold(message?.tags.get("account") ?? "") !== folded) continue;
      const [target = ""] = message?.params ?? [];
      const channel = chat.channel(name);
      const params = [channel?.name ?? name, messageId(saved.stamp)];
      const outgoing = new OutgoingLine(user.source, "REDACT", params, { stamp, account });
      const deletion = { stamp, account: folded, record: outgoing.record(), reason: "" };
      for (const { conversation } of views) store.deletions.save(conversation, saved.stamp, deletion);
      if (channel !== undefined) sendInChannel(channel, user, outgoing, target.slice(0, target.indexOf("#")));
      else {
        const people = new Set([user, chat.find(name)]);
        if (saved.stamp < openFrom) people.delete(user);
        for (const one of people) one?.send(outgoing);
      }
    }
  }
}
