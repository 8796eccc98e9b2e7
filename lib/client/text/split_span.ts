/** Splits a styled text at the matches of a pattern. */

import type { Span } from "./formatting.ts";

/** Replaces the first `length` characters of each match of `pattern` by the pieces that `read` returns. */
export function splitSpan(
  span: Span,
  pattern: RegExp,
  read: (found: string) => { readonly length: number; readonly pieces: readonly Span[] } | undefined,
): Span[] {
  const pieces: Span[] = [];
  let done = 0;
  for (const match of span.text.matchAll(pattern)) {
    const replaced = read(match[0]);
    if (replaced === undefined) continue;
    if (match.index > done) pieces.push({ ...span, text: span.text.slice(done, match.index) });
    pieces.push(...replaced.pieces);
    done = match.index + replaced.length;
  }
  if (done === 0) return [span];
  if (done < span.text.length) pieces.push({ ...span, text: span.text.slice(done) });
  return pieces;
}
