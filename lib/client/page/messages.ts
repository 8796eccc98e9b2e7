/**
 * The message area: the timeline in front as elements. It keeps to its end while the person is there, and to its place
 * when not. At the end few entries are elements; further up, more are made as the person comes to them.
 */
/// <reference lib="dom" />
import type { State } from "../core/state.ts";
import { byId, element } from "./element.ts";
import { type MessageActs, messageTools } from "./message_tools.ts";
import { drawEntry } from "./timeline_row.ts";
import { emptyTimeline, type Entry, type Timeline } from "./timeline.ts";

const nearPx = 48;
const flashMs = 1_500;
const togetherMs = 1_000;
/** Entries that are elements at the end, and how many more at each step up. */
const fewest = 200;
const dayName = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

/** What the area asks of the page. */
export interface AreaActs extends MessageActs {
  /** The person has scrolled to the oldest message. */
  readonly older: () => void;
  /** A quoted message is to be shown. */
  readonly jump: (id: string) => void;
}

/** The area of messages. */
export class Messages {
  readonly #area = byId("messages");
  readonly #acts: AreaActs;
  /** Elements by entry: an entry that did not change keeps its element, and so selection and focus. */
  #shown = new Map<Entry, HTMLElement>();
  readonly #rules = new Map<string, HTMLElement>();
  #state: State | undefined;
  #buffer = "";
  #timeline: Timeline = emptyTimeline;
  /** The oldest entry that is an element. */
  #first: string | undefined;
  /** So many more are wanted above it. */
  #wanted = 0;

  /** `signal` ends what the area listens to. */
  constructor(acts: AreaActs, signal: AbortSignal) {
    this.#acts = acts;
    const area = this.#area;
    area.replaceChildren();
    area.addEventListener("scroll", () => {
      if (area.scrollTop < nearPx && this.#shown.size > 0) this.#goUp();
    }, { signal });
    area.addEventListener("keydown", (event) => this.#key(event), { signal });
    for (const name of ["mouseover", "focusin"]) {
      area.addEventListener(name, ({ target }) => this.#offerTools(target), { signal });
    }
    // A picture that arrives late makes its message taller.
    area.addEventListener("load", () => this.#follow(), { signal, capture: true });
    const resized = new ResizeObserver(() => this.#follow());
    resized.observe(area);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  #wasAtEnd = true;

  /** Shows a timeline. */
  show(state: State, buffer: string, timeline: Timeline): void {
    const isOther = buffer !== this.#buffer;
    this.#wasAtEnd = isOther || this.isAtEnd;
    if (isOther) {
      this.#shown.clear();
      this.#rules.clear();
    }
    if (this.#wasAtEnd) [this.#first, this.#wanted] = [undefined, 0];
    this.#buffer = buffer;
    this.#state = state;
    this.#timeline = timeline;
    this.#draw();
    // So few that nothing can be scrolled: who wants more could not ask for it.
    if (timeline.entries.length > 0 && this.#area.scrollHeight <= this.#area.clientHeight) this.#goUp();
  }

  /** Brings a message into sight; false when it is not there. */
  jump(id: string): boolean {
    const row = this.#rowOf(id);
    if (row === null) return false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), flashMs);
    return true;
  }

  /** Scrolls so that what stands before a message is in sight. */
  reveal(id: string): void {
    this.#rowOf(id)?.scrollIntoView({ block: "end" });
  }

  /** The element of a message, which is made with some above it when it was not one. */
  #rowOf(id: string): HTMLElement | null {
    const find = () => this.#area.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    const at = this.#timeline.entries.findIndex(({ key }) => key === id);
    if (at < 0) return null;
    this.#wasAtEnd = false;
    if (find() === null) this.#first = id;
    if (this.#first === undefined || at < this.#startsAt + fewest / 2) this.#wanted = fewest;
    this.#draw();
    return find();
  }

  /** More above: what is there already, else what the server has. */
  #goUp(): void {
    this.#wanted = fewest;
    if (this.#startsAt === 0) return this.#acts.older();
    this.#wasAtEnd = false;
    this.#draw();
  }

  /** Where in the timeline the first element stands. */
  get #startsAt(): number {
    const { entries } = this.#timeline;
    const at = entries.findIndex(({ key }) => key === this.#first);
    return at < 0 ? Math.max(0, entries.length - fewest) : at;
  }

  #draw(): void {
    if (this.#state === undefined) return;
    const area = this.#area;
    const below = area.scrollHeight - area.scrollTop;
    const before = this.#startsAt;
    const start = Math.max(0, before - this.#wanted);
    if (start < before) this.#wanted = 0;
    this.#first = this.#timeline.entries[start]?.key;
    this.#place(this.#rows(this.#state, this.#timeline, start));
    area.scrollTop = this.#wasAtEnd ? area.scrollHeight : area.scrollHeight - below;
  }

  /** Whether the newest message is in sight. */
  get isAtEnd(): boolean {
    return this.#area.scrollHeight - this.#area.scrollTop - this.#area.clientHeight < nearPx;
  }

  #follow(): void {
    if (this.#wasAtEnd) this.#area.scrollTop = this.#area.scrollHeight;
  }

  /** Puts rows in place and touches only what changed. */
  #place(rows: readonly HTMLElement[]): void {
    const wanted = new Set<Element>(rows);
    for (const child of [...this.#area.children]) if (!wanted.has(child)) child.remove();
    let at: Element | null = this.#area.firstElementChild;
    for (const row of rows) {
      if (row === at) at = at.nextElementSibling;
      else this.#area.insertBefore(row, at);
    }
  }

  #rows(state: State, { entries, ruleAt }: Timeline, start: number): HTMLElement[] {
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const shown = new Map<Entry, HTMLElement>();
    const rows: HTMLElement[] = [];
    let tomorrow = 0;
    let last: Entry | undefined;
    const isNewTo = (entry: Entry) => entry.at > (ruleAt ?? 0) && entry.kind === "said" && !entry.said.own;
    let isNew = ruleAt === undefined || entries.slice(0, start).some(isNewTo);
    for (const entry of entries.slice(start)) {
      if (entry.at >= tomorrow) {
        tomorrow = new Date(entry.at).setHours(24, 0, 0, 0);
        rows.push(this.#rule(dayName.format(entry.at)));
      }
      if (!isNew && isNewTo(entry)) {
        isNew = true;
        rows.push(this.#rule("new"));
      }
      const row = this.#shown.get(entry) ?? drawEntry(state, entry, byKey, this.#acts);
      // A quote of what is not here yet is drawn again when it may have come.
      const isHalf = entry.kind === "said" && entry.said.replyTo !== undefined &&
        !byKey.has(entry.said.replyTo);
      if (!isHalf) shown.set(entry, row);
      row.classList.toggle("together", last !== undefined && isTogether(last, entry));
      rows.push(row);
      last = entry;
    }
    this.#shown = shown;
    return rows;
  }

  #rule(words: string): HTMLElement {
    const kind = words === "new" ? "new" : "";
    const made = this.#rules.get(words) ??
      element("div", { class: `rule ${kind}`, role: "separator", "aria-label": words }, words);
    this.#rules.set(words, made);
    return made;
  }

  /** ↑ and ↓ go through the messages, Home and End to the first and the last. */
  #key(event: KeyboardEvent): void {
    if (event.target instanceof HTMLButtonElement) return;
    const rows = [...this.#area.querySelectorAll<HTMLElement>(".entry")];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const places: Readonly<Record<string, number>> = {
      ArrowUp: at < 0 ? rows.length - 1 : Math.max(0, at - 1),
      ArrowDown: at < 0 ? rows.length - 1 : Math.min(rows.length - 1, at + 1),
      Home: 0,
      End: rows.length - 1,
    };
    const row = rows[places[event.key] ?? -1];
    if (row === undefined) return;
    event.preventDefault();
    row.focus();
  }

  /** One toolbar goes to whichever message is pointed at. */
  #offerTools(target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest<HTMLElement>(".entry[data-id]") : null;
    if (row === null || row.querySelector(".acts") !== null) return;
    const entry = [...this.#shown].find(([, shown]) => shown === row)?.[0];
    if (entry?.kind !== "said" || entry.isGone || this.#state === undefined) return;
    for (const old of this.#area.querySelectorAll(".acts")) {
      if (!old.contains(document.activeElement)) old.remove();
    }
    row.append(messageTools(this.#state, entry, this.#acts));
  }
}

/** Lines of one answer to the person, such as those of /help: one time is enough for them. */
function isTogether(before: Entry, entry: Entry): boolean {
  return before.kind === "note" && entry.kind === "note" && entry.at - before.at < togetherMs;
}
