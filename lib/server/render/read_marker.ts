/** MARKREAD: how far a user has read (draft/read-marker). */
import { firstStamp, stampTime } from "../../irc/stamp.ts";
import type { Chat } from "../chat/chat.ts";
import { markerOf } from "../chat/read_marker.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import type { OutgoingLine } from "./outgoing.ts";
import { fromServer } from "./sender.ts";

/** Sends the read marker of a channel to a session with draft/read-marker, after its JOIN. */
export function sendMarker(session: Session, target: string): void {
  const { chat, user } = session;
  if (user === undefined || !session.has("draft/read-marker")) return;
  session.send(markerMessage(chat, user, target));
}

/** The MARKREAD message of the server. */
export function markerMessage(
  chat: Chat,
  user: User,
  target: string,
  details?: { needs: number },
): OutgoingLine {
  const ms = markerOf(chat, user, target);
  const time = ms === undefined ? "*" : `timestamp=${stampTime(firstStamp(ms))}`;
  return fromServer(chat, "MARKREAD", [target, time], details);
}
