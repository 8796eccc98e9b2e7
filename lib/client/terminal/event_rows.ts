/** What happened → lines of a terminal: the time, a mark for what kind of thing it is, the words. Pure. */

import type { ChatEvent, Said } from "../core/event.ts";
import type { Span } from "../text/formatting.ts";
import { plainName } from "../text/plain.ts";
import type { State } from "../core/state.ts";
import { findBuffer } from "../core/state.ts";
import { memberInk } from "../text/nick_color.ts";
import { spanText, styleText } from "../text/text.ts";
import { describe, personSpan } from "../text/sentences.ts";
import type { Row } from "./wrap_spans.ts";
import { wrapSpans } from "./wrap_spans.ts";

/** How --timestamps says it. */
export type Timestamps = "short" | "seconds" | "iso" | "off";

/** One line, before it is fitted to a width. */
export interface Line {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What kind of thing it is, so that colour alone never says it: "→", "←", "*", "»", "!". */
  readonly mark: string;
  readonly body: readonly Span[];
  /** Fainter than what people say. */
  readonly quiet?: boolean;
}

/** The rows of a line; `columns` undefined leaves it whole. */
export function lineRows(line: Line, timestamps: Timestamps, columns: number | undefined): Row[] {
  const time = clock(line.at, timestamps);
  const quiet = line.quiet === true;
  const mark: Span[] = line.mark === ""
    ? []
    : [line.mark === "»" ? { text: "» ", bold: true, ink: "own" } : { text: `${line.mark} `, dim: quiet }];
  if (line.mark === "!") mark[0] = { text: "! ", bold: true, ink: "error" };
  const head: Span[] = [...(time === "" ? [] : [{ text: `${time} `, dim: true }]), ...mark];
  const body = quiet
    ? line.body.map((span) => span.ink === undefined ? { ...span, dim: true } : span)
    : line.body;
  if (columns === undefined) return [[...head, ...body]];
  return wrapSpans(head, body, columns, time.length + 3);
}

/** An answer to a command: no time, indented. What has columns goes on in the last of them. */
export function noteRows(body: readonly Span[], columns: number): Row[] {
  const table = /^ *\S.*? {2,}(?=\S)/.exec(body[0]?.text ?? "");
  return wrapSpans([{ text: "  " }], body, columns, 2 + (table?.[0].length ?? 2));
}

/** Local time. */
export function clock(at: number, timestamps: Timestamps): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const short = `${two(time.getHours())}:${two(time.getMinutes())}`;
  switch (timestamps) {
    case "short":
      return short;
    case "seconds":
      return `${short}:${two(time.getSeconds())}`;
    case "iso":
      return time.toISOString();
    case "off":
      return "";
  }
}

/** Tells one day from another, in local time. */
export function dayOf(at: number): string {
  return new Date(at).toDateString();
}

/** The line that stands before the first thing of a day. */
export function dayRow(at: number): Row {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return ruleRow(new Date(at).toLocaleDateString("en-GB", options).replace(",", ""));
}

/** A title between lines. */
export function ruleRow(title: string): Row {
  return [{ text: `── ${title} ──`, dim: true }];
}

/** The message of an id, when it was heard lately. */
export type Recall = (id: string) => Said | undefined;

const quoteLetters = 30;

/** A message in few words, for what is about it: "ann: tea?". */
function quoted(state: State, { from, text }: Said): Span[] {
  const words = spanText(styleText(text.replace(/\s+/g, " "), { own: "", inkOf: () => undefined }));
  const letters = [...words];
  const cut = letters.length > quoteLetters ? `${letters.slice(0, quoteLetters).join("").trimEnd()}…` : words;
  return [{ ...personSpan(state, from), dim: true }, { text: `: ${cut}`, dim: true }];
}

/** Something said. What is not said in the buffer in front tells where it was, an answer what it answers. */
export function saidLine(
  state: State,
  event: Said & { readonly at: number },
  front: string,
  recall: Recall = () => undefined,
): Line {
  const room = findBuffer(state, event.buffer)?.kind === "channel" || event.buffer.startsWith("#");
  const here = event.buffer.toLowerCase() === front.toLowerCase();
  const from: Span = { ...personSpan(state, event.from), bold: true };
  const where: Span[] = room && !here ? [{ text: `${plainName(event.buffer)} `, ink: "channel" }] : [];
  const to: Span[] = !room && !here
    ? [{ text: " → " }, { ...personSpan(state, { nick: event.to }), bold: true }]
    : [];
  const text = styleText(event.text, {
    own: state.nick,
    inkOf: (nick) => memberInk(state, event.buffer, nick),
  });
  const speaker: Span[] = event.manner === "action"
    ? [{ text: "* " }, from, ...to, { text: " " }]
    : [from, ...to, { text: event.manner === "notice" ? " (notice): " : ": " }];
  const answered = event.replyTo === undefined ? undefined : recall(event.replyTo);
  const quote: Span[] = answered === undefined
    ? []
    : [{ text: "[re ", dim: true }, ...quoted(state, answered), { text: "] ", dim: true }];
  return { at: event.at, mark: event.mention ? "»" : "", body: [...where, ...speaker, ...quote, ...text] };
}

const marks: Readonly<Partial<Record<ChatEvent["kind"], string>>> = {
  joined: "→",
  parted: "←",
  quit: "←",
  kicked: "←",
  renamed: "↔",
  refused: "!",
  invited: "»",
};

/** Anything but speech; undefined for what a terminal does not tell. */
export function eventLine(
  state: State,
  event: Exclude<ChatEvent, Said>,
  front: string,
  recall: Recall = () => undefined,
): Line | undefined {
  const words = [...describe(state, event)];
  if (words.length === 0) return undefined;
  const about = event.kind === "reacted" || event.kind === "redacted" ? recall(event.id) : undefined;
  if (about !== undefined) {
    words.push({ text: event.kind === "reacted" ? " to " : ": " }, ...quoted(state, about));
  }
  const away = "buffer" in event && event.buffer.toLowerCase() !== front.toLowerCase();
  // These name the room themselves.
  const named = ["topic", "members", "kicked"].includes(event.kind) || ("own" in event && event.own);
  const where: Span[] = away && !named && "buffer" in event
    ? [{ text: `${plainName(event.buffer)} `, ink: "channel" }]
    : [];
  const alarming = event.kind === "status" &&
    ["nick refused", "login refused", "lost"].includes(event.status);
  const mark = marks[event.kind] ?? (alarming ? "!" : "·");
  return { at: event.at, mark, body: [...where, ...words], quiet: mark !== "!" && mark !== "»" };
}
