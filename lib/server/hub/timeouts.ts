/**
 * Timeouts of sessions: registration that takes too long, PING to a silent client, and a PING without an answer. All
 * times are those of the monotonic clock. A time in which the server itself did not run (it was stopped, or the computer
 * was overloaded) is not the fault of the clients: what they sent meanwhile is not read yet.
 */
import type { ChatState } from "../chat/chat.ts";

/** Closes sessions that timed out, and sends PING to silent ones. Call it every few seconds. */
export function closeTimedOut({ sessions, settings }: ChatState, nowMs: number): void {
  const { name, pingAfter } = settings;
  for (const session of sessions.values()) {
    // The server does not read this session at the moment.
    if (session.awaitsOrder) continue;
    const silentMs = nowMs - session.lastLineMs;
    if (session.registration !== undefined && nowMs >= session.registration.dueMs) {
      session.close("Registration timed out");
    } else if (silentMs >= pingAfter * 1.5 && session.wasPinged) {
      session.close(`Ping timeout: ${Math.floor(silentMs / 1000)} seconds`);
    } else if (silentMs >= pingAfter && !session.wasPinged) {
      session.wasPinged = true;
      session.write([`PING :${name}`]);
    }
  }
}

/** A session that registers has at least this long after a standstill: its lines must be read first. */
const readMs = 1000;

/**
 * Gives all sessions the time back in which the server did not run. A session that was asked with PING has the whole
 * time for the answer again.
 */
export function excuseStandstill(
  { sessions, settings: { pingAfter } }: ChatState,
  standstillMs: number,
  nowMs: number,
): void {
  for (const session of sessions.values()) {
    const { registration, lastLineMs } = session;
    // A session whose lines were read since then needs less.
    session.lastLineMs = Math.min(nowMs, Math.max(lastLineMs + standstillMs, nowMs - pingAfter));
    if (registration === undefined) continue;
    registration.dueMs = Math.max(registration.dueMs + standstillMs, nowMs + readMs);
  }
}
