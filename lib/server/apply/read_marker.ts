/**
 * Apply, for read markers (draft/read-marker): how far a user has read. The store has the markers of accounts; a user
 * without an account has its markers while it is online, as every user has those of conversations without a message.
 * Markers only move forward, and only sessions of the user get them.
 */
import { fold, type Folded } from "../../irc/names.ts";
import type { ChatState } from "../chat/chat.ts";
import { type Marker, markerAt } from "../chat/read_marker.ts";
import type { UserState } from "../chat/user.ts";
import { markerMessage } from "../render/read_marker.ts";
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
  // The store can be ahead of the event, the markers in memory are not.
  if (isForward || !event.isKept) saveMarker(chat, user, key, event);
  const asker = chat.applyingFor;
  for (const session of user.sessions) {
    if (session !== asker && isForward) session.send(markerMessage(chat, user, event.target));
  }
  asker?.answer(markerMessage(chat, user, event.target, { needs: 0 }));
}

/**
 * The marker of an account is stored if somebody has written in the conversation. Otherwise it stays in memory: it costs
 * no disk to name channels and people that do not exist. The marker says which, because the history of this machine can
 * be ahead of the event: after a start, events are applied again that it has already.
 */
export function saveMarker(
  { store }: ChatState,
  user: UserState,
  target: Folded,
  { ms, isKept }: Marker,
): void {
  if (user.account !== undefined && store !== undefined && isKept) {
    return store.markers.save(fold(user.account), target, ms);
  }
  const { markers } = user.makeRare();
  const before = markers.get(target)?.ms ?? 0;
  markers.delete(target);
  const [oldest] = markers.keys();
  if (markers.size >= maxMarkers && oldest !== undefined) markers.delete(oldest);
  markers.set(target, { ms: Math.max(ms, before), isKept });
}
