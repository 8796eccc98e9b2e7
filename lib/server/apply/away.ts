/** Apply, for the changes that make a user away or bring it back: AWAY, and sessions that join or leave it. */
import { unshared } from "../../irc/message.ts";
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import type { OutgoingLine } from "../render/outgoing.ts";
import { reply } from "../render/reply.ts";
import { fromUser } from "../render/sender.ts";
import type { EventOf } from "./event.ts";
import { sendToPeers } from "./notices.ts";

/** Applies AWAY of one session. */
export function setAway(
  chat: ChatState,
  user: UserState,
  event: EventOf<"away set">,
  stamp: number,
): undefined {
  const { session: asker, reason } = event;
  if (!user.sessionIds.has(asker)) return;
  changeAway(chat, user, stamp, () => {
    if (reason === "*") {
      user.absent.add(asker);
    } else {
      user.absent.delete(asker);
      user.awayText = reason === "" ? undefined : unshared(reason);
    }
  });
  const session = chat.sessions.get(asker);
  if (session !== undefined) reply(session, reason === "" ? "RPL_UNAWAY" : "RPL_NOWAWAY");
}

/** Runs a change, and notifies the peers of the user if it makes the user away or back. */
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
