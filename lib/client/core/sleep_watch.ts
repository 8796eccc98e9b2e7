/** Notices that the computer slept or the program was stopped: a timer then ticks much too late. */

import { leaveTimer } from "./let_others_run.ts";

const tickMs = 5_000;
const lateMs = 5_000;
/** The clock of the computer in milliseconds. It goes on while the computer sleeps, and people can set it. */
export const computerClock: () => number = Date.now;

/**
 * Calls `onWake` after a sleep; returns the function that stops this. `now` is in milliseconds since 1970: other clocks
 * can stand still during sleep. A clock that somebody sets forward looks the same, which does no harm.
 */
export function watchSleep(
  onWake: () => void,
  now: () => number = computerClock,
  everyMs = tickMs,
): () => void {
  let lastAt = now();
  const timer = setInterval(() => {
    const at = now();
    if (at - lastAt > everyMs + lateMs) void leaveTimer().then(onWake);
    lastAt = at;
  }, everyMs);
  return () => clearInterval(timer);
}
