/**
 * The message area: shows the timeline of the active buffer. A few hundred entries are elements; others become elements
 * when the person scrolls towards them. What is not in memory is loaded from the server.
 */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { byId } from "../elements/element.ts";
import { onKeyPress } from "../elements/key_press.ts";
import { drawJumpButtons } from "./jump_buttons.ts";
import { focusByKey } from "./message_focus.ts";
import { MessageRows } from "./message_rows.ts";
import { type MessageActions, messageToolbar } from "./message_toolbar.ts";
import { type OutgoingActions, OutgoingRows } from "./outgoing_rows.ts";
import { type RowRange, RowWindow } from "./row_window.ts";
import { ScrollPosition } from "./scroll_position.ts";
import type { UnreadCount } from "../state/unread.ts";
import { emptyTimeline, type ReadingPlace, type Timeline } from "./buffer_timeline.ts";
import type { TimelineEntry } from "./timeline_entry.ts";

const highlightMs = 1_500;
/** A screen reader reads new rows, up to so many at a time: not all of a channel that opens, and not a flood. */
const readRows = 10;
/** The height of a row with one line of text; a little more in the usual font. */
const lowRowPx = 20;

/** The actions of the page that the message area calls. */
export interface MessageAreaParts extends MessageActions {
  readonly outgoing: OutgoingActions;
  /** The person scrolled up to the oldest message in memory, or down to the last one of an older part. */
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
  /** Shows the message with this id. */
  readonly jump: (id: string) => void;
  /** Shows the newest messages in place of an older part. */
  readonly showLatest: () => void;
  /** Shows the first message that the person has not read. */
  readonly showFirstUnread: () => void;
  /** The entry of the active buffer with this key, when it is in memory. */
  readonly find: (key: string) => TimelineEntry | undefined;
  /** The time of the client, in milliseconds since 1970. */
  readonly now: () => number;
  /** The unread messages of the active buffer. */
  readonly unreadCount: () => UnreadCount;
  /** Draws the page with the next frame. */
  readonly draw: () => void;
}

/** The message area. */
export class MessageArea {
  readonly #area = byId("messages");
  readonly #parts: MessageAreaParts;
  readonly #rows: MessageRows;
  readonly #outgoing: OutgoingRows;
  readonly #scroll: ScrollPosition;
  #window = new RowWindow();
  #state: State | undefined;
  #buffer = "";
  #timeline: Timeline = emptyTimeline;
  /** The separator before new messages that the person has seen, by its time. */
  #seenSeparatorAt: number | undefined;

  /** `signal` ends the listening. */
  constructor(parts: MessageAreaParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#rows = new MessageRows(parts);
    this.#outgoing = new OutgoingRows(parts.outgoing);
    const area = this.#area;
    area.replaceChildren();
    this.#scroll = new ScrollPosition(area, signal);
    area.addEventListener("scroll", () => this.#onScroll(), { signal });
    onKeyPress(area, (event) => this.#onKey(event), signal);
    onKeyPress(byId("box"), (event) => this.#onKeyInBox(event), signal);
    byId("to-latest").addEventListener("click", () => this.showLatest(), { signal });
    byId("to-unread").addEventListener("click", parts.showFirstUnread, { signal });
    for (const name of ["mouseover", "focusin"]) {
      area.addEventListener(name, ({ target }) => this.#showToolbar(target), { signal });
    }
  }

  /** Whether the newest message is in sight. */
  get isAtEnd(): boolean {
    return this.#scroll.followsEnd && this.#timeline.isLatest;
  }

  /** The keys of the first and the last entry in sight while the person reads older messages. */
  get reading(): ReadingPlace | undefined {
    const sight = this.isAtEnd ? undefined : this.#scroll.rowsInSight();
    const first = sight && this.#nearestEntry(sight.first);
    const last = sight && this.#nearestEntry(sight.last);
    return first && last && { first: first.key, last: last.key };
  }

  /** Shows a timeline. */
  show(state: State, buffer: string, timeline: Timeline): void {
    const isOther = buffer !== this.#buffer;
    if (isOther) this.#scroll.followsEnd = true;
    else this.#scroll.update();
    if (!timeline.isLatest) this.#scroll.followsEnd = false;
    if (isOther) this.#rows.clear();
    if (isOther) this.#window = new RowWindow();
    this.#buffer = buffer;
    this.#state = state;
    this.#timeline = timeline;
    this.#draw();
    // Without a scroll bar the person cannot scroll to load more.
    if (timeline.entries.length > 0 && this.#scroll.fits) this.#moveUp();
    else this.#fill();
  }

  /** Scrolls to a message, focuses and highlights it; false when the timeline does not contain it. */
  jump(id: string): boolean {
    const row = this.#showEntry(id);
    if (row === undefined) return false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    row.classList.add("highlighted");
    setTimeout(() => row.classList.remove("highlighted"), highlightMs);
    return true;
  }

  /** Scrolls so that the messages before this one are in sight. */
  showBefore(id: string): void {
    this.#showEntry(id)?.scrollIntoView({ block: "end" });
  }

  /** Scrolls so that the messages from this one on are in sight. */
  showFrom(id: string): void {
    const row = this.#showEntry(id);
    const before = row?.previousElementSibling;
    const top = before?.classList.contains("separator") ? before : row;
    top?.scrollIntoView({ block: "start" });
    row?.focus({ preventScroll: true });
  }

  /** Shows the newest messages. */
  showLatest(): void {
    if (this.#area.contains(document.activeElement)) this.#area.focus({ preventScroll: true });
    this.#parts.showLatest();
    this.#scroll.followsEnd = true;
    this.#draw();
    this.#parts.draw();
  }

  /** The row of an entry, which becomes an element; undefined when the timeline does not contain it. */
  #showEntry(id: string): HTMLElement | undefined {
    const { shown } = this.#timeline;
    const at = shown.indexOf(id);
    if (at < 0) return undefined;
    this.#scroll.followsEnd = false;
    this.#window.showAround(shown, at);
    this.#draw();
    return this.#area.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? undefined;
  }

  #onScroll(): void {
    if (this.#rows.isEmpty) return;
    if (this.isAtEnd) return this.#parts.draw();
    this.#window.hold();
    const { shown, isLatest, isComplete, entries } = this.#timeline;
    const { start, end } = this.#window.range(shown);
    if (this.#isNearTop && start === 0 && !isComplete) this.#parts.loadOlder();
    if (this.#isNearEnd && end === entries.length && !isLatest) this.#parts.loadNewer();
    this.#fill();
    this.#drawJumpButtons();
  }

  /** Adds rows where those in sight are near the first or the last row. */
  #fill(): void {
    if (this.isAtEnd) return;
    const { shown, entries } = this.#timeline;
    if (this.#isNearTop && this.#window.range(shown).start > 0) this.#moveUp();
    if (this.#isNearEnd && this.#window.range(shown).end < entries.length) this.#moveDown();
  }

  get #isNearTop(): boolean {
    return this.#scroll.abovePx < this.#area.clientHeight;
  }

  get #isNearEnd(): boolean {
    return this.#scroll.belowPx < this.#area.clientHeight;
  }

  /** Adds older rows; when there are none in memory, loads older messages from the server. */
  #moveUp(): void {
    const { shown, isComplete } = this.#timeline;
    if (this.#window.range(shown).start === 0) return isComplete ? undefined : this.#parts.loadOlder();
    this.#scroll.followsEnd = false;
    this.#window.moveUp(shown, this.#keptRows());
    this.#draw();
  }

  /** Adds newer rows. */
  #moveDown(): void {
    this.#window.moveDown(this.#timeline.shown, this.#keptRows());
    this.#draw();
  }

  /** The rows in sight, and those with the selection or the focus. */
  #keptRows(): RowRange {
    const sight = this.#scroll.rowsInSight();
    const indexes = [...this.#indexesOf([sight?.first, sight?.last]), ...this.#markedRows()];
    return { start: Math.min(...indexes), end: Math.max(...indexes) + 1 };
  }

  /** The indexes of the rows with the selection or the focus. */
  #markedRows(): number[] {
    return [...this.#selectedRows(), ...this.#indexesOf([document.activeElement])];
  }

  #selectedRows(): number[] {
    const selection = getSelection();
    return selection?.isCollapsed === false
      ? this.#indexesOf([selection.anchorNode, selection.focusNode])
      : [];
  }

  #indexesOf(nodes: readonly (Node | null | undefined)[]): number[] {
    return nodes.flatMap((node) => {
      if (!node || node === this.#area || !this.#area.contains(node)) return [];
      const at = this.#timeline.shown.indexOf(this.#nearestEntry(node)?.key);
      return at < 0 ? [] : [at];
    });
  }

  /** The entry that contains a node of the area, or the next one when it is a separator. */
  #nearestEntry(node: Node): TimelineEntry | undefined {
    let row: Node | null | undefined = node;
    while (row instanceof Node && row.parentNode !== this.#area) row = row.parentNode;
    let entry: TimelineEntry | undefined;
    for (; row instanceof Element && entry === undefined; row = row.nextElementSibling) {
      entry = this.#rows.entryOf(row);
    }
    return entry;
  }

  #draw(): void {
    const state = this.#state;
    if (state === undefined) return;
    const timeline = this.#timeline;
    const { shown } = timeline;
    if (this.isAtEnd) this.#window.follow(Math.ceil(2 * this.#area.clientHeight / lowRowPx));
    else this.#window.hold();
    this.#scroll.keep(() => {
      const range = this.#window.range(shown, Math.min(...this.#selectedRows()));
      const isLatest = timeline.isLatest && range.end === shown.entries.length;
      this.#scroll.isLatest = isLatest;
      const { find, now } = this.#parts;
      const rows = this.#rows.of(range, { state, timeline, find, now });
      const added = rows.filter((row) => row.parentElement === null).length;
      // While older messages are read, a screen reader reads the row with the focus, not each row that is added.
      this.#area.ariaLive = this.isAtEnd && added <= readRows ? "polite" : "off";
      this.#place(isLatest ? [...rows, ...this.#outgoing.of(state, this.#buffer)] : rows);
    });
    this.#drawJumpButtons();
  }

  #drawJumpButtons(): void {
    const { separatorAt } = this.#timeline;
    const separator = this.#area.querySelector(".separator.new")?.getBoundingClientRect();
    const isInSight = separator !== undefined && separator.bottom > this.#area.getBoundingClientRect().top;
    if (isInSight) this.#seenSeparatorAt = separatorAt;
    drawJumpButtons({
      unread: this.#parts.unreadCount(),
      isAtEnd: this.isAtEnd,
      isUnreadAbove: separatorAt !== undefined && separatorAt !== this.#seenSeparatorAt,
    });
  }

  /** Puts rows in place and touches only what changed. */
  #place(rows: readonly HTMLElement[]): void {
    const area = this.#area;
    const kept = new Set<Element>(rows);
    for (const child of [...area.children]) {
      if (kept.has(child)) continue;
      // The focus must not leave the messages with the row.
      if (child.contains(document.activeElement)) area.focus({ preventScroll: true });
      this.#scroll.unwatch(child);
      child.remove();
    }
    let at: Element | null = area.firstElementChild;
    for (const row of rows) {
      if (row === at) {
        at = at.nextElementSibling;
        continue;
      }
      area.insertBefore(row, at);
      this.#scroll.watch(row);
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target instanceof HTMLButtonElement) return;
    if (event.key === "End") {
      event.preventDefault();
      this.showLatest();
      return this.#area.querySelector<HTMLElement>(".entry:last-child")?.focus();
    }
    const oldest = this.#timeline.entries[0];
    if (event.key === "Home" && oldest !== undefined) {
      this.#scroll.followsEnd = false;
      this.#window.showAround(this.#timeline.shown, 0);
      this.#draw();
    }
    focusByKey(this.#area, event);
  }

  /** PageUp and PageDown scroll the messages while the person writes. */
  #onKeyInBox(event: KeyboardEvent): void {
    const step = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : 0;
    const { scrollHeight, clientHeight } = byId("box");
    if (step === 0 || event.altKey || event.ctrlKey || scrollHeight > clientHeight + 2) {
      return;
    }
    event.preventDefault();
    this.#area.scrollBy({ top: step * this.#area.clientHeight * 0.9 });
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
