/**
 * Stamps: one number is a message's place in the order, its time, and its msgid. The upper part is milliseconds since
 * 1970, the lower 10 bits count within the millisecond: a burst runs ahead of the clock rather than out of order, and
 * a clock that jumps back cannot turn the order round. Exact until the year 2248 (2^53).
 */

const perMs = 1024;

/** The stamp after `last` at `nowMs`. */
export function nextStamp(last: number, nowMs: number): number {
  return Math.max(last + 1, Math.floor(nowMs) * perMs);
}

/** The first stamp of a millisecond. */
export function firstStamp(ms: number): number {
  return Math.floor(ms) * perMs;
}

/** A stamp's time in milliseconds since 1970. */
export function stampMs(stamp: number): number {
  return Math.floor(stamp / perMs);
}

let lastMs = -1;
let lastText = "";

/** A stamp's time as server-time writes it: "2026-11-23T15:04:05.678Z". */
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

/** The stamp a msgid names, or undefined when it is not one of ours. */
export function parseMessageId(text: string): number | undefined {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return undefined;
  const stamp = parseInt(text, 36);
  return Number.isSafeInteger(stamp) ? stamp : undefined;
}
