/** The loop that reads the lines of a connection: flood control, turns, and the commands one after another. */
import type { Line } from "../../irc/lines.ts";
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { Dispatcher } from "./command.ts";
import { Arrivals, FloodControl } from "./flood.ts";
import { LinesTurn } from "./lines_turn.ts";
import { logSlowed } from "./session_log.ts";
import type { WaitingLines } from "./timeouts.ts";
import { UnansweredLines } from "./unanswered_lines.ts";

/** The parts of a hub that the loop needs. */
export interface LineReaderOptions {
  readonly chat: ChatState;
  readonly dispatcher: Dispatcher;
  readonly waiting: WaitingLines;
  /** Resolves after so many milliseconds. @default {setTimeout} */
  readonly sleep: ((ms: number) => Promise<void>) | undefined;
}

/** A long wait is divided, so that a session is never silent for long. */
const holdStepMs = 10_000;
/** The log has the first wait of a session that is longer than this. */
const loggedHoldMs = 1000;

/** Reads the lines of connections. */
export class LineReader {
  readonly #parts: SharedParts;
  readonly #arrivals: Arrivals;

  constructor({ chat, dispatcher, waiting, sleep }: LineReaderOptions) {
    const sleepMs = sleep ?? ((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
    this.#parts = { chat, dispatcher, waiting, sleep: sleepMs };
    this.#arrivals = new Arrivals(chat.settings.flood > 0 ? chat.settings.perAddress : 0);
  }

  /** Calls `onEnd` once, when the session or its connection ends, perhaps with a bug of a command. */
  read(session: SessionState, onEnd: (bug: unknown) => void): void {
    const waitMs = this.#arrivals.waitMs(session.connection, this.#parts.chat.clock.monotonic());
    new SessionLines(this.#parts, session, onEnd).start(waitMs);
  }
}

/** The parts of a hub that all sessions share. */
interface SharedParts {
  readonly chat: ChatState;
  readonly dispatcher: Dispatcher;
  readonly waiting: WaitingLines;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * The lines of one session. Nearly every read is handled without a wait, and thousands of idle sessions wait for their
 * next read, so this is an object with callbacks: an async function would keep about 1 KB for each of them.
 */
class SessionLines {
  readonly #parts: SharedParts;
  readonly #session: SessionState;
  readonly #reads: AsyncIterator<Line[]>;
  readonly #onEnd: (bug: unknown) => void;
  readonly #turn = new LinesTurn();
  #control: FloodControl | undefined;
  /** When the lines of this read can be handled, by the monotonic clock. */
  #nowMs = 0;
  #unanswered: UnansweredLines | undefined;
  readonly #take = (read: IteratorResult<Line[]>) => this.#handleRead(read);
  readonly #end = (bug: unknown) => this.#onEnd(bug);

  constructor(parts: SharedParts, session: SessionState, onEnd: (bug: unknown) => void) {
    this.#parts = parts;
    this.#session = session;
    this.#reads = session.connection.lines()[Symbol.asyncIterator]();
    this.#onEnd = onEnd;
  }

  /** Begins to read after so many milliseconds. */
  start(waitMs: number): void {
    if (waitMs === 0) return this.#begin();
    this.#hold(waitMs).then(() => this.#begin()).catch(this.#end);
  }

  #begin(): void {
    const { clock, settings: { flood } } = this.#parts.chat;
    if (flood > 0) this.#control = new FloodControl(this.#session, flood, clock.monotonic());
    this.#readNext();
  }

  #readNext(): void {
    this.#reads.next().then(this.#take, this.#end);
  }

  #handleRead({ done, value: lines }: IteratorResult<Line[]>): void {
    if (done) return this.#onEnd(undefined);
    try {
      const pending = this.#handleLines(lines);
      this.#turn.end();
      if (pending === undefined) this.#goOn();
      else pending.then(() => this.#goOn()).catch(this.#end);
    } catch (bug) {
      this.#onEnd(bug);
    }
  }

  #goOn(): void {
    if (!this.#session.isClosed) return this.#readNext();
    this.#onEnd(undefined);
  }

  /** Handles the lines of one read; a promise if something must wait. */
  #handleLines(lines: readonly Line[]): Promise<void> | undefined {
    const session = this.#session;
    this.#nowMs = this.#parts.chat.clock.monotonic();
    if (lines.length > 0) {
      session.lastLineMs = this.#nowMs;
      session.wasPinged = false;
    }
    const idle = session.connection.takeIdle();
    const idleMs = this.#control?.idleWaitMs(idle, this.#nowMs) ?? 0;
    if (idleMs > 0) return this.#handleLater(this.#restart(idleMs), lines, 0);
    this.#turn.start();
    for (let at = 0; at < lines.length; at++) {
      const pending = this.#handle(lines[at] as Line);
      if (pending !== undefined) return this.#handleLater(pending, lines, at + 1);
      if (session.isClosed) return;
    }
    return this.#answered();
  }

  /** Handles the lines from `from` on after `pending`. */
  async #handleLater(pending: Promise<void>, lines: readonly Line[], from: number): Promise<void> {
    await pending;
    for (let at = from; at < lines.length && !this.#session.isClosed; at++) {
      await this.#handle(lines[at] as Line);
    }
    if (!this.#session.isClosed) await this.#answered();
  }

  #handle(line: Line): Promise<void> | undefined {
    if (this.#unanswered?.holds(line)) return this.#handleWhenAnswered(line);
    return this.#turn.isOver(line) ? this.#handleInTurn(line) : this.#handleNow(line);
  }

  async #handleWhenAnswered(line: Line): Promise<void> {
    await this.#answered();
    if (!this.#session.isClosed) await this.#handle(line);
  }

  async #handleInTurn(line: Line): Promise<void> {
    await this.#turn.next();
    if (!this.#session.isClosed) await this.#handleNow(line);
  }

  #handleNow(line: Line): Promise<void> | undefined {
    const waitMs = this.#control === undefined ? 0 : this.#control.waitMs(line, this.#nowMs);
    return waitMs > 0 ? this.#handleAfter(line, waitMs) : this.#dispatch(line);
  }

  async #handleAfter(line: Line, waitMs: number): Promise<void> {
    await this.#restart(waitMs);
    if (!this.#isOver()) await this.#dispatch(line);
  }

  #dispatch(line: Line): Promise<void> | undefined {
    const { dispatcher, waiting } = this.#parts;
    const pending = dispatcher.dispatch(this.#session, line);
    if (!pending) return undefined;
    this.#unanswered ??= new UnansweredLines(this.#session, waiting);
    this.#unanswered.add(line, pending);
    return this.#unanswered.canContinue ? undefined : this.#answered();
  }

  /** Resolves when no line is unanswered; undefined if there is none. */
  #answered(): Promise<void> | undefined {
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    return unanswered?.answered();
  }

  #isOver(): boolean {
    return this.#session.isClosed || this.#session.connection.ended !== undefined;
  }

  /** Waits, and begins a turn. */
  async #restart(waitMs: number): Promise<void> {
    await this.#hold(waitMs);
    this.#nowMs = this.#parts.chat.clock.monotonic();
    this.#turn.start();
  }

  /**
   * Does not read a session for some time. A client that waits for the server is not silent; without a read, only what we
   * send shows that it has left.
   */
  async #hold(ms: number): Promise<void> {
    const session = this.#session;
    const { chat, sleep } = this.#parts;
    if (ms >= loggedHoldMs) logSlowed(chat, session);
    for (let leftMs = ms; leftMs > 0 && !this.#isOver(); leftMs -= holdStepMs) {
      await sleep(Math.min(leftMs, holdStepMs));
      session.lastLineMs = chat.clock.monotonic();
      if (leftMs > holdStepMs && !this.#isOver()) session.write([`PING :${chat.settings.name}`]);
    }
  }
}
