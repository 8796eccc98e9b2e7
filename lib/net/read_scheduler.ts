/**
 * Fair reading. A read of a socket with more data resolves at once, so a peer that sends without a pause would be read
 * dozens of times before any other peer, and each read can be thousands of lines. Therefore, after `maxBytes`, all
 * readers wait for the next round of the event loop. There is one loop, so this state is global.
 *
 * While writes are running that the system could not take at once, readers wait for a timer instead, so that the
 * process is really idle: only then does Deno retry such a write. Without this, with 1,000 readers under load some
 * received nothing for 850 ms although their sockets were empty, and were disconnected as too slow. The same holds for
 * sockets that begin to have data: while readers with more data go on, Deno looks for others only in each 61st round.
 */
import { setImmediate } from "node:timers";

const maxBytes = 65_536;
/** The cost of a line or a frame besides its bytes: it takes about as long as this many bytes. */
const partBytes = 200;
/** Time between two pauses; a slow reader must not cause pauses all the time. */
const busyMs = 10;
/** The longest time of rounds without a pause when no write waits, because no other socket is read in it. */
const restlessMs = 25;
/** After this time without a round, the process was idle. */
const quietMs = 60;
const pauseMs = 1;

/** An object that reads when its turn comes. */
export interface Reader {
  takeTurn(): void;
}

let bytes = 0;
let waiting = new Set<Reader>();
let pause: ReturnType<typeof setTimeout> | undefined;
let writing = 0;
let pausedMs = 0;
/** When the last round began, and when the first round since the process was idle. */
let roundMs = -Infinity;
let restlessSinceMs = 0;

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
  if (waiting.add(reader).size === 1) setImmediate(continueReading);
}

/**
 * Resolves when work can begin that takes as long as reading `cost` bytes. Readers of one round read all at once; such
 * work begins only while the bytes of the round are below the limit.
 */
export function workInTurn(cost: number): Promise<void> {
  return new Promise((resolve) => {
    const worker: Reader = {
      takeTurn() {
        if (bytes >= maxBytes) return readInTurn(worker);
        bytes += cost;
        resolve();
      },
    };
    readInTurn(worker);
  });
}

/** The reader is closed and gets no turn. */
export function leaveTurns(reader: Reader): void {
  if (!waiting.delete(reader) || waiting.size > 0) return;
  clearTimeout(pause);
  pause = undefined;
}

/** Writes that the system took at once have ended before this. */
function continueReading(): void {
  if (waiting.size === 0 || pause !== undefined) return;
  const nowMs = performance.now();
  if (nowMs - roundMs > quietMs) restlessSinceMs = nowMs;
  roundMs = nowMs;
  const isDue = writing === 0 ? nowMs - restlessSinceMs >= restlessMs : nowMs - pausedMs >= busyMs;
  if (isDue) pause = setTimeout(endPause, pauseMs);
  else nextTurn();
}

function endPause(): void {
  pause = undefined;
  pausedMs = restlessSinceMs = performance.now();
  nextTurn();
}

function nextTurn(): void {
  const readers = waiting;
  waiting = new Set();
  bytes = 0;
  for (const reader of readers) reader.takeTurn();
}
