/**
 * The lines of a session whose events are not ordered yet. Usually the next line waits for them. Messages to one channel
 * follow each other without waiting: the bus keeps their order, none of them changes what the next one may do, and a
 * refusal is answered when its message is applied. So a paragraph of thirty lines takes as long as one line. On a bus of
 * one machine every event is applied at once, so no line is ever here.
 */
import type { Line } from "../../irc/lines.ts";
import type { SessionState } from "../chat/session.ts";
import type { WaitingLines } from "./timeouts.ts";

/** A message to one channel, without tags: it has no label, whose answer would have to end before the next line. */
const channelMessage = /^(?:PRIVMSG|NOTICE) +(#[^ ,]+) /i;
/** The most lines of one session that wait together. */
const maxLines = 64;

/** A line whose command has not ended. */
export interface UnansweredLine {
  readonly line: Line;
}

/** The lines of one session. */
export class UnansweredLines {
  readonly #session: SessionState;
  readonly #waiting: WaitingLines;
  readonly #lines = new Set<UnansweredLine>();
  readonly #pending: Promise<void>[] = [];
  /** The channel of all lines. */
  #channel: string | undefined;

  constructor(session: SessionState, waiting: WaitingLines) {
    this.#session = session;
    this.#waiting = waiting;
  }

  /** Whether messages to the same channel can follow. */
  get canContinue(): boolean {
    return this.#channel !== undefined;
  }

  /** Whether this line has to wait for answered(). */
  holds(line: Line): boolean {
    return this.#pending.length >= maxLines || this.#channelOf(line) !== this.#channel;
  }

  /** Adds a line whose command has not ended. */
  add(line: Line, pending: Promise<void>): void {
    if (this.#pending.push(pending) === 1) this.#channel = this.#channelOf(line);
    const unanswered = { line };
    this.#lines.add(unanswered);
    const end = () => void this.#lines.delete(unanswered);
    pending.then(end, end);
  }

  /** Resolves when all commands have ended; see WaitingLines.untilAnswered. */
  answered(): Promise<void> {
    const [first] = this.#pending;
    const all = this.#pending.length === 1 && first !== undefined
      ? first
      : Promise.all(this.#pending).then(() => {});
    return this.#waiting.untilAnswered(all, this.#session, this.#lines);
  }

  #channelOf(line: Line): string | undefined {
    if (typeof line !== "string" || this.#session.batch !== undefined) return undefined;
    return channelMessage.exec(line)?.[1];
  }
}
