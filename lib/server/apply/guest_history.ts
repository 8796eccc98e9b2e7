/**
 * Apply, for a guest that registers or logs in: the private conversations and read markers of the guest belong to the
 * account from then on. It does not change the messages, which name no account.
 */
import { fold } from "../../irc/names.ts";
import type { ChatState } from "../chat/chat.ts";
import { sideOf } from "../chat/history_access.ts";
import type { UserState } from "../chat/user.ts";

/** Gives what a user had as a guest to its account. */
export function adoptGuestHistory(chat: ChatState, user: UserState): void {
  const { store } = chat;
  const { account } = user;
  if (store === undefined || account === undefined) return;
  const guest = user.guestIdentity;
  const side = sideOf(user);
  const others = store.conversations.adopt(guest, side);
  store.conversations.rename(side);
  for (const [target, ms] of user.markers) store.markers.save(side.identity, target, ms);
  user.markers.clear();
  for (const other of others) {
    if (!other.startsWith("~")) store.markers.retarget(other, guest, side.identity);
  }
  const [before, now] = [fold(guest), fold(side.identity)];
  for (const { markers } of chat.users.values()) {
    const ms = markers.get(before);
    if (ms === undefined) continue;
    markers.delete(before);
    markers.set(now, Math.max(ms, markers.get(now) ?? 0));
  }
}
