/** One entry of a timeline as an element. All parts of a message become text, never HTML. */
/// <reference lib="dom" />
import { memberColor, personColor } from "../text/nick_color.ts";
import { plainName } from "../text/plain.ts";
import type { State } from "../state/state.ts";
import type { Span } from "../text/formatting.ts";
import { spanText, styleText } from "../text/style_text.ts";
import { element } from "../elements/element.ts";
import { foldable, type Unfolded } from "../elements/foldable.ts";
import { cutGraphemes, excerpt } from "../text/excerpt.ts";
import { quoteButton } from "./quote.ts";
import { reactionButtons } from "./reaction_buttons.ts";
import { cssColor, spanElements } from "../elements/span_elements.ts";
import type { LineEntry, SaidEntry, TimelineEntry } from "./timeline_entry.ts";

/** The actions of the buttons in a row. */
export interface RowActions {
  /** Adds or removes the own reaction. */
  readonly react: (entry: SaidEntry, emoji: string) => void;
  /** Shows the message with this id. */
  readonly jump: (id: string) => void;
  readonly unfolded: Unfolded;
}

/** Formats a time of day. */
export const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Longer messages are folded. */
const maxCharacters = 3000;
const maxLines = 40;
const maxSpans = 400;

/** Finds the entry with this key, when it is in memory. */
export type FindEntry = (key: string) => TimelineEntry | undefined;

/** Draws an entry; `find` finds the message that it answers. An entry that cannot be drawn has a row that says so. */
export function drawRow(
  state: State,
  entry: TimelineEntry,
  find: FindEntry,
  actions: RowActions,
): HTMLElement {
  try {
    return drawWholeRow(state, entry, find, actions);
  } catch (error) {
    reportError(error);
    return plainRow(entry);
  }
}

/** The words of an entry that cannot be drawn, with a note. It makes as little as possible. */
function plainRow(entry: TimelineEntry): HTMLElement {
  const row = document.createElement("div");
  row.className = "entry warning";
  row.tabIndex = -1;
  row.textContent = `${wordsOf(entry)} (this message cannot be shown as usual)`;
  return row;
}

function wordsOf(entry: TimelineEntry): string {
  try {
    if (entry.kind !== "said") return spanText(entry.spans);
    const { from, text } = entry.said;
    return `${plainName(from.nick)}: ${entry.isDeleted ? "Message deleted" : excerpt(text, maxCharacters)}`;
  } catch {
    return "";
  }
}

function drawWholeRow(
  state: State,
  entry: TimelineEntry,
  find: FindEntry,
  actions: RowActions,
): HTMLElement {
  const when = new Date(entry.at);
  const time = element(
    "time",
    { datetime: when.toISOString(), title: when.toLocaleString() },
    clock.format(when),
  );
  if (entry.kind === "said") return messageRow(state, entry, time, find, actions);
  const text = foldableSpans(entry, actions.unfolded);
  return element("div", { class: `entry ${entry.kind}`, tabindex: "-1" }, time, ...text);
}

function messageRow(
  state: State,
  entry: SaidEntry,
  time: HTMLElement,
  find: FindEntry,
  { react, jump, unfolded }: RowActions,
): HTMLElement {
  const { said, isDeleted } = entry;
  const { replyTo } = said;
  const nick = element("span", { class: "nick" }, plainName(said.from.nick));
  nick.style.color = cssColor(said.own ? "own" : personColor(state, said.from));
  const content = element(
    "div",
    {},
    ...(replyTo === undefined ? [] : [quoteButton(find(replyTo), () => jump(replyTo))]),
    nick,
    ...(isDeleted
      ? [element("span", { class: "text" }, "Message deleted")]
      : foldableText(state, entry, unfolded)),
  );
  const classes = ["entry", said.manner, said.mention && "mention", isDeleted && "deleted"];
  const row = element(
    "div",
    { class: classes.filter(Boolean).join(" "), "data-id": said.id, tabindex: "-1" },
    time,
    content,
  );
  if (entry.reactions.size > 0) {
    row.append(...reactionButtons(state, entry, { toggle: (emoji) => react(entry, emoji), unfolded }));
  }
  return row;
}

/** The text of a message. Of a long one only the start is drawn, with a button that shows all of it. */
function foldableText(state: State, entry: SaidEntry, unfolded: Unfolded): HTMLElement[] {
  const { key, said: { text } } = entry;
  const textElement = (shown: string, name = "text") =>
    element("span", { class: name }, ...styledText(state, entry, shown));
  const start = startOf(text);
  if (start === text) return [textElement(text)];
  return foldable(unfolded, {
    key: `text ${key}`,
    folded: () => textElement(start, "text folded"),
    whole: () => textElement(text),
    more: "Show all",
    less: "Show less",
  });
}

/** The text of a line. Of one with very many parts, such as the names of all members, only the first are drawn. */
function foldableSpans({ key, spans }: LineEntry, unfolded: Unfolded): HTMLElement[] {
  const textElement = (shown: readonly Span[]) => element("span", { class: "text" }, ...spanElements(shown));
  if (spans.length <= maxSpans) return [textElement(spans)];
  return foldable(unfolded, {
    key: `text ${key}`,
    folded: () => textElement([...spans.slice(0, maxSpans), { text: "…" }]),
    whole: () => textElement(spans),
    more: "Show all",
    less: "Show less",
  });
}

/** The part of a long text that is drawn while it is folded; the whole text when it is short. */
function startOf(text: string): string {
  const lines = text.split("\n", maxLines + 1);
  if (text.length <= maxCharacters && lines.length <= maxLines) return text;
  return cutGraphemes(lines.slice(0, maxLines).join("\n").slice(0, 2 * maxCharacters), maxCharacters);
}

function styledText(state: State, { said }: SaidEntry, text: string): Node[] {
  const colorOf = (nick: string) => memberColor(state, said.buffer, nick);
  return spanElements(styleText(text, { own: state.nick, colorOf }));
}
