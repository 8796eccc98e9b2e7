/**
 * Timeouts of sessions: registration that takes too long, PING to a silent client, a PING without an answer, and a line
 * that waits for another one whose result is not known. All times are those of the monotonic clock. A time in which the
 * server itself did not run (it was stopped, or the computer was overloaded) is not the fault of the clients: what they
 * sent meanwhile is not read yet.
 */
import { deadlines } from "../../deadlines.ts";
import type { Line } from "../../irc/lines.ts";
import type { Event } from "../apply/event.ts";
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { Bus } from "./bus.ts";
import type { UnansweredLine } from "./unanswered_lines.ts";

/** Closes sessions that timed out, and sends PING to silent ones. Call it every few seconds. */
export function closeTimedOut({ sessions, settings }: ChatState, nowMs: number): void {
  const { name, pingAfter } = settings;
  for (const session of sessions.values()) {
    // The server does not read this session at the moment.
    if (session.awaited !== undefined) continue;
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

/** Lines of a session whose commands have not ended. */
interface Waiting {
  readonly sinceMs: number;
  /** A line leaves it when its command has ended. */
  readonly lines: ReadonlySet<UnansweredLine>;
  /** The next line no longer waits. */
  readonly resolve: () => void;
}

/** Sessions of a chat of many machines whose next line waits for commands. */
export class WaitingLines {
  readonly #chat: ChatState;
  readonly #bus: Bus<Event>;
  readonly #tell: (session: SessionState, line: Line) => void;
  readonly #isShared: boolean;
  readonly #waiting = new Map<SessionState, Waiting>();

  /** `tell` answers a line whose event has no result. */
  constructor(chat: ChatState, bus: Bus<Event>, tell: (session: SessionState, line: Line) => void) {
    this.#chat = chat;
    this.#bus = bus;
    this.#tell = tell;
    this.#isShared = bus.figures !== undefined;
  }

  /** Resolves with the commands, or when the bus stopped and the result of an event is not known for too long. */
  untilAnswered(
    pending: Promise<void>,
    session: SessionState,
    lines: ReadonlySet<UnansweredLine>,
  ): Promise<void> {
    if (!this.#isShared) return pending;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { sinceMs: this.#chat.clock.monotonic(), lines, resolve };
    this.#waiting.set(session, waiting);
    pending.finally(() => {
      if (this.#waiting.get(session) === waiting) this.#waiting.delete(session);
    }).then(resolve, reject);
    return promise;
  }

  /** Lets sessions be read again whose events have no result, so that their next commands are answered. */
  tellDoubts(nowMs: number): void {
    if (this.#bus.figures?.isUp ?? true) return;
    for (const [session, { sinceMs, lines, resolve }] of this.#waiting) {
      if (session.awaited === undefined || nowMs - sinceMs < deadlines.eventDoubtMs) continue;
      this.#waiting.delete(session);
      session.awaited = undefined;
      session.lastLineMs = nowMs;
      for (const { line } of lines) this.#tell(session, line);
      resolve();
    }
  }
}
