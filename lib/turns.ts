/**
 * Turns: work that takes long is done in parts of a few milliseconds, and everything else runs between them. All such
 * work of the process waits in one place, for three reasons. One part runs at a time, so a hundred long searches delay
 * the chat as much as one. The persons who caused the work take turns, so fifty searches of one person do not delay the
 * search of another. And after each part the thread is left to the chat for longer than the part took.
 */
import { setImmediate } from "node:timers";

/** The time after which work waits for its next turn. */
export const turnMs = 3;

/** The rest after a turn of long work, as a multiple of the time from its start to the next round of the event loop. */
const longRest = 1.5;
/** A turn that took longer, because the computer is overloaded, does not make the rest longer. */
const maxRestMs = 25;

/** The functions of the system that turns need. */
export interface TurnOptions {
  /** The rest after each turn, as a multiple of its time. */
  readonly restShare: number;
  /** A clock in milliseconds that does not jump. @default {performance.now} */
  readonly now?: () => number;
  /** Calls a function after so many milliseconds. @default {setTimeout} */
  readonly later?: (act: () => void, ms: number) => void;
  /** Calls a function in the next round of the event loop. @default {setImmediate} */
  readonly nextRound?: (act: () => void) => void;
}

/** The work that waits for its turn. */
export class Turns {
  readonly #restShare: number;
  readonly #now: () => number;
  readonly #later: (act: () => void, ms: number) => void;
  readonly #nextRound: (act: () => void) => void;
  /** By person; the first person is the next. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #isRunning = false;
  #restUntilMs = -Infinity;

  constructor({ restShare, now, later, nextRound }: TurnOptions) {
    this.#restShare = restShare;
    this.#now = now ?? (() => performance.now());
    this.#later = later ?? ((act, ms) => void setTimeout(act, ms));
    this.#nextRound = nextRound ?? ((act) => void setImmediate(act));
  }

  /** Resolves when this work can continue for turnMs. `person` is who caused the work; "" is the server itself. */
  next(person = ""): Promise<void> {
    return new Promise((resolve) => {
      const own = this.#waiting.get(person);
      if (own === undefined) this.#waiting.set(person, [resolve]);
      else own.push(resolve);
      if (this.#isRunning) return;
      this.#isRunning = true;
      this.#plan(this.#restUntilMs - this.#now());
    });
  }

  /** Undefined if no other work waits or rests, so that this work can begin; otherwise as next(). */
  first(person = ""): Promise<void> | undefined {
    const isFree = !this.#isRunning && this.#now() >= this.#restUntilMs;
    return isFree ? undefined : this.next(person);
  }

  #plan(restMs: number): void {
    if (restMs > 0) this.#later(this.#run, restMs);
    else this.#nextRound(this.#run);
  }

  readonly #run = (): void => {
    for (const [person, own] of this.#waiting) {
      const resolve = own.shift();
      // The person moves to the end of the row.
      this.#waiting.delete(person);
      if (own.length > 0) this.#waiting.set(person, own);
      const startedMs = this.#now();
      resolve?.();
      return this.#nextRound(() => this.#rest(this.#now() - startedMs));
    }
  };

  #rest(workedMs: number): void {
    const restMs = Math.min(maxRestMs, workedMs * this.#restShare);
    this.#isRunning = this.#waiting.size > 0;
    if (this.#isRunning) this.#plan(restMs);
    else this.#restUntilMs = this.#now() + restMs;
  }
}

const longWork = new Turns({ restShare: longRest });

/** Resolves when long work of the process can continue; see Turns.next. */
export function nextTurn(person = ""): Promise<void> {
  return longWork.next(person);
}

/** The same before the first turn: undefined if it can begin at once. */
export function firstTurn(person = ""): Promise<void> | undefined {
  return longWork.first(person);
}

/** Work of which each person has one piece at a time; the next one waits until it has ended. */
export class OnePerPerson {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Resolves to the result of `act`, which starts when the earlier work of the person has ended. */
  async run<Result>(person: string, act: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(person);
    const result = before === undefined ? act() : before.then(act, act);
    this.#last.set(person, result);
    try {
      return await result;
    } finally {
      if (this.#last.get(person) === result) this.#last.delete(person);
    }
  }
}
