/** Apply, for the changes that make a user away or bring it back: AWAY, and sessions that join or leave it. */
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import type { OutgoingLine } from "../render/outgoing.ts";
import { fromUser } from "../render/sender.ts";
import { sendToPeers } from "./notices.ts";

/** Runs a change, and tells the peers of the user if it is away or back because of it. */
export function changeAway(chat: ChatState, user: UserState, stamp: number, change: () => void): void {
  const before = user.away;
  change();
  if (user.away !== before) {
    sendToPeers(chat, user, awayMessage(user, stamp), { self: false, monitors: true });
  }
}

/** AWAY as peers see it (away-notify); without a parameter it says that the user is back. */
export function awayMessage(user: UserState, stamp: number): OutgoingLine {
  return fromUser(user, "AWAY", user.away === undefined ? [] : [user.away], stamp);
}
