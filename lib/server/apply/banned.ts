/** Apply, for sessions and users that a server ban matches. */
import { stampMs } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import {
  banSentence,
  candidateAt,
  isInRange,
  matchesTarget,
  parseTarget,
  type ServerBan,
} from "../chat/server_ban.ts";
import type { SessionState } from "../chat/session.ts";
import type { UserState } from "../chat/user.ts";
import { reply } from "../render/reply.ts";

/** The server ban that matches a user, if it has this nick or account. */
export function banWith(
  chat: ChatState,
  user: UserState,
  changes: { readonly nick: string } | { readonly account: string },
  stamp: number,
): ServerBan | undefined {
  const { nick, username, host, address, account } = user;
  return chat.serverBans.match({ nick, username, host, address, account, ...changes }, stampMs(stamp));
}

/** Closes a session of this machine whose arrival a ban forbids. */
export function refuseBanned(session: SessionState | undefined, ban: ServerBan): undefined {
  if (session === undefined) return;
  logBan(session, ban);
  reply(session, "ERR_YOUREBANNEDCREEP");
  session.close(banSentence(ban));
}

/** Closes a session of this machine that a ban matches, also by its own address. */
export function closeIfBanned(chat: ChatState, session: SessionState, nowMs: number): void {
  const { connection, user } = session;
  const ban = user === undefined
    ? chat.serverBans.findAddress(connection.address, nowMs)
    : chat.serverBans.match(candidateAt(session, user), nowMs);
  if (ban !== undefined) closeBanned(session, ban);
}

/**
 * Ends all that a new ban matches: users, sessions that are still registering, and further sessions with another address.
 * Each machine closes its own sessions, and the end of a session is an event of its own, because a ban can match
 * thousands of users. A user who lost its connection is given up.
 */
export function endBanned(chat: ChatState, ban: ServerBan): void {
  const target = parseTarget(ban.target);
  if (target === undefined) return;
  for (const user of chat.users.values()) {
    if (!matchesTarget(target, user)) continue;
    if (user.lingering !== undefined) user.lingering = { ...user.lingering, forMs: 0 };
    for (const session of [...user.sessions]) closeBanned(session, ban);
  }
  for (const session of [...chat.sessions.values()]) {
    const { user, connection: { address } } = session;
    const isMatched = user === undefined
      ? target.kind === "address" && isInRange(target.range, address)
      : matchesTarget(target, candidateAt(session, user));
    if (isMatched) closeBanned(session, ban);
  }
}

function closeBanned(session: SessionState, ban: ServerBan): void {
  if (session.isClosed) return;
  logBan(session, ban);
  // A banned user does not linger.
  session.hasQuit = true;
  session.close(banSentence(ban), `Banned (${ban.reason})`);
}

function logBan({ chat, user, registration, connection: { address } }: SessionState, ban: ServerBan): void {
  const account = user?.account ?? registration?.account;
  chat.logEntry("ban met", { address, account, ban: ban.target });
}
