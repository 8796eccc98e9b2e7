/**
 * Apply, for read markers (draft/read-marker): how far a user has read. The store has the markers of accounts; a user
 * without an account has its markers while it is online, as every user has those of conversations without a message.
 * Markers only move forward, and only sessions of the user get them.
 */
import { fold, type Folded } from "../../irc/names.ts";
import type { ChatState } from "../chat/chat.ts";
import { sideOf } from "../chat/history_access.ts";
import { markerAt } from "../chat/read_marker.ts";
import type { UserState } from "../chat/user.ts";
import { markerMessage } from "../render/read_marker.ts";
import type { Store } from "../store/store.ts";
import type { EventOf } from "./event.ts";

/** The most markers of a user without an account; a new one replaces the one that was moved longest ago. */
const maxMarkers = 1000;

/** Moves a marker forward and sends it to the user's sessions. The asker always gets the current marker. */
export function applyMarker(chat: ChatState, event: EventOf<"marked">): undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  const key = fold(event.key);
  const before = markerAt(chat, user, key);
  const isForward = before === undefined || event.ms > before;
  if (isForward) saveMarker(chat, user, key, event.ms);
  const asker = chat.applyingFor;
  for (const session of user.sessions) {
    if (session !== asker && isForward) session.send(markerMessage(chat, user, event.target));
  }
  asker?.answer(markerMessage(chat, user, event.target, { needs: 0 }));
}

/**
 * The marker of an account is stored if somebody has written in the conversation. Otherwise it stays in memory: it costs
 * no disk to name channels and people that do not exist.
 */
export function saveMarker({ store }: ChatState, user: UserState, target: Folded, ms: number): void {
  if (user.account !== undefined && store !== undefined && hasConversation(store, user, target)) {
    return store.markers.save(fold(user.account), target, ms);
  }
  const { markers } = user.makeRare();
  markers.delete(target);
  const [oldest] = markers.keys();
  if (markers.size >= maxMarkers && oldest !== undefined) markers.delete(oldest);
  markers.set(target, ms);
}

function hasConversation({ conversations }: Store, user: UserState, target: Folded): boolean {
  if (target.startsWith("#")) return conversations.find(target) !== undefined;
  return conversations.idsBetween(sideOf(user).identity, target).length > 0;
}
