/** A time in a sentence for people. Its zone is UTC, because the server does not know theirs. */

/** "2026-11-23 15:04 UTC". */
export function shownTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
