/**
 * Notices a dead connection: after sleep or behind a broken router, no message says that it ended. After a long silence,
 * or when an answer is late, it sends a PING; if no line arrives in time, the connection is dead. It uses a clock that
 * never jumps, so a wrong or changed clock of the computer has no effect.
 */

import { deadlines } from "../../deadlines.ts";
import { leaveTimer } from "./let_others_run.ts";

/** The parts of a check. */
export interface LinkCheckParts {
  /** Sends a PING. */
  readonly ask: () => void;
  /** No answer came. */
  readonly onDead: () => void;
  /** A line came while the server was being asked. */
  readonly onAnswer: () => void;
  /** Whether the server can be silent for now, because it waits for the person. */
  readonly isExcused: () => boolean;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  /** The silence before a PING, in milliseconds. */
  readonly idleMs: number;
  /** The longest wait for an answer, in milliseconds. @default {deadlines.pongMs} */
  readonly answerMs?: number | undefined;
}

/** A timer that is late by this shows that the program did not run, for example in a frozen page. */
const standstillMs = 1_000;

/** After this silence a connection can be dead. */
const doubtMs = 20_000;

/**
 * A server handles the lines of a long paste slowly (flood control) and answers a PING after them. It is expected to
 * need at most this long for a line, and for one of a draft/multiline message; the first lines wait for nothing.
 */
const lineMs = 200;
const batchLineMs = 40;
const burstMs = 4_000;
/** However much was sent, the server must have said something after this time. */
const longestBusyMs = 120_000;

/** The check of one connection, from now until close(). */
export class LinkCheck {
  readonly #parts: LinkCheckParts;
  readonly #answerMs: number;
  /** When the last line arrived. */
  #lineAt: number;
  /** Until then the server can be busy with what was sent. */
  #busyUntil = 0;
  /** When something was sent that the server answers, while no line has arrived since. */
  #usedAt: number | undefined;
  /** When the server was asked, while no line has arrived since. */
  #askedAt: number | undefined;
  /** The server was asked a second time, because the program did not run. */
  #askedAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(parts: LinkCheckParts) {
    this.#parts = parts;
    this.#answerMs = parts.answerMs ?? deadlines.pongMs;
    this.#lineAt = parts.elapsed();
    this.#schedule();
  }

  /** A line arrived. It is called for every read, so it only remembers; the timer looks at it later. */
  onLine(): void {
    this.#lineAt = this.#parts.elapsed();
    const wasAsked = this.#askedAt !== undefined;
    this.#usedAt = this.#askedAt = undefined;
    this.#askedAgain = false;
    if (wasAsked) this.#parts.onAnswer();
  }

  /**
   * Whether the connection can be dead: no line has arrived for a while. This asks the server; onAnswer() or onDead()
   * follows.
   */
  isDoubtful(): boolean {
    if (this.#parts.elapsed() - this.#lineAt > doubtMs) this.askNow();
    return this.#askedAt !== undefined;
  }

  /** A line was sent that the server answers; `isPart`: it is a part of a draft/multiline message. */
  onUse(isPart = false): void {
    const now = this.#parts.elapsed();
    const busyUntil = Math.max(this.#busyUntil, now) + (isPart ? batchLineMs : lineMs);
    this.#busyUntil = Math.min(busyUntil, now + burstMs + longestBusyMs);
    if (this.#usedAt !== undefined || this.#askedAt !== undefined) return;
    this.#usedAt = this.#parts.elapsed();
    this.#schedule();
  }

  /** Asks now, because the computer slept or the network changed. */
  askNow(): void {
    if (this.#askedAt !== undefined || this.#closed) return;
    this.#askedAt = this.#parts.elapsed();
    this.#parts.ask();
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  get #due(): number {
    const since = this.#askedAt ?? this.#usedAt;
    if (since === undefined) return this.#lineAt + this.#parts.idleMs;
    return Math.max(since, this.#busyUntil - burstMs) + this.#answerMs;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const lookLater = () => void leaveTimer().then(() => this.#look());
    this.#timer = setTimeout(lookLater, Math.max(1, this.#due - this.#parts.elapsed()));
  }

  #look(): void {
    if (this.#closed) return;
    const lateMs = this.#parts.elapsed() - this.#due;
    if (lateMs < 0) return this.#schedule();
    if (this.#parts.isExcused()) {
      this.onLine();
      return this.#schedule();
    }
    // A program that did not run can have lines that it has not read yet: it asks again, once. In a hidden page every
    // timer is late.
    if (lateMs > standstillMs && !this.#askedAgain) {
      this.#askedAgain = this.#askedAt !== undefined;
      this.#askedAt = undefined;
    }
    if (this.#askedAt === undefined) return this.askNow();
    this.close();
    this.#parts.onDead();
  }
}
