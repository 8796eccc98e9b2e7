/**
 * Fair reading. A read of a socket with more data resolves at once, so a peer that sends without a pause would be read
 * dozens of times before any other peer, and each read can be thousands of lines. Therefore, after `maxBytes`, all
 * readers wait for the next round of the event loop. There is one loop, so this state is global.
 *
 * While writes are running that the system could not take at once, readers wait for a timer instead, so that the
 * process is really idle: only then does Deno retry such a write. Without this, with 1,000 readers under load some
 * received nothing for 850 ms although their sockets were empty, and were disconnected as too slow.
 */
import { setImmediate } from "node:timers";

const maxBytes = 65_536;
/** The cost of a line or a frame besides its bytes: it takes about as long as this many bytes. */
const partBytes = 200;
/** Time between two pauses; a slow reader must not cause pauses all the time. */
const busyMs = 10;
const pauseMs = 1;

/** An object that reads when its turn comes. */
export interface Reader {
  takeTurn(): void;
}

let bytes = 0;
let waiting: Reader[] = [];
let writing = 0;
let pausedMs = 0;

/** Counts what was read: `count` bytes with `parts` lines or frames. */
export function countRead(count: number, parts: number): void {
  bytes += count + parts * partBytes;
}

/** Counts writes that begin (1) and end (-1). */
export function countWrite(change: 1 | -1): void {
  writing += change;
}

/** Lets the reader read: now, or after the other readers. */
export function readInTurn(reader: Reader): void {
  if (bytes < maxBytes) return reader.takeTurn();
  if (waiting.push(reader) === 1) setImmediate(continueReading);
}

/** Writes that the system took at once have ended before this. */
function continueReading(): void {
  if (writing === 0 || performance.now() - pausedMs < busyMs) return nextTurn();
  setTimeout(paused, pauseMs);
}

function paused(): void {
  pausedMs = performance.now();
  nextTurn();
}

function nextTurn(): void {
  const readers = waiting;
  waiting = [];
  bytes = 0;
  for (const reader of readers) reader.takeTurn();
}
