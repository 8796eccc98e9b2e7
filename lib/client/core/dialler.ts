/**
 * Tries to connect until it works: the pauses between the tries grow while the server cannot be reached or drops the
 * connection soon, and end early when the person or the network is back.
 */

import { deadlines } from "../../deadlines.ts";
import { backoff } from "../../net/backoff.ts";
import type { Connection } from "../../net/connection.ts";

/** The parts of a dialler. */
export interface DiallerParts {
  /** One try; the signal aborts when it must end. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /** Milliseconds before a try. @default {backoff of lib/net} */
  readonly delay: ((attempt: number) => number) | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
}

/** A try from before a sleep can hang. After this time wake() begins another one. */
const freshMs = 3_000;
/** The shortest time between the starts of two tries, however often wake() is called. */
const betweenMs = 2_000;
/** After a connection of this length the pauses are short again. */
const stableMs = 30_000;

/** The tries of one client. */
export class Dialler {
  readonly #parts: DiallerParts;
  readonly #quit = new AbortController();
  #attempts = 0;
  #begunAt = -Infinity;
  #attempt: AbortController | undefined;
  #connectedAt: number | undefined;
  /** Ends the pause after a number of milliseconds. */
  #endPause: ((afterMs: number) => void) | undefined;
  /** While it is suspended: resolved by wake(). */
  #awake: PromiseWithResolvers<void> | undefined;
  #suspensions = 0;

  constructor(parts: DiallerParts) {
    this.#parts = parts;
  }

  /** The number of tries since the last stable connection. */
  get attempts(): number {
    return this.#attempts;
  }

  get hasQuit(): boolean {
    return this.#quit.signal.aborted;
  }

  /** How often suspend() was called, so that the caller knows whether it ended a connection. */
  get suspensions(): number {
    return this.#suspensions;
  }

  /** No try until wake(): ends the present one. */
  suspend(): void {
    this.#suspensions++;
    this.#awake ??= Promise.withResolvers();
    this.#attempt?.abort();
    this.#endPause?.(0);
  }

  /** One try; rejects as `connect` does, or when the try takes too long. While it is suspended, it waits for wake(). */
  async connect(): Promise<Connection> {
    if (this.#awake !== undefined) await this.#awake.promise;
    const attempt = this.#attempt = new AbortController();
    this.#begunAt = this.#parts.elapsed();
    const timer = setTimeout(() => attempt.abort(), deadlines.connectAttemptMs);
    try {
      const connection = await this.#parts.connect(AbortSignal.any([this.#quit.signal, attempt.signal]));
      this.#connectedAt = this.#parts.elapsed();
      return connection;
    } finally {
      clearTimeout(timer);
      this.#attempt = undefined;
    }
  }

  /** Waits before the next try; `onWaiting` gets the length of the pause. */
  async pause(onWaiting: (retryMs: number) => void): Promise<void> {
    const lastedMs = this.#parts.elapsed() - (this.#connectedAt ?? Infinity);
    if (lastedMs >= stableMs) this.#attempts = 0;
    this.#connectedAt = undefined;
    const retryMs = (this.#parts.delay ?? backoff)(this.#attempts++);
    onWaiting(retryMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    let timer = setTimeout(resolve, retryMs);
    this.#endPause = (afterMs) => {
      clearTimeout(timer);
      timer = setTimeout(resolve, afterMs);
    };
    const onQuit = () => resolve();
    this.#quit.signal.addEventListener("abort", onQuit);
    await promise;
    this.#quit.signal.removeEventListener("abort", onQuit);
    this.#endPause = undefined;
    clearTimeout(timer);
  }

  /** Tries again now, or soon when the last try has just begun. */
  wake(): void {
    const sinceMs = this.#parts.elapsed() - this.#begunAt;
    if (this.#awake !== undefined) {
      this.#attempts = 0;
      this.#awake.resolve();
      this.#awake = undefined;
    } else if (this.#endPause !== undefined) {
      this.#attempts = 0;
      this.#endPause(Math.max(0, betweenMs - sinceMs));
      this.#endPause = undefined;
    } else if (sinceMs > freshMs) {
      this.#attempts = 0;
      this.#attempt?.abort();
    }
  }

  /** No more tries. */
  quit(): void {
    this.#quit.abort();
    this.#awake?.resolve();
  }
}
