/** Finds the web and chat addresses in a text. */

import type { Span } from "./formatting.ts";
import { splitSpan } from "./split_span.ts";

const links = /\b(?:https?|ircs?|wss?):\/\/[^\s<>"`{}|\\^\u{fffd}]+/giu;

/** The span as spans with and without a link. */
export function splitLinks(span: Span): Span[] {
  return splitSpan(span, links, (found) => {
    const address = trimLink(found);
    return { length: address.length, pieces: linkSpans(span, address) };
  });
}

/**
 * Adds the host to which an address really leads where a reader can take another one for it: in letters beyond ASCII,
 * which can look like others; after a name, as in "https://bank.example@evil.example"; or written as a number.
 */
function linkSpans(span: Span, address: string): Span[] {
  const link: Span = { ...span, text: address, link: address, color: span.color ?? "link", underline: true };
  const host = URL.parse(address)?.hostname;
  const [, written = ""] = /^[^/]*\/\/([^/?#]*?)(?::\d*)?(?:[/?#]|$)/.exec(address) ?? [];
  return host === undefined || host.toLowerCase() === written.toLowerCase()
    ? [link]
    : [link, { ...span, text: ` (${host})`, dim: true }];
}

/** A link does not end in punctuation, nor in a bracket that it does not open. */
function trimLink(found: string): string {
  // Counted once: a stranger can write thousands of brackets.
  const unopened = new Map([[")", excess(found, "(", ")")], ["]", excess(found, "[", "]")]]);
  let end = found.length;
  for (; end > 0; end--) {
    const last = found[end - 1] ?? "";
    const count = unopened.get(last) ?? 0;
    if (count > 0) unopened.set(last, count - 1);
    else if (!".,:;!?'*_~".includes(last)) break;
  }
  return found.slice(0, end);
}

/** How many more closing than opening brackets a text has. */
function excess(text: string, open: string, close: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === close) count++;
    else if (text[at] === open) count--;
  }
  return count;
}
