/**
 * Read markers (draft/read-marker): how far somebody has read. Those of an account are stored; who has none has them as
 * long as it is here. They move on only, and are told to the same user's sessions only.
 */
import { fold, type Folded } from "../../irc/names.ts";
import { firstStamp, stampTime } from "../../irc/stamp.ts";
import type { Event } from "./event.ts";
import type { Hub } from "../hub/hub.ts";
import type { OutgoingLine } from "../render/outgoing.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";

/** Of users without an account, by folded target; milliseconds since 1970. */
const passing = new WeakMap<User, Map<Folded, number>>();
/** Targets one user without an account is remembered to have read. */
const maxPassing = 1000;

/** Moves a marker on and tells the user's sessions; who asked is told where it stands in any case. */
export function applyMarker(hub: Hub, event: Extract<Event, { kind: "marked" }>): undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  const before = markerOf(hub, user, event.target);
  const moved = before === undefined || event.ms > before;
  if (moved) save(hub, user, fold(event.target), event.ms);
  const asker = hub.applyingFor;
  for (const session of user.sessions) {
    if (session !== asker && moved) session.tell(markerMessage(hub, user, event.target));
  }
  asker?.answer(markerMessage(hub, user, event.target, { needs: 0 }));
}

/** Tells a session how far its user has read, if it asked for markers; with JOIN. */
export function sendMarker(session: Session, target: string): void {
  const { hub, user } = session;
  if (user === undefined || !session.has("draft/read-marker")) return;
  session.tell(markerMessage(hub, user, target));
}

/** MARKREAD as the server says it. */
export function markerMessage(
  hub: Hub,
  user: User,
  target: string,
  details?: { needs: number },
): OutgoingLine {
  const ms = markerOf(hub, user, target);
  const time = ms === undefined ? "*" : `timestamp=${stampTime(firstStamp(ms))}`;
  return hub.fromServer("MARKREAD", [target, time], details);
}

/** What a user without an account has read, by folded target; for a snapshot. */
export function passingMarkers(user: User): [target: Folded, ms: number][] {
  return [...passing.get(user) ?? []];
}

/** Takes over what a user without an account has read. */
export function takePassingMarkers(user: User, markers: readonly (readonly [Folded, number])[]): void {
  if (markers.length > 0) passing.set(user, new Map(markers));
}

function markerOf({ store }: Hub, user: User, target: string): number | undefined {
  if (user.account === undefined || store === undefined) return passing.get(user)?.get(fold(target));
  return store.markers.load(fold(user.account), fold(target));
}

function save({ store }: Hub, user: User, target: Folded, ms: number): void {
  if (user.account !== undefined && store !== undefined) {
    return store.markers.save(fold(user.account), target, ms);
  }
  const markers = passing.get(user) ?? new Map<Folded, number>();
  passing.set(user, markers);
  if (markers.size < maxPassing || markers.has(target)) markers.set(target, ms);
}
