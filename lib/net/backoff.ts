/** The delay before the next attempt to connect. Pure and browser-safe. */

const firstMs = 1_000;
const longestMs = 60_000;

/**
 * Milliseconds before attempt `attempt`, starting at 0: from 1 s, doubling up to 60 s. Up to a half is subtracted at
 * random, so that peers that lost their connections together do not all return together.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.max(0, attempt));
  return Math.round(fullMs * (1 - random() / 2));
}
