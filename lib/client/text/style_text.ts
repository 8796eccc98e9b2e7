/**
 * The text of a message → styled spans: formatting, links, and the names of people in their colours. The result is
 * safe to show (plain.ts). Each UI turns the spans into its own form.
 */

import type { FoundName } from "../state/mentions.ts";
import { findNames, nameMatcher } from "../state/mentions.ts";
import type { Span } from "./formatting.ts";
import { readFormatting } from "./formatting.ts";
import { splitLinks } from "./links.ts";
import type { TextColor } from "./palette.ts";

/** The colours of names in a message. */
export interface NameColors {
  readonly own: string;
  /** The colour of a member of the channel; undefined for another word. */
  colorOf(nick: string): TextColor | undefined;
}

/** The text of a message as spans. A newline is a span of its own. */
export function styleText(text: string, { own, colorOf }: NameColors): Span[] {
  const [first = "", ...others] = text.split("\n");
  const spans = [
    ...readFormatting(first),
    ...others.flatMap((line) => [{ text: "\n" }, ...readFormatting(line)]),
  ];
  // In all lines together, as code can have several.
  const isOwn = nameMatcher(own);
  const found = findNames(spanText(spans), (word) => isOwn(word) || colorOf(word) !== undefined);
  const styled = (span: Span, name: string): Span =>
    isOwn(name)
      ? { ...span, bold: true, color: "own" }
      : { ...span, ...withColor(span.color ?? colorOf(name)) };
  return boundedSpans(splitNames(spans, found, styled));
}

/** Each span is an element or a sequence of the terminal: a message of colour codes only must not become thousands. */
const maxSpans = 2_000;

/** The spans; of very many, the last is the rest of the text without styles and links. */
export function boundedSpans(spans: readonly Span[]): Span[] {
  const bounded = spans.slice(0, maxSpans);
  if (spans.length > maxSpans) bounded.push({ text: spanText(spans.slice(maxSpans)) });
  return bounded;
}

function withColor(color: TextColor | undefined): Pick<Span, "color"> {
  return color === undefined ? {} : { color };
}

/** The text of spans without their styles. */
export function spanText(spans: readonly Span[]): string {
  return spans.map((span) => span.text).join("");
}

/** Styles the names, which can begin and end inside a span, and the links between them. */
function splitNames(
  spans: readonly Span[],
  found: readonly FoundName[],
  styled: (span: Span, name: string) => Span,
): Span[] {
  const pieces: Span[] = [];
  let [at, next] = [0, 0];
  for (const span of spans) {
    const end = at + span.text.length;
    const piece = (from: number, to: number): Span => ({
      ...span,
      text: span.text.slice(from - at, to - at),
    });
    let done = at;
    for (let name = found[next]; name !== undefined && name.start < end; name = found[next]) {
      const start = Math.max(name.start, at);
      if (start > done) pieces.push(...splitLinks(piece(done, start)));
      done = Math.min(name.end, end);
      pieces.push(styled(piece(start, done), name.name));
      // The rest of the name is in the next span.
      if (name.end > end) break;
      next++;
    }
    if (done < end) pieces.push(...splitLinks(piece(done, end)));
    at = end;
  }
  return pieces;
}
