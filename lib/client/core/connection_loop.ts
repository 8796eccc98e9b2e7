/**
 * Connects to the server, again and again, until the person quits: the pauses between the tries, and what ends them. It
 * does not know the protocol; the caller serves each connection.
 */

import { deadlines } from "../../deadlines.ts";
import type { Connection } from "../../net/connection.ts";
import type { ClientOptions, Ending } from "./client_options.ts";
import { Dialler } from "./dialler.ts";
import type { EventBody } from "../state/event.ts";
import type { ServerLink } from "./server_link.ts";
import { watchSleep } from "./sleep_watch.ts";

/** How a server begins the reason when it ends a login. */
const loggedOut = "Logged out: ";

/** How often a server may close the connection that it asked for, before the registration, until we give up. */
const triesAfterRedial = 3;

/** The parts of a connection loop. */
export interface ConnectionLoopParts {
  readonly link: ServerLink;
  readonly options: Pick<ClientOptions, "connect" | "delay" | "isFinal">;
  /** Resolves at the end of the connection. */
  readonly serve: (connection: Connection) => Promise<void>;
  /** A connection has ended, or a try has failed. */
  readonly onDisconnect: () => void;
  readonly onStatus: (status: EventBody) => void;
}

/** The connections of one client, one after the other. */
export class ConnectionLoop {
  /** Whether a server has let us in; then a lost connection is tried again. */
  wasReady = false;
  /** Whether a server has sent us to another connection. */
  hasRedialled = false;
  readonly #parts: ConnectionLoopParts;
  readonly #dialler: Dialler;
  readonly #ended = Promise.withResolvers<void>();
  #redials = false;
  /** The tries that are left after the server sent us to another connection and has not let us in yet. */
  #triesLeft = 0;
  #quitTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ConnectionLoopParts) {
    this.#parts = parts;
    const { link, options: { connect, delay } } = parts;
    this.#dialler = new Dialler({ connect, delay, elapsed: () => link.elapsed });
  }

  get hasQuit(): boolean {
    return this.#dialler.hasQuit;
  }

  /** Runs until quit(), or until the server cannot be reached or refuses us the first time. Call it once. */
  async run(): Promise<Ending> {
    const stopWatching = watchSleep(() => this.wake());
    try {
      return await this.#connectUntilQuit();
    } finally {
      this.#ended.resolve();
      stopWatching();
      clearTimeout(this.#quitTimer);
    }
  }

  async #connectUntilQuit(): Promise<Ending> {
    const { link, options, serve, onDisconnect, onStatus } = this.#parts;
    while (!this.hasQuit) {
      onStatus({ kind: "status", status: "connecting", attempt: this.#dialler.attempts });
      const { suspensions } = this;
      let reason: string;
      let wasFailure = false;
      try {
        const connection = await this.#dialler.connect();
        await serve(connection);
        reason = link.session?.closingReason || (connection.ended ?? "Connection closed");
        // The person ended this session on another device: it must not come back by itself.
        if (reason.startsWith(loggedOut) && !this.hasQuit) {
          link.disconnect();
          onDisconnect();
          return { kind: "refused", reason, isLoggedOut: true };
        }
      } catch (error) {
        const isFinal = options.isFinal?.(error) === true || !this.#mayTryAgain();
        if (isFinal && !this.hasQuit && suspensions === this.suspensions) {
          return { kind: "unreachable", error };
        }
        wasFailure = true;
        reason = error instanceof Error ? error.message : String(error);
      }
      link.disconnect();
      onDisconnect();
      if (this.hasQuit) break;
      if (suspensions !== this.suspensions) continue;
      if (this.#redials) {
        this.#redials = false;
        continue;
      }
      if (!wasFailure && !this.#mayTryAgain()) return { kind: "refused", reason };
      await this.#dialler.pause((retryMs) =>
        onStatus({ kind: "status", status: "waiting", reason, retryMs })
      );
    }
    return { kind: "left" };
  }

  /** Counts a try that ended before a server let us in. */
  #mayTryAgain(): boolean {
    return this.wasReady || this.#triesLeft-- > 0;
  }

  /**
   * The person or the network is back: connects at once, or asks the server whether the connection still works. Can be
   * called often.
   */
  wake(): void {
    this.#dialler.wake();
    this.#parts.link.session?.checkLink();
  }

  /**
   * After the end of this connection another one is opened at once, because the server asked for it. If that one ends
   * before the registration, it is tried again a few times, and the other way is not.
   */
  redial(): void {
    this.#redials = this.hasRedialled = true;
    this.#triesLeft = triesAfterRedial;
  }

  /** See Dialler.suspensions. */
  get suspensions(): number {
    return this.#dialler.suspensions;
  }

  /** Closes the connection, or ends the try to connect, until wake(). */
  suspend(): void {
    if (this.hasQuit) return;
    this.#dialler.suspend();
    this.#parts.link.session?.close();
  }

  /** Resolves at the end of run(), or after a moment. */
  async endsSoon(): Promise<void> {
    const timer = setTimeout(() => this.#ended.resolve(), deadlines.terminalQuitMs);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  /** Leaves; run() then resolves. */
  quit(reason: string): void {
    const { link } = this.#parts;
    link.send(reason === "" ? "QUIT" : `QUIT :${reason}`);
    const { session } = link;
    clearTimeout(this.#quitTimer);
    // The server closes the connection; we close it ourselves after a while.
    if (session?.isReady) this.#quitTimer = setTimeout(() => session.close(), deadlines.quitMs);
    else session?.close();
    this.#dialler.quit();
  }
}
