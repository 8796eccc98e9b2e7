/**
 * Answers with many lines: they are sent in turns of some milliseconds, between which the chat continues, and no faster
 * than the client reads. Each line shows the state at its time. A short answer is sent at once, if not many clients ask
 * at the same time.
 */
import { setImmediate } from "node:timers";
import { nextTurn, turnMs } from "../../turns.ts";
import { personOf } from "../chat/person.ts";
import type { Session } from "../chat/session.ts";

/** The time for answers that are sent at once, between two rounds of the event loop. */
const atOnceMs = 2 * turnMs;
/** The part of it that is used; 0 when no round is counted. */
let usedMs = 0;

/**
 * Calls `act` for each item in order, until it returns false or the session closes. The items are read as they are
 * needed, so a generator can look at the chat as it is then.
 */
export function inTurns<T>(
  session: Session,
  items: Iterable<T>,
  act: (one: T) => void | false,
): void | Promise<void> {
  const rest = items[Symbol.iterator]();
  if (usedMs >= atOnceMs || !counted(() => runTurn(session, rest, act))) {
    return continueInTurns(session, rest, act);
  }
}

/**
 * Calls `act` for each item in order. If a call returns a promise, the next call waits for it; and it waits for a turn
 * when many clients do the same at the same time.
 */
export function forEachInTurns<T>(
  session: Session,
  all: readonly T[],
  act: (one: T) => void | Promise<void>,
  from = 0,
): void | Promise<void> {
  for (let at = from; at < all.length; at++) {
    if (usedMs >= atOnceMs) {
      return nextTurn(personOf(session)).then(() => {
        usedMs = 0;
        if (!session.isClosed) return forEachInTurns(session, all, act, at);
      });
    }
    const pending = counted(() => act(all[at] as T));
    if (pending) return pending.then(() => forEachInTurns(session, all, act, at + 1));
  }
}

/** A hundred clients can ask in one round of the event loop, and all others wait until it ends. */
function counted<T>(act: () => T): T {
  if (usedMs === 0) setImmediate(() => usedMs = 0);
  const startedMs = performance.now();
  try {
    return act();
  } finally {
    usedMs += performance.now() - startedMs;
  }
}

async function continueInTurns<T>(
  session: Session,
  rest: Iterator<T>,
  act: (one: T) => void | false,
): Promise<void> {
  do {
    await session.awaitSpace();
    await nextTurn(personOf(session));
  } while (!session.isClosed && !runTurn(session, rest, act));
}

/** Whether all is done; false after a turn, or when the send queue is full. */
function runTurn<T>(session: Session, rest: Iterator<T>, act: (one: T) => void | false): boolean {
  const untilMs = performance.now() + turnMs;
  for (let item = rest.next(); !item.done; item = rest.next()) {
    if (act(item.value) === false) return true;
    if (performance.now() >= untilMs || session.awaitSpace() !== undefined) return false;
  }
  return true;
}
