/** Waiting in tests: a test that would hang fails, and says what it waited for. */

/** `promise`, or an Error with `words()` when it takes longer than `ms`. Leaves no timer behind. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, words: () => string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(words())), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for something that has no event, such as the state of another program; an Error after `ms`. */
export async function until(isTrue: () => boolean, ms = 10_000): Promise<void> {
  const endMs = performance.now() + ms;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`Not true after ${ms} ms: ${isTrue}`);
    await pause(2);
  }
}

/** Resolves after this time; for long tests and measurements only. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
