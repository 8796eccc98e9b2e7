/** Sessions in the log: their start, their end, and the limits and bans they meet. It has no words of people. */
import type { ServerConnection } from "../../net/connection.ts";
import type { Chat } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { banSentence } from "../chat/server_ban.ts";
import type { Session, SessionState } from "../chat/session.ts";

/** The beginnings of reasons that this server or the system writes; all others can hold words of people. */
const knownReasons = [
  "Banned",
  "Connection closed",
  "Internal error",
  "Killed",
  "Ping timeout",
  "Read error",
  "Registration timed out",
  "SendQ exceeded",
  "The server is stopping",
  "This is an IRC server",
  "Too long",
  "Write error",
  "You are banned",
];

/** Refusals that mean that somebody met a limit; standard replies count by the code, which ends so. */
const limitNumerics = new Set([
  "RPL_TRYAGAIN",
  "ERR_TARGETTOOFAST",
  "ERR_TOOMANYCHANNELS",
  "ERR_TOOMANYTARGETS",
  "ERR_BANLISTFULL",
]);
const limitCodes = /^(?:RATE_LIMITED|TOO_MANY_\w+|\w*_LIMIT\w*|QUOTA\w*|\w*_EXCEEDED|MAX_\w+)$/;

/** Closes a connection whose address is banned; returns whether it is. */
export function refuseBanned(chat: Chat, connection: ServerConnection): boolean {
  const { address } = connection;
  const ban = chat.serverBans.findAddress(address, chat.clock.cautiousNow());
  if (ban === undefined) return false;
  chat.logEntry("connection refused", { address, ban: ban.target });
  connection.send(`ERROR :Closing link: ${banSentence(ban)}`);
  connection.close();
  return true;
}

/** A connection has become a session. */
export function logOpened(chat: Chat, { id, connection: { address, secure, framing } }: Session): void {
  const transport = framing === "line" ? (secure ? "tls" : "tcp") : secure ? "wss" : "ws";
  chat.logEntry("connection opened", { session: id, address, transport });
}

/** The connection of a session has ended. */
export function logClosed(chat: Chat, session: SessionState): void {
  const { id, connection, user, openedMs, closedFor, hasQuit } = session;
  chat.logEntry("connection closed", {
    session: id,
    address: connection.address,
    account: accountOf(session),
    nick: user?.nick,
    reason: hasQuit ? "quit" : knownReason(closedFor ?? connection.ended ?? "Connection closed"),
    seconds: Math.round((chat.clock.monotonic() - openedMs) / 1000),
  });
}

function knownReason(reason: string): string {
  return knownReasons.find((known) => reason.startsWith(known)) ?? "closed by the server";
}

/** A command or an event was refused; only limits are logged. `command` is one of the table. */
export function logRefusal(chat: Chat, session: Session, refusal: Refusal, command?: string): void {
  const limit = refusal.refusal === "numeric" ? refusal.name : refusal.params[1] ?? "";
  if (refusal.refusal === "numeric" ? !limitNumerics.has(limit) : !limitCodes.test(limit)) return;
  logLimit(chat, session, limit, command);
}

const slowed = new WeakSet<Session>();

/** Flood control slows a session down; once for each session. */
export function logSlowed(chat: Chat, session: Session): void {
  if (slowed.has(session)) return;
  slowed.add(session);
  logLimit(chat, session, "flood");
}

function logLimit(chat: Chat, session: Session, limit: string, command?: string): void {
  const { id, connection: { address } } = session;
  chat.logEntry("limit met", { limit, command, session: id, account: accountOf(session), address });
}

function accountOf({ user, registration }: Session): string | undefined {
  return user?.account ?? registration?.account;
}
