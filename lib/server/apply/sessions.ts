/** Apply, for sessions that end although their connections are open: with their login, or with their machine. */
import { stampMs } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import { lostSession, type UserState } from "../chat/user.ts";
import type { EventOf } from "./event.ts";
import { recordAct } from "./audit.ts";
import { changeAway } from "./away.ts";
import { endUser, removeUser } from "./presence.ts";

/**
 * Takes sessions from their user, which ends with its last session; with `isLater` it lingers, and is given up soon.
 * Returns the sessions on this machine; the caller closes them.
 */
export function removeSessions(
  chat: ChatState,
  user: UserState,
  ids: readonly string[],
  { reason, isLater = false }: { readonly reason: string; readonly isLater?: boolean },
  stamp: number,
): SessionState[] {
  const ended = user.sessions.filter((session) => ids.includes(session.id));
  for (const session of ended) {
    user.sessions.splice(user.sessions.indexOf(session), 1);
    // Without a user the end of a session is not an event.
    session.user = undefined;
  }
  for (const channel of user.channels.keys()) channel.forgetSessions();
  const isLast = ids.length === user.devices.size;
  const [device] = user.devices.values();
  if (isLast && !isLater) {
    removeUser(chat, user, reason, stamp);
    return ended;
  }
  const remove = () => {
    for (const id of ids) user.removeDevice(id, stampMs(stamp));
    if (isLast && device !== undefined) user.lingering = { since: stamp, forMs: 0, reason, device };
  };
  // A user who is about to end is not away before.
  if (isLast) remove();
  else changeAway(chat, user, { stamp }, remove);
  return ended;
}

/** The end of logins: the sentence for the sessions, and the session that stays. */
interface LoginEnd {
  readonly sentence: string;
  readonly keep?: string | undefined;
}

/** Ends every session of an account on every machine except one, also those that are about to log in to it. */
export function endLogins(
  chat: ChatState,
  account: string,
  { sentence, keep = "" }: LoginEnd,
  stamp: number,
): void {
  for (const user of chat.usersOf(account)) {
    const others = [...user.devices.keys()].filter((id) => id !== keep);
    closeSessions(chat, user, others, { quit: "Disconnected", sentence }, stamp);
  }
  forgetDevices(chat, account);
  for (const session of [...chat.sessions.values()]) {
    if (session.registration?.account === account && session.id !== keep) session.close(sentence);
  }
}

/** Ends some sessions of a user, or the user with all of them, also one that has none because it lingers. */
function closeSessions(
  chat: ChatState,
  user: UserState,
  ids: readonly string[],
  { quit, sentence }: { readonly quit: string; readonly sentence: string },
  stamp: number,
): void {
  if (ids.length === user.devices.size) return endUser(chat, user, stamp, { quit, error: sentence });
  if (ids.length === 0) return;
  for (const session of removeSessions(chat, user, ids, { reason: "" }, stamp)) session.close(sentence);
}

/** After a logout a device that logs in again does not only reconnect, so the others are told. */
function forgetDevices(chat: ChatState, account: string): void {
  for (const user of chat.usersOf(account)) user.rare?.formerDevices.clear();
}

/** Ends some sessions of an account, wherever they are. A token that such a device has made is void too. */
export function endSessions(
  chat: ChatState,
  { account, sessions, by }: EventOf<"sessions ended">,
  stamp: number,
): undefined {
  const row = chat.accounts.find(account);
  if (row === undefined) return;
  chat.store?.accounts.save({ ...row, epoch: stamp });
  const who = by === undefined ? "another device of your account" : `the operator ${by}`;
  const sentence = `Logged out: ${who} ended this session`;
  for (const user of chat.usersOf(row.name)) {
    const ids = [...user.devices.keys()].filter((id) => sessions.includes(id));
    const isLost = user.lingering !== undefined && sessions.includes(lostSession);
    if (ids.length === 0 && !isLost) continue;
    closeSessions(chat, user, ids, { quit: "Logged out", sentence }, stamp);
  }
  forgetDevices(chat, row.name);
  if (by !== undefined) recordAct(chat, { act: "SESSIONS", by, target: row.name }, stamp);
}
