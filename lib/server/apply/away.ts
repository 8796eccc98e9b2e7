/**
 * Apply, for the changes that make a user away or bring it back: AWAY, and sessions that join or leave it. A user is away
 * while all its sessions are. Its sessions learn when that changes, and when one of them is away alone.
 */
import { unshared } from "../../irc/message.ts";
import { cutText } from "../../irc/wrap.ts";
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { DeviceAway, UserState } from "../chat/user.ts";
import { awayMessage, silentAwayMessage } from "../render/away_text.ts";
import { reply, sendNumeric, sendStandardReply } from "../render/reply.ts";
import type { EventOf } from "./event.ts";
import { sendToPeers } from "./notices.ts";

/** Applies AWAY of one session. */
export function setAway(
  chat: ChatState,
  user: UserState,
  event: EventOf<"away set">,
  stamp: number,
): undefined {
  const { session: id, reason } = event;
  const device = user.devices.get(id);
  if (device === undefined) return;
  const asker = chat.sessions.get(id);
  const away = awayOf(reason, stamp);
  changeAway(chat, user, { stamp, asker }, () => user.devices.set(id, { ...device, away }));
  if (asker !== undefined) reply(asker, reason === "" ? "RPL_UNAWAY" : "RPL_NOWAWAY");
  const isNew = away !== undefined && away.text !== device.away?.text;
  if (isNew && away.text !== "*" && user.away === undefined) explain(user, id, away.text);
}

/** The AWAY of a session with this text; undefined for "". */
export function awayOf(text: string, at: number): DeviceAway | undefined {
  return text === "" ? undefined : { text: unshared(text), at };
}

/**
 * Runs a change of a user's sessions. If it makes the user away or back, or away for another reason, the peers of the
 * user are notified, and its sessions except `asker`, which gets the answer of its command.
 */
export function changeAway(
  chat: ChatState,
  user: UserState,
  { stamp, asker }: { stamp: number; asker?: SessionState | undefined },
  change: () => void,
): void {
  const before = user.away;
  const told = user.sessions.filter((session) => session !== asker);
  change();
  const { away } = user;
  if (away === before) return;
  const outgoing = awayMessage(user, stamp);
  const silent = silentAwayMessage(user, stamp);
  sendToPeers(chat, user, outgoing, { self: false, monitors: true, silent });
  for (const session of told) {
    session.send(outgoing);
    if (away === undefined) sendNumeric(session, "RPL_UNAWAY");
    else if (before === undefined) sendNumeric(session, "RPL_NOWAWAY");
  }
}

/** The longest part of a text in a sentence, so that the sentence fits into one line of every client. */
const maxQuoted = 80;

/** Tells all sessions that one of them is away, but the user is not, because another session is not away. */
function explain(user: UserState, away: string, text: string): void {
  const start = cutText(text, maxQuoted);
  const quoted = start === text ? text : `${start}…`;
  for (const session of user.sessions) {
    const sentence = session.id === away
      ? "Others still see you as here, because another of your devices is not away"
      : `Another of your devices is away ("${quoted}"); others see you as away when all your devices are`;
    sendStandardReply(session, "NOTE", "AWAY", "OTHER_DEVICE", sentence);
  }
}
