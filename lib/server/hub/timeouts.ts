/**
 * Timeouts of sessions: registration that takes too long, PING to a silent client, and a PING without an answer. All
 * times are those of the monotonic clock.
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
