/** The quote of a message that another one answers. */
/// <reference lib="dom" />
import { excerpt } from "../text/excerpt.ts";
import { plainName } from "../text/plain.ts";
import { element } from "../elements/element.ts";
import type { TimelineEntry } from "./timeline_entry.ts";

/** A button above the answer that calls `jump`; `quoted` is undefined when the message is not loaded. */
export function quoteButton(quoted: TimelineEntry | undefined, jump: () => void): HTMLElement {
  return element("button", { type: "button", class: "quote", click: jump }, quoteText(quoted));
}

/** The row has room for fewer; the style cuts it to one line. */
const quoteLetters = 200;

/** The start of a message with its author. */
export function quoteText(quoted: TimelineEntry | undefined): string {
  if (quoted?.kind !== "said") return "An earlier message";
  const text = quoted.isDeleted ? "Message deleted" : excerpt(quoted.said.text, quoteLetters);
  return `${plainName(quoted.said.from.nick)}: ${text}`;
}
