/**
 * The text of a message → styled spans: formatting, links, and the names of people in their colours. The result is
 * safe to show (plain.ts). Each UI turns the spans into its own form.
 */

import { fold } from "../../irc/names.ts";
import { nickWord, trimDashes } from "../core/mentions.ts";
import type { Span } from "./formatting.ts";
import { readFormatting } from "./formatting.ts";
import type { TextColor } from "./palette.ts";

/** The colours of names in a message. */
export interface NameColors {
  readonly own: string;
  /** The colour of a member of the channel; undefined for another word. */
  colorOf(nick: string): TextColor | undefined;
}

const links = /\b(?:https?|ircs?|wss?):\/\/[^\s<>"`{}|\\^\u{fffd}]+/giu;

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

function splitLinks(span: Span): Span[] {
  return split(span, links, (found) => {
    const address = trimLink(found);
    return { length: address.length, pieces: linkSpans(span, address) };
  });
}

/** Adds the ASCII form of a host with letters beyond ASCII, because look-alike letters can deceive the reader. */
function linkSpans(span: Span, address: string): Span[] {
  const link: Span = { ...span, text: address, link: address, color: span.color ?? "link", underline: true };
  const host = URL.parse(address)?.hostname;
  const written = /^[^/]*\/\/([^/?#]*)/.exec(address)?.[1] ?? "";
  // deno-lint-ignore no-control-regex -- everything that is not ASCII
  if (host === undefined || /^[\x00-\x7f]*$/.test(written)) return [link];
  return [link, { ...span, text: ` (${host})`, dim: true }];
}

function splitNames(span: Span, names: NameColors): Span[] {
  const own = fold(names.own);
  return split(span, nickWord, (word) => {
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

/** Replaces the first `length` characters of each match of `pattern` by the pieces that `read` returns. */
function split(
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

/** A link does not end in punctuation, nor in a bracket that it does not open. */
function trimLink(found: string): string {
  let link = found;
  for (;;) {
    const last = link.at(-1) ?? "";
    const unopened = isUnopened(link, "(", ")") || isUnopened(link, "[", "]");
    if (!unopened && !".,:;!?'*_~".includes(last)) return link;
    link = link.slice(0, -1);
  }
}

function isUnopened(link: string, open: string, close: string): boolean {
  return link.endsWith(close) && link.split(close).length > link.split(open).length;
}
