/**
 * Turns of the event loop. A read of a socket that has more resolves at once, so who sends without a pause is read
 * again and again, dozens of times, before anybody else is; and each read may be thousands of lines. After so much
 * all who want to read wait until the loop has gone round. There is one loop, so there is one of these.
 */
import { setImmediate } from "node:timers";

const maxBytes = 65_536;
/** What a line or a frame costs beside its bytes: it takes about as long as so many of them. */
const partBytes = 200;

/** Who reads when it is its turn. */
export interface Reader {
  takeTurn(): void;
}

let bytes = 0;
let waiting: Reader[] = [];

/** Counts what was read: so many bytes, and so many lines or frames in them. */
export function countRead(count: number, parts: number): void {
  bytes += count + parts * partBytes;
}

/** Has the reader read, now or when the others had their turn. */
export function readInTurn(reader: Reader): void {
  if (bytes < maxBytes) return reader.takeTurn();
  if (waiting.push(reader) === 1) setImmediate(nextTurn);
}

function nextTurn(): void {
  const readers = waiting;
  waiting = [];
  bytes = 0;
  for (const reader of readers) reader.takeTurn();
}
