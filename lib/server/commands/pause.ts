/** A pause in the middle of long work, so that others have their turn. */

/** Resolves when the event loop has gone round. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
