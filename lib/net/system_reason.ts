/** Errors of the system in words for people. */

/** The message of an error without what Deno appends: the number of the system's error, and the path. */
export function systemReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/, "");
}
