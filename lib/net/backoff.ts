/** How long to wait before the next try. Pure and browser-safe. */

const FIRST_MS = 1_000;
const MAX_MS = 60_000;

/** Milliseconds before try number `attempt` (0 is the first retry): doubles from 1 s to 60 s, less up to a half at random, so that many peers do not come back at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(MAX_MS, FIRST_MS * 2 ** Math.max(0, attempt));
  return Math.round(longest * (1 - random() / 2));
}
