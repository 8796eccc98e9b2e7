/** How long to wait before the next try. Pure and browser-safe. */

const firstMs = 1_000;
const longestMs = 60_000;

/** Milliseconds to wait before try `attempt`, the first being 0: from 1 s doubling up to 60 s, less up to a half at random, so that peers who were cut off together do not come back together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.max(0, attempt));
  return Math.round(fullMs * (1 - random() / 2));
}
