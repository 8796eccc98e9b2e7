/**
 * The rows of the message area: entries of a timeline as elements, with separators for days and for new messages. An
 * entry that has not changed keeps its element, and so the selection and the focus in it.
 */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { element } from "../elements/element.ts";
import { dayText } from "./day_text.ts";
import { drawRow, type RowActions } from "./message_row.ts";
import { quoteText } from "./quote.ts";
import type { RowRange } from "./row_window.ts";
import type { Timeline } from "./buffer_timeline.ts";
import type { TimelineEntry } from "./timeline_entry.ts";

/** Lines for this person only that are so close show one time. */
const sameAnswerMs = 1_000;

/** The values that rows are drawn from. */
export interface RowSource {
  readonly state: State;
  readonly timeline: Timeline;
  /** The entry with this key, when it is in memory. */
  readonly find: (key: string) => TimelineEntry | undefined;
  /** The time of the client, in milliseconds since 1970. */
  readonly now: () => number;
}

/** A row, and the quote that it shows. */
interface DrawnRow {
  readonly row: HTMLElement;
  readonly quote: string | undefined;
}

/** The rows of one timeline. */
export class MessageRows {
  readonly #actions: RowActions;
  #elements = new Map<TimelineEntry, DrawnRow>();
  readonly #entries = new WeakMap<Element, TimelineEntry>();
  readonly #separators = new Map<string, HTMLElement>();

  constructor(actions: Omit<RowActions, "unfolded">) {
    this.#actions = { ...actions, unfolded: new Set() };
  }

  get isEmpty(): boolean {
    return this.#elements.size === 0;
  }

  clear(): void {
    this.#actions.unfolded.clear();
    this.#elements.clear();
    this.#separators.clear();
  }

  /** The entry that an element shows. */
  entryOf(row: Element): TimelineEntry | undefined {
    return this.#entries.get(row);
  }

  /** The rows of the entries in a range. */
  of({ start, end }: RowRange, { state, timeline, find, now }: RowSource): HTMLElement[] {
    const { entries } = timeline;
    const elements = new Map<TimelineEntry, DrawnRow>();
    const rows: HTMLElement[] = [];
    const firstNew = firstNewEntry(timeline);
    let [today, tomorrow] = [0, 0];
    let last = entries[start - 1];
    for (const entry of entries.slice(start, end)) {
      // The days do not always grow: a server whose clock was ahead is right again.
      if (entry.at >= tomorrow || entry.at < today) {
        [today, tomorrow] = [
          new Date(entry.at).setHours(0, 0, 0, 0),
          new Date(entry.at).setHours(24, 0, 0, 0),
        ];
        rows.push(this.#separator(dayText(entry.at, now())));
      }
      if (entry === firstNew) rows.push(this.#separator("New messages", "new"));
      // The quoted message can arrive later, or be deleted: then the row is drawn again.
      const quote = quoteIn(entry, find);
      const drawn = this.#elements.get(entry);
      const row = drawn !== undefined && drawn.quote === quote
        ? drawn.row
        : drawRow(state, entry, find, this.#actions);
      elements.set(entry, { row, quote });
      this.#entries.set(row, entry);
      row.classList.toggle("together", last !== undefined && isSameAnswer(last, entry));
      rows.push(row);
      last = entry;
    }
    this.#elements = elements;
    return rows;
  }

  #separator(text: string, kind = ""): HTMLElement {
    const made = this.#separators.get(text) ??
      element("div", { class: `separator ${kind}`, role: "separator", "aria-label": text }, text);
    this.#separators.set(text, made);
    return made;
  }
}

function quoteIn(entry: TimelineEntry, find: RowSource["find"]): string | undefined {
  if (entry.kind !== "said" || entry.said.replyTo === undefined) return undefined;
  return quoteText(find(entry.said.replyTo));
}

/** Undefined when the first unread message is not in memory, and when there is none. */
function firstNewEntry({ shown, entries, separatorAt, isComplete }: Timeline): TimelineEntry | undefined {
  if (separatorAt === undefined) return undefined;
  let at = shown.firstAfter(separatorAt);
  if (at === 0 && !isComplete) return undefined;
  for (; at < entries.length; at++) {
    const entry = entries[at];
    if (entry?.kind === "said" && !entry.said.own && !entry.isDeleted) return entry;
  }
  return undefined;
}

/** Whether both are lines of one answer to the person, such as those of /help. */
function isSameAnswer(before: TimelineEntry, entry: TimelineEntry): boolean {
  return before.kind === "note" && entry.kind === "note" && entry.at - before.at < sameAnswerMs;
}
