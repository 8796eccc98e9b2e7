/** The message area: the timeline in front as elements. It keeps to its end while the person is there, and to its place when not. */
/// <reference lib="dom" />
import type { State } from "../client/state.ts";
import { byId, element } from "./element.ts";
import { type MessageActs, messageTools } from "./message_tools.ts";
import { drawEntry } from "./row.ts";
import type { Entry, Timeline } from "./timeline.ts";

const nearPx = 48;
const flashMs = 1_500;
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

  /** `signal` ends what the area listens to. */
  constructor(acts: AreaActs, signal: AbortSignal) {
    this.#acts = acts;
    const area = this.#area;
    area.replaceChildren();
    area.addEventListener("scroll", () => {
      if (area.scrollTop < nearPx && this.#shown.size > 0) acts.older();
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
    this.#wasAtEnd = isOther || this.#isAtEnd;
    const below = this.#area.scrollHeight - this.#area.scrollTop;
    if (isOther) {
      this.#shown.clear();
      this.#rules.clear();
    }
    this.#buffer = buffer;
    this.#state = state;
    this.#place(this.#rows(state, timeline));
    this.#area.scrollTop = this.#wasAtEnd ? this.#area.scrollHeight : this.#area.scrollHeight - below;
    // So few that nothing can be scrolled: who wants more could not ask for it.
    if (timeline.entries.length > 0 && this.#area.scrollHeight <= this.#area.clientHeight) this.#acts.older();
  }

  /** Brings a message into sight; false when it is not among those shown. */
  jump(id: string): boolean {
    const row = this.#area.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    if (row === null) return false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), flashMs);
    return true;
  }

  /** Scrolls so that what stands before a message is in sight. */
  reveal(id: string): void {
    this.#area.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "end" });
  }

  get #isAtEnd(): boolean {
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

  #rows(state: State, { entries, ruleAt }: Timeline): HTMLElement[] {
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const shown = new Map<Entry, HTMLElement>();
    const rows: HTMLElement[] = [];
    let tomorrow = 0;
    let isNew = ruleAt === undefined;
    for (const entry of entries) {
      if (entry.at >= tomorrow) {
        tomorrow = new Date(entry.at).setHours(24, 0, 0, 0);
        rows.push(this.#rule(dayName.format(entry.at)));
      }
      if (!isNew && entry.at > (ruleAt ?? 0) && entry.kind === "said" && !entry.said.own) {
        isNew = true;
        rows.push(this.#rule("new"));
      }
      const row = this.#shown.get(entry) ?? drawEntry(state, entry, byKey, this.#acts);
      // A quote of what is not here yet is drawn again when it may have come.
      const isHalf = entry.kind === "said" && entry.said.replyTo !== undefined &&
        !byKey.has(entry.said.replyTo);
      if (!isHalf) shown.set(entry, row);
      rows.push(row);
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
