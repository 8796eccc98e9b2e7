/**
 * The rows of the message area: entries of a timeline as elements, with separators for days and for new messages. An
 * entry that has not changed keeps its element, and so the selection and the focus in it.
 */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { element } from "../elements/element.ts";
import { drawRow, type RowActions } from "./message_row.ts";
import type { Timeline, TimelineEntry } from "./timeline.ts";

const dayName = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
/** Lines for this person only that are so close show one time. */
const sameAnswerMs = 1_000;

/** The rows of one timeline. */
export class MessageRows {
  readonly #actions: RowActions;
  #elements = new Map<TimelineEntry, HTMLElement>();
  readonly #separators = new Map<string, HTMLElement>();

  constructor(actions: RowActions) {
    this.#actions = actions;
  }

  get isEmpty(): boolean {
    return this.#elements.size === 0;
  }

  clear(): void {
    this.#elements.clear();
    this.#separators.clear();
  }

  /** The entry that an element shows. */
  entryOf(row: HTMLElement): TimelineEntry | undefined {
    return [...this.#elements].find(([, shown]) => shown === row)?.[0];
  }

  /** The rows from the entry at index `start` on. */
  from(start: number, state: State, timeline: Timeline): HTMLElement[] {
    const { entries } = timeline;
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const elements = new Map<TimelineEntry, HTMLElement>();
    const rows: HTMLElement[] = [];
    const firstNew = firstNewEntry(timeline);
    let tomorrow = 0;
    let last: TimelineEntry | undefined;
    for (const entry of entries.slice(start)) {
      if (entry.at >= tomorrow) {
        tomorrow = new Date(entry.at).setHours(24, 0, 0, 0);
        rows.push(this.#separator(dayName.format(entry.at)));
      }
      if (entry === firstNew) rows.push(this.#separator("New messages", "new"));
      const row = this.#elements.get(entry) ?? drawRow(state, entry, byKey, this.#actions);
      // The quoted message can arrive later: then the row is drawn again.
      const lacksQuote = entry.kind === "said" && entry.said.replyTo !== undefined &&
        !byKey.has(entry.said.replyTo);
      if (!lacksQuote) elements.set(entry, row);
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

function firstNewEntry({ entries, separatorAt }: Timeline): TimelineEntry | undefined {
  if (separatorAt === undefined) return undefined;
  return entries.find((entry) => entry.at > separatorAt && entry.kind === "said" && !entry.said.own);
}

/** Whether both are lines of one answer to the person, such as those of /help. */
function isSameAnswer(before: TimelineEntry, entry: TimelineEntry): boolean {
  return before.kind === "note" && entry.kind === "note" && entry.at - before.at < sameAnswerMs;
}
