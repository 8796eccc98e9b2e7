/**
 * Answers with many lines: they are sent in turns of some milliseconds, between which the chat continues, and no faster
 * than the client reads. Each line shows the state at its time. A short answer is sent at once.
 */
import { nextTurn, turnMs } from "../../turns.ts";
import { personOf } from "../chat/person.ts";
import type { Session } from "../chat/session.ts";

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
  if (!runTurn(session, rest, act)) return continueInTurns(session, rest, act);
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
