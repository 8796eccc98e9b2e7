/**
 * The delays between attempts to connect to NATS again. The library of NATS adds a delay to the wall clock of the last
 * attempt and compares the sum with the wall clock, so after a clock was set back by an hour it would not connect for an
 * hour. Here the monotonic clock measures them.
 */

const delayMs = 250;
/** At most; so that machines that lost their connections together do not all return together. */
const jitterMs = 100;

/**
 * For the option reconnectDelayHandler: the milliseconds until the next attempt, or -Infinity when it is due, with which
 * every wall clock agrees.
 */
export function reconnectDelays(
  monotonic: () => number = () => performance.now(),
  random: () => number = Math.random,
): () => number {
  let nextMs = -Infinity;
  return () => {
    const leftMs = nextMs - monotonic();
    if (leftMs > 0) return leftMs;
    nextMs = monotonic() + delayMs + random() * jitterMs;
    return -Infinity;
  };
}
