/**
 * The message area: shows the timeline of the active buffer. Only the newest entries are elements; older ones become
 * elements when the person scrolls up to them.
 */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { byId } from "../elements/element.ts";
import { onKeyPress } from "../elements/key_press.ts";
import { focusByKey } from "./message_focus.ts";
import { MessageRows } from "./message_rows.ts";
import { type MessageActions, messageToolbar } from "./message_toolbar.ts";
import { ScrollPosition } from "./scroll_position.ts";
import { emptyTimeline, type Timeline } from "./timeline.ts";

const highlightMs = 1_500;
/** This many entries are elements at the end; this many more at each step up. */
const stepSize = 200;

/** The actions of the page that the message area calls. */
export interface MessageAreaParts extends MessageActions {
  /** The person scrolled up to the oldest message. */
  readonly loadOlder: () => void;
  /** Shows the message with this id. */
  readonly jump: (id: string) => void;
}

/** The message area. */
export class MessageArea {
  readonly #area = byId("messages");
  readonly #parts: MessageAreaParts;
  readonly #rows: MessageRows;
  readonly #scroll: ScrollPosition;
  #state: State | undefined;
  #buffer = "";
  #timeline: Timeline = emptyTimeline;
  /** The key of the oldest entry that is an element. */
  #first: string | undefined;
  /** This many more entries become elements with the next drawing. */
  #wanted = 0;

  /** `signal` ends the listening. */
  constructor(parts: MessageAreaParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#rows = new MessageRows(parts);
    const area = this.#area;
    area.replaceChildren();
    this.#scroll = new ScrollPosition(area, signal);
    area.addEventListener("scroll", () => {
      if (this.#scroll.isAtTop && !this.#rows.isEmpty) this.#goUp();
    }, { signal });
    onKeyPress(area, (event) => focusByKey(area, event), signal);
    for (const name of ["mouseover", "focusin"]) {
      area.addEventListener(name, ({ target }) => this.#showToolbar(target), { signal });
    }
  }

  get isAtEnd(): boolean {
    return this.#scroll.isAtEnd;
  }

  /** Shows a timeline. */
  show(state: State, buffer: string, timeline: Timeline): void {
    const isOther = buffer !== this.#buffer;
    if (isOther) this.#scroll.followsEnd = true;
    else this.#scroll.update();
    if (isOther) this.#rows.clear();
    if (this.#scroll.followsEnd) [this.#first, this.#wanted] = [undefined, 0];
    this.#buffer = buffer;
    this.#state = state;
    this.#timeline = timeline;
    this.#draw();
    // Without a scroll bar nobody can scroll up to load more.
    if (timeline.entries.length > 0 && this.#scroll.fits) this.#goUp();
  }

  /** Scrolls to a message, focuses and highlights it; false when the timeline does not contain it. */
  jump(id: string): boolean {
    const row = this.#rowOf(id);
    if (row === null) return false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    row.classList.add("highlighted");
    setTimeout(() => row.classList.remove("highlighted"), highlightMs);
    return true;
  }

  /** Scrolls so that the messages before this one are in sight. */
  showBefore(id: string): void {
    this.#rowOf(id)?.scrollIntoView({ block: "end" });
  }

  /** The element of a message, which is made when there is none yet; null when the timeline does not contain it. */
  #rowOf(id: string): HTMLElement | null {
    const find = () => this.#area.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    const at = this.#timeline.entries.findIndex(({ key }) => key === id);
    if (at < 0) return null;
    this.#scroll.followsEnd = false;
    if (find() === null) this.#first = id;
    if (this.#first === undefined || at < this.#start + stepSize / 2) this.#wanted = stepSize;
    this.#draw();
    return find();
  }

  /** Shows older entries of the timeline; when there are none, loads older messages from the server. */
  #goUp(): void {
    this.#wanted = stepSize;
    if (this.#start === 0) return this.#parts.loadOlder();
    this.#scroll.followsEnd = false;
    this.#draw();
  }

  /** The index of the oldest entry that is an element. */
  get #start(): number {
    const { entries } = this.#timeline;
    const at = entries.findIndex(({ key }) => key === this.#first);
    return at < 0 ? Math.max(0, entries.length - stepSize) : at;
  }

  #draw(): void {
    const state = this.#state;
    if (state === undefined) return;
    this.#scroll.keep(() => {
      const before = this.#start;
      const start = Math.max(0, before - this.#wanted);
      if (start < before) this.#wanted = 0;
      this.#first = this.#timeline.entries[start]?.key;
      this.#place(this.#rows.from(start, state, this.#timeline));
    });
  }

  /** Puts rows in place and touches only what changed. */
  #place(rows: readonly HTMLElement[]): void {
    const kept = new Set<Element>(rows);
    for (const child of [...this.#area.children]) if (!kept.has(child)) child.remove();
    let at: Element | null = this.#area.firstElementChild;
    for (const row of rows) {
      if (row === at) at = at.nextElementSibling;
      else this.#area.insertBefore(row, at);
    }
  }

  /** There is one toolbar, on the message under the pointer or with the focus. */
  #showToolbar(target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest<HTMLElement>(".entry[data-id]") : null;
    if (row === null || row.querySelector(".message-tools") !== null) return;
    const entry = this.#rows.entryOf(row);
    if (entry?.kind !== "said" || entry.isDeleted || this.#state === undefined) return;
    for (const old of this.#area.querySelectorAll(".message-tools")) {
      if (!old.contains(document.activeElement)) old.remove();
    }
    row.append(messageToolbar(this.#state, entry, this.#parts));
  }
}
