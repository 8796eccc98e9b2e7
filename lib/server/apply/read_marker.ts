/**
 * Apply, for read markers (draft/read-marker): how far a user has read. Those of an account are stored; a user without
 * one has them as long as it is online. They only move forward, and only the same user's sessions are told.
 */
import { fold, type Folded } from "../../irc/names.ts";
import type { ChatState } from "../chat/chat.ts";
import { markerOf } from "../chat/read_marker.ts";
import type { UserState } from "../chat/user.ts";
import { markerMessage } from "../render/read_marker.ts";
import type { EventOf } from "./event.ts";

/** Markers that a user without an account can have. */
const maxMarkers = 1000;

/** Moves a marker forward and tells the user's sessions; the asker is told where it stands in any case. */
export function applyMarker(chat: ChatState, event: EventOf<"marked">): undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  const before = markerOf(chat, user, event.target);
  const moved = before === undefined || event.ms > before;
  if (moved) save(chat, user, fold(event.target), event.ms);
  const asker = chat.applyingFor;
  for (const session of user.sessions) {
    if (session !== asker && moved) session.send(markerMessage(chat, user, event.target));
  }
  asker?.answer(markerMessage(chat, user, event.target, { needs: 0 }));
}

function save({ store }: ChatState, user: UserState, target: Folded, ms: number): void {
  if (user.account !== undefined && store !== undefined) {
    return store.markers.save(fold(user.account), target, ms);
  }
  const { markers } = user;
  if (markers.size < maxMarkers || markers.has(target)) markers.set(target, ms);
}
