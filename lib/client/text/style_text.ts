/**
 * The text of a message → styled spans: formatting, links, and the names of people in their colours. The result is
 * safe to show (plain.ts). Each UI turns the spans into its own form.
 */

import { fold } from "../../irc/names.ts";
import { nickWord, trimDashes } from "../state/mentions.ts";
import type { Span } from "./formatting.ts";
import { readFormatting } from "./formatting.ts";
import { splitLinks } from "./links.ts";
import { splitSpan } from "./split_span.ts";
import type { TextColor } from "./palette.ts";

/** The colours of names in a message. */
export interface NameColors {
  readonly own: string;
  /** The colour of a member of the channel; undefined for another word. */
  colorOf(nick: string): TextColor | undefined;
}

/** The text of a message as spans. A newline is a span of its own. */
export function styleText(text: string, names: NameColors): Span[] {
  const [first = "", ...others] = text.split("\n");
  return [
    ...styleLine(first, names),
    ...others.flatMap((line) => [{ text: "\n" }, ...styleLine(line, names)]),
  ];
}

function styleLine(text: string, names: NameColors): Span[] {
  return readFormatting(text).flatMap((span) => splitLinks(span))
    .flatMap((span) => span.link === undefined ? splitNames(span, names) : [span]);
}

/** The text of spans without their styles. */
export function spanText(spans: readonly Span[]): string {
  return spans.map((span) => span.text).join("");
}

function splitNames(span: Span, names: NameColors): Span[] {
  const own = fold(names.own);
  return splitSpan(span, nickWord, (word) => {
    for (const name of new Set([word, trimDashes(word)])) {
      if (fold(name) === own) {
        return { length: name.length, pieces: [{ ...span, text: name, bold: true, color: "own" }] };
      }
      const color = names.colorOf(name);
      if (color !== undefined) {
        return { length: name.length, pieces: [{ ...span, text: name, color: span.color ?? color }] };
      }
    }
    return undefined;
  });
}
