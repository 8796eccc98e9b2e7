/** A limit on waiting, so that a test that would hang fails and says what it waited for. */

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
