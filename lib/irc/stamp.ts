/**
 * A stamp is one number: a message's place in the order, its time, and its msgid. The upper part is milliseconds since
 * 1970, the lower 10 bits count within the millisecond. A burst gets stamps ahead of the clock, and a clock that jumps
 * back does not change the order. Exact until the year 2248 (2^53).
 */

const perMs = 1024;

/** The next stamp after `last` at `nowMs`. */
export function nextStamp(last: number, nowMs: number): number {
  return Math.max(last + 1, Math.floor(nowMs) * perMs);
}

/** The first stamp of a millisecond. */
export function firstStamp(ms: number): number {
  return Math.floor(ms) * perMs;
}

/** The time of a stamp in milliseconds since 1970. */
export function stampMs(stamp: number): number {
  return Math.floor(stamp / perMs);
}

let lastMs = -1;
let lastText = "";

/** The time of a stamp in the form of server-time: "2026-11-23T15:04:05.678Z". */
export function stampTime(stamp: number): string {
  const ms = stampMs(stamp);
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

/** A stamp as a msgid. */
export function messageId(stamp: number): string {
  return stamp.toString(36);
}

/** The stamp of a msgid; undefined if this server did not make the msgid. */
export function parseMessageId(text: string): number | undefined {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return undefined;
  const stamp = parseInt(text, 36);
  return Number.isSafeInteger(stamp) ? stamp : undefined;
}
