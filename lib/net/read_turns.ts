/**
 * Turns of the event loop. A read of a socket that has more resolves at once, so who sends without a pause is read
 * again and again, dozens of times, before anybody else is; and each read may be thousands of lines. After so much
 * all who want to read wait until the loop has gone round. There is one loop, so there is one of these.
 *
 * While writes are under way that the system could not take at once, they wait for a timer instead, so that the process
 * really rests. Deno tries such a write again only then: before, with 1,000 readers under load some were given nothing
 * for 850 ms, though their sockets were empty, and were cut off as too slow.
 */
import { setImmediate } from "node:timers";

const maxBytes = 65_536;
/** What a line or a frame costs beside its bytes: it takes about as long as so many of them. */
const partBytes = 200;
/** Time from one rest to the next; a slow reader is no reason to rest all the time. */
const busyMs = 10;
const restMs = 1;

/** Who reads when it is its turn. */
export interface Reader {
  takeTurn(): void;
}

let bytes = 0;
let waiting: Reader[] = [];
let writing = 0;
let restedMs = 0;

/** Counts what was read: so many bytes, and so many lines or frames in them. */
export function countRead(count: number, parts: number): void {
  bytes += count + parts * partBytes;
}

/** Counts writes that begin (1) and end (-1). */
export function countWrite(change: 1 | -1): void {
  writing += change;
}

/** Has the reader read, now or when the others had their turn. */
export function readInTurn(reader: Reader): void {
  if (bytes < maxBytes) return reader.takeTurn();
  if (waiting.push(reader) === 1) setImmediate(goOn);
}

/** Writes that were taken at once have ended by now. */
function goOn(): void {
  if (writing === 0 || performance.now() - restedMs < busyMs) return nextTurn();
  setTimeout(rested, restMs);
}

function rested(): void {
  restedMs = performance.now();
  nextTurn();
}

function nextTurn(): void {
  const readers = waiting;
  waiting = [];
  bytes = 0;
  for (const reader of readers) reader.takeTurn();
}
