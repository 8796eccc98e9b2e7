/** Read markers: the store has the markers of accounts; a user without an account has its own markers. */
import { fold } from "../../irc/names.ts";
import type { Chat } from "./chat.ts";
import type { User } from "./user.ts";

/** Milliseconds since 1970 of the last message that a user has read in a target; undefined if there is no marker. */
export function markerOf({ store }: Chat, user: User, target: string): number | undefined {
  if (user.account === undefined || store === undefined) return user.markers.get(fold(target));
  return store.markers.load(fold(user.account), fold(target));
}
