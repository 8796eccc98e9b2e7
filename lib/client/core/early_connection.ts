/**
 * A connection that is opened before the person joins, so that its handshakes cost no wait. It sends nothing. One that
 * nobody takes is closed after a time, because a server ends connections that do not register.
 */

import { deadlines } from "../../deadlines.ts";
import type { Connection } from "../../net/connection.ts";
import type { ClientOptions } from "./client_options.ts";
import { computerClock } from "./sleep_watch.ts";

/** A connection that nobody has taken. */
interface Waiting {
  readonly opening: Promise<Connection>;
  readonly abort: AbortController;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly sinceMs: number;
}

/** The connections of one program to one server. */
export class EarlyConnection {
  readonly #connect: ClientOptions["connect"];
  readonly #unusedMs: number;
  readonly #now: () => number;
  #waiting: Waiting | undefined;

  constructor(
    connect: ClientOptions["connect"],
    unusedMs: number = deadlines.unusedConnectionMs,
    now: () => number = computerClock,
  ) {
    this.#connect = connect;
    this.#unusedMs = unusedMs;
    this.#now = now;
  }

  /** Opens a connection if none waits; can be called often. A failure is not reported: take() tries again. */
  prepare(): void {
    if (this.#waiting !== undefined) return;
    const abort = new AbortController();
    const opening = this.#connect(abort.signal);
    const timer = setTimeout(() => this.drop(), this.#unusedMs);
    const waiting = this.#waiting = { opening, abort, timer, sinceMs: this.#now() };
    opening.catch(() => {
      if (this.#waiting === waiting) this.drop();
    });
  }

  /** Closes the connection that nobody has taken. */
  drop(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    clearTimeout(waiting.timer);
    waiting.abort.abort();
    waiting.opening.then((connection) => connection.close(), () => {});
  }

  /** The connection that waits if it works, or a new one; see ClientOptions.connect. */
  async take(signal: AbortSignal): Promise<Connection> {
    // The timer stands still while the computer sleeps, but the server closes its end meanwhile.
    if (this.#waiting !== undefined && this.#now() - this.#waiting.sinceMs > this.#unusedMs) this.drop();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) {
      const { opening, abort, timer } = waiting;
      clearTimeout(timer);
      signal.addEventListener("abort", () => abort.abort(), { once: true });
      const connection = await opening.catch(() => undefined);
      if (connection !== undefined && connection.ended === undefined) return connection;
      signal.throwIfAborted();
    }
    return await this.#connect(signal);
  }
}
