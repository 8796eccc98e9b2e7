/**
 * How long the hub handles the lines of a session before other sessions run. What a line costs is in line_cost.ts, and how
 * long a client that sends too much waits in flood.ts.
 */
import { setImmediate } from "node:timers";
import type { Line } from "../../irc/lines.ts";
import { afterSockets } from "../../socket_rounds.ts";

/** The time after which a session with more lines lets other sessions run; also the time of all sessions of one round. */
const linesMs = 3;
/** The time of each further session, when a round of the event loop has used its time. */
const leastLinesMs = 0.5;
/**
 * An immediate tells the end of a round. It costs more than a short line, so it is set only when sessions have used this
 * time.
 */
const uncountedMs = 1;
/** As many rounds of microtasks as a session needs to continue and to handle a line. */
const microtasks = 4;
const ping = /^P[IO]NG\b/i;

/** The rounds of the event loop, and the sessions that wait with their next line. */
export class LineRounds {
  readonly now: () => number;
  /** When the time of this round ends; 0 while sessions have used little time. */
  #roundEndMs = 0;
  /** The time that sessions have used since the last end of a round; their pauses do not count. */
  #usedMs = 0;
  /** When the session began that has not called leave(); -1 without one. */
  #enteredMs = -1;
  #turnEndMs = 0;
  readonly #waiting: (() => void)[] = [];

  /** `now` is a clock in milliseconds that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** When a session that begins now must let others run; 0 if it must before its first line. */
  enter(): number {
    const nowMs = this.now();
    this.#countUsed(nowMs);
    this.#enteredMs = nowMs;
    // Thousands of sessions that are read in many rounds would each time use the whole time of a round before those.
    if (this.#waiting.length > 0) return 0;
    if (this.#roundEndMs === 0) {
      if (this.#usedMs < uncountedMs) return nowMs + linesMs;
      this.#roundEndMs = nowMs + linesMs - this.#usedMs;
      setImmediate(this.#endRound);
    }
    const isFull = nowMs >= this.#roundEndMs + linesMs;
    return isFull ? 0 : Math.max(this.#roundEndMs, nowMs + leastLinesMs);
  }

  /** The session that has entered ends its work, or waits for something. */
  leave(): void {
    if (this.#roundEndMs === 0) this.#countUsed(this.now());
    this.#enteredMs = -1;
  }

  /** A session that never left has perhaps waited, so it counts as one turn at most. */
  #countUsed(nowMs: number): void {
    if (this.#enteredMs >= 0) this.#usedMs = Math.min(this.#usedMs + nowMs - this.#enteredMs, linesMs);
  }

  /** Resolves when other sessions have had their turn, to the end of the next one. */
  async next(): Promise<number> {
    await new Promise<void>((resolve) => {
      if (this.#waiting.push(resolve) === 1) void this.#continueSessions();
    });
    return this.#turnEndMs;
  }

  readonly #endRound = (): void => {
    this.#roundEndMs = 0;
    this.#usedMs = 0;
  };

  async #continueSessions(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise<void>(afterSockets);
      this.#turnEndMs = this.now() + linesMs;
      do {
        // It stays first until its line is handled, because next() calls this function for the first only.
        this.#waiting[0]?.();
        for (let round = 0; round < microtasks; round++) await undefined;
        this.#waiting.shift();
      } while (this.#waiting.length > 0 && this.now() < this.#turnEndMs);
    }
  }
}

/** There is one event loop. */
const rounds = new LineRounds();

/**
 * The lines of one session that are handled without a pause: a client can send many that each take some milliseconds, and
 * a hundred clients can do so in one round of the event loop. A session with one line does not wait unless thousands have
 * one in the same round, as when all of them join; and a PING never waits, so clients see that the server is there.
 */
export class LinesTurn {
  readonly #rounds: LineRounds;
  #endMs = 0;
  #canPing = true;

  /** Tests have rounds of their own. */
  constructor(own: LineRounds = rounds) {
    this.#rounds = own;
  }

  /** Begins now. */
  start(): void {
    this.#endMs = this.#rounds.enter();
    this.#canPing = true;
  }

  /** The lines are handled, or wait for something. */
  end(): void {
    this.#rounds.leave();
  }

  /** Whether this line has to wait for next(). */
  isOver(line: Line): boolean {
    if (this.#rounds.now() < this.#endMs) return false;
    if (!this.#canPing || typeof line !== "string" || !ping.test(line)) return true;
    // Only the first of a read.
    return this.#canPing = false;
  }

  /** Resolves when other sessions have had their turn; sessions with more lines continue one after the other. */
  async next(): Promise<void> {
    this.#endMs = await this.#rounds.next();
  }
}
