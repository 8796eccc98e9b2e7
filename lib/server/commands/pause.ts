/** A pause during long work, so that other sessions get their turn. */

/** Resolves in the next round of the event loop. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
