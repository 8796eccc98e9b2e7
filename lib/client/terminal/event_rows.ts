/** Events → lines of a terminal: the time, a symbol for the kind of event, the text. Pure. */

import { fold } from "../../irc/names.ts";
import type { ChatEvent, Said } from "../state/event.ts";
import type { Span } from "../text/formatting.ts";
import { withoutFormatting } from "../text/formatting.ts";
import { excerpt } from "../text/excerpt.ts";
import { plainName } from "../text/plain.ts";
import type { State } from "../state/state.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import { memberColor } from "../text/nick_color.ts";
import { styleText } from "../text/style_text.ts";
import { describe, personSpan } from "../text/sentences.ts";
import type { Row } from "./wrap_spans.ts";
import { wrapSpans } from "./wrap_spans.ts";

/** The values of --timestamps. */
export type Timestamps = "short" | "seconds" | "iso" | "off";

/** One line, before it is wrapped. */
export interface TranscriptLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The kind of event, because colour alone must not show it: "→", "←", "*", "»", "!". */
  readonly symbol: string;
  readonly body: readonly Span[];
  /** Fainter than messages. */
  readonly faint?: boolean;
}

/** The rows of a line. Without `columns` it is not wrapped. */
export function lineRows(line: TranscriptLine, timestamps: Timestamps, columns: number | undefined): Row[] {
  const time = clock(line.at, timestamps);
  const faint = line.faint === true;
  const symbol: Span[] = line.symbol === "" ? [] : [
    line.symbol === "»" ? { text: "» ", bold: true, color: "own" } : { text: `${line.symbol} `, dim: faint },
  ];
  if (line.symbol === "!") symbol[0] = { text: "! ", bold: true, color: "error" };
  const head: Span[] = [...(time === "" ? [] : [{ text: `${time} `, dim: true }]), ...symbol];
  const body = faint
    ? line.body.map((span) => span.color === undefined ? { ...span, dim: true } : span)
    : line.body;
  if (columns === undefined) return [[...head, ...body]];
  return wrapSpans(head, body, columns, time.length + 3);
}

/** The answer to a command: no time, indented. A long table row continues in its second column. */
export function noteRows(body: readonly Span[], columns: number): Row[] {
  const [first, ...others] = body;
  const [cells = "", firstCell = ""] = /^( *\S(?:[^ \n]| (?! ))*) {2,}(?=\S)/.exec(first?.text ?? "") ?? [];
  const indent = 2 + (cells.length || 2);
  if (first === undefined || cells === "" || indent <= columns / 2) {
    return wrapSpans([{ text: "  " }], body, columns, indent);
  }
  // On a narrow terminal the second column is below the first one.
  const secondCell = [{ ...first, text: first.text.slice(cells.length) }, ...others];
  return [
    ...wrapSpans([{ text: "  " }], [{ ...first, text: firstCell }], columns, 4),
    ...wrapSpans([{ text: "      " }], secondCell, columns, 6),
  ];
}

/** Local time, as the days of dayOf() are; "iso" names the time zone: "2026-03-01T09:05:07.000+01:00". */
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
      return isoTime(time);
    case "off":
      return "";
  }
}

function isoTime(time: Date): string {
  const eastMinutes = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + eastMinutes * 60_000).toISOString();
  if (eastMinutes === 0) return local;
  const two = (value: number): string => String(value).padStart(2, "0");
  const ahead = Math.abs(eastMinutes);
  const offset = `${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
  return local.replace("Z", `${eastMinutes < 0 ? "-" : "+"}${offset}`);
}

/** The day, in local time, to compare with another. */
export function dayOf(at: number): string {
  return new Date(at).toDateString();
}

/** The separator before the first line of a day. */
export function dayRow(at: number): Row {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return separatorRow(new Date(at).toLocaleDateString("en-GB", options).replace(",", ""));
}

/** "3 March", and "3 March 2025" in another year than that of `now`. */
function shortDate(at: number, now: number): string {
  const [date, today] = [new Date(at), new Date(now)];
  const isThisYear = date.getFullYear() === today.getFullYear();
  const year = isThisYear ? {} : { year: "numeric" } as const;
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", ...year });
}

/** A separator with a title. */
export function separatorRow(title: string): Row {
  return [{ text: `── ${title} ──`, dim: true }];
}

/** The message with an id, when it is a recent one. */
export type FindMessage = (id: string) => (Said & { readonly at: number }) | undefined;

const quoteLetters = 31;

/** The start of a message, to quote it: "ann: tea?". */
function quoteMessage(state: State, { from, text }: Said): Span[] {
  return [{ ...personSpan(state, from), dim: true }, { text: `: ${excerpt(text, quoteLetters)}`, dim: true }];
}

/** The line of a message. In another buffer than the active one it names the buffer; a reply quotes its message. */
export function saidLine(
  state: State,
  event: Said & { readonly at: number },
  activeBuffer: string,
  findMessage: FindMessage = () => undefined,
): TranscriptLine {
  const inChannel = findBuffer(state, event.buffer)?.kind === "channel" || event.buffer.startsWith("#");
  const here = event.buffer.toLowerCase() === activeBuffer.toLowerCase();
  const from: Span = { ...personSpan(state, event.from), bold: true };
  const where: Span[] = inChannel && !here ? [{ text: `${plainName(event.buffer)} `, color: "channel" }] : [];
  const to: Span[] = !inChannel && !here
    ? [{ text: " → " }, { ...personSpan(state, { nick: event.to }), bold: true }]
    : [];
  const text = styleText(event.text, {
    own: state.nick,
    colorOf: (nick) => memberColor(state, event.buffer, nick),
  });
  const speaker: Span[] = event.manner === "action"
    ? [{ text: "* " }, from, ...to, { text: " " }]
    : [from, ...to, { text: event.manner === "notice" ? " (notice): " : ": " }];
  const answered = event.replyTo === undefined ? undefined : findMessage(event.replyTo);
  const quote: Span[] = answered === undefined
    ? []
    : [{ text: "[re ", dim: true }, ...quoteMessage(state, answered), { text: "] ", dim: true }];
  return { at: event.at, symbol: event.mention ? "»" : "", body: [...where, ...speaker, ...quote, ...text] };
}

/** Which message was deleted, by its author and time: the words of the message are not repeated. */
function deletionWords(
  state: State,
  { by, reason, at }: Extract<ChatEvent, { readonly kind: "redacted" }>,
  said: Said & { readonly at: number },
): Span[] {
  const date = dayOf(said.at) === dayOf(at) ? "" : `${shortDate(said.at, at)}, `;
  const isAuthor = fold(by.nick) === fold(said.from.nick);
  const author: Span[] = isAuthor ? [] : [{ text: " by " }, personSpan(state, said.from)];
  const why = reason === "" ? "" : ` (${withoutFormatting(reason)})`;
  const time = { text: ` from ${date}${clock(said.at, "short")}${why}` };
  return [personSpan(state, by), { text: " deleted a message" }, ...author, time];
}

const symbols: Readonly<Partial<Record<ChatEvent["kind"], string>>> = {
  joined: "→",
  parted: "←",
  quit: "←",
  kicked: "←",
  renamed: "↔",
  refused: "!",
  "history failed": "!",
  invited: "»",
};

/** Any event except a message; undefined when the terminal shows nothing for it. */
export function eventLine(
  state: State,
  event: Exclude<ChatEvent, Said>,
  activeBuffer: string,
  findMessage: FindMessage = () => undefined,
): TranscriptLine | undefined {
  const about = event.kind === "reacted" || event.kind === "redacted" ? findMessage(event.id) : undefined;
  // The history has deletions of messages that were never shown here.
  if (event.kind === "redacted" && event.history === true && about === undefined) return undefined;
  const words = event.kind === "redacted" && about !== undefined
    ? deletionWords(state, event, about)
    : [...describe(state, event)];
  if (words.length === 0) return undefined;
  if (event.kind === "reacted" && about !== undefined) {
    words.push({ text: " to " }, ...quoteMessage(state, about));
  }
  const elsewhere = "buffer" in event && event.buffer.toLowerCase() !== activeBuffer.toLowerCase();
  // The sentences of these events name the channel.
  const namesChannel = ["topic", "members", "kicked", "history failed"].includes(event.kind) ||
    ("own" in event && event.own);
  const where: Span[] = elsewhere && !namesChannel && "buffer" in event && isChannel(state, event.buffer)
    ? [{ text: `${plainName(event.buffer)} `, color: "channel" }]
    : [];
  const isError = event.kind === "status" &&
    ["nick refused", "login refused", "lost"].includes(event.status);
  const symbol = symbols[event.kind] ?? (isError ? "!" : "·");
  return { at: event.at, symbol, body: [...where, ...words], faint: symbol !== "!" && symbol !== "»" };
}
