/** The loop that reads the lines of a connection: flood control, turns, and the commands one after another. */
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { Dispatcher } from "./command.ts";
import { Arrivals, FloodControl } from "./flood.ts";
import { LinesTurn } from "./lines_turn.ts";
import { logSlowed } from "./session_log.ts";
import type { WaitingLines } from "./timeouts.ts";

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
  readonly #chat: ChatState;
  readonly #dispatcher: Dispatcher;
  readonly #waiting: WaitingLines;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #arrivals: Arrivals;

  constructor({ chat, dispatcher, waiting, sleep }: LineReaderOptions) {
    this.#chat = chat;
    this.#dispatcher = dispatcher;
    this.#waiting = waiting;
    this.#sleep = sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.#arrivals = new Arrivals(chat.settings.flood > 0 ? chat.settings.perAddress : 0);
  }

  /** Resolves when the session or its connection ends. Rejects with a bug of a command. */
  async read(session: SessionState): Promise<void> {
    const { connection } = session;
    const { clock, settings: { flood } } = this.#chat;
    await this.#hold(session, this.#arrivals.waitMs(connection, clock.monotonic()));
    const control = flood > 0 ? new FloodControl(session, flood, clock.monotonic()) : undefined;
    const turn = new LinesTurn();
    for await (const lines of connection.lines()) {
      let now = clock.monotonic();
      if (lines.length > 0) {
        session.lastLineMs = now;
        session.wasPinged = false;
      }
      const idle = connection.takeIdle();
      const idleMs = control?.idleWaitMs(idle, now) ?? 0;
      if (idleMs > 0) {
        await this.#hold(session, idleMs);
        now = clock.monotonic();
      }
      turn.start();
      for (const line of lines) {
        if (turn.isOver(line)) {
          await turn.next();
          if (session.isClosed) return;
        }
        const waitMs = control === undefined ? 0 : control.waitMs(line, now);
        if (waitMs > 0) {
          await this.#hold(session, waitMs);
          now = clock.monotonic();
          turn.start();
          if (session.isClosed || connection.ended !== undefined) return;
        }
        const pending = this.#dispatcher.dispatch(session, line);
        if (pending !== undefined) await this.#waiting.untilAnswered(pending, session, line);
        if (session.isClosed) return;
      }
    }
  }

  /**
   * Does not read a session for some time. A client that waits for the server is not silent; without a read, only what we
   * send shows that it has left.
   */
  async #hold(session: SessionState, ms: number): Promise<void> {
    if (ms >= loggedHoldMs) logSlowed(this.#chat, session);
    const isOver = () => session.isClosed || session.connection.ended !== undefined;
    for (let leftMs = ms; leftMs > 0 && !isOver(); leftMs -= holdStepMs) {
      await this.#sleep(Math.min(leftMs, holdStepMs));
      session.lastLineMs = this.#chat.clock.monotonic();
      if (leftMs > holdStepMs && !isOver()) session.write([`PING :${this.#chat.settings.name}`]);
    }
  }
}
