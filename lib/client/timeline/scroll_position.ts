/**
 * The scroll position of the message area. It follows the newest message while that is in sight. When the person reads
 * older messages, the rows in sight stay where they are, whatever is added, removed or resized above or below them.
 */
/// <reference lib="dom" />

const nearPx = 48;

/** A row in sight, and its distance from the top of the area. */
interface Anchor {
  readonly row: Element;
  readonly top: number;
}

/** The position of one scrolling area; its children are rows. */
export class ScrollPosition {
  readonly #area: HTMLElement;
  readonly #observer = new ResizeObserver(() => this.#restore());
  #followsEnd = true;
  #isLatest = true;
  /** The distance from the top, when it was last read or set. */
  #top = 0;
  #anchors: readonly Anchor[] = [];

  /** `signal` ends the listening. */
  constructor(area: HTMLElement, signal: AbortSignal) {
    this.#area = area;
    area.addEventListener("scroll", () => this.update(), { signal });
    this.#observer.observe(area);
    signal.addEventListener("abort", () => this.#observer.disconnect());
  }

  /** Whether the newest message is in sight. */
  get isAtEnd(): boolean {
    return this.#isLatest && this.belowPx < nearPx;
  }

  /** The height of the rows above those in sight. */
  get abovePx(): number {
    return this.#area.scrollTop;
  }

  /** The height of the rows below those in sight. */
  get belowPx(): number {
    return this.#area.scrollHeight - this.#area.scrollTop - this.#area.clientHeight;
  }

  /** Whether everything fits without scrolling. */
  get fits(): boolean {
    return this.#area.scrollHeight <= this.#area.clientHeight;
  }

  /** Whether the next changes scroll to the newest message. */
  get followsEnd(): boolean {
    return this.#followsEnd;
  }

  set followsEnd(follows: boolean) {
    this.#followsEnd = follows;
  }

  /** Whether the last row is the newest message. */
  set isLatest(isLatest: boolean) {
    this.#isLatest = isLatest;
  }

  /** Reads where the person scrolled. A picture that is still loading moves the end away: only scrolling up leaves it. */
  update(): void {
    const top = this.#area.scrollTop;
    if (this.isAtEnd) this.#followsEnd = true;
    else if (top < this.#top) this.#followsEnd = false;
    this.#top = top;
    this.#anchors = this.#followsEnd ? [] : this.#anchorsNow();
  }

  /** Changes the rows of the area, and keeps those in sight where they are. */
  keep(change: () => void): void {
    if (!this.#followsEnd) this.#anchors = this.#anchorsNow();
    change();
    this.#restore();
  }

  /** Watches the height of a row: a picture that loads, or a text that is unfolded, makes it taller. */
  watch(row: Element): void {
    this.#observer.observe(row);
  }

  unwatch(row: Element): void {
    this.#observer.unobserve(row);
  }

  /** The rows in sight, without those that are in sight in part. */
  rowsInSight(): { readonly first: Element; readonly last: Element } | undefined {
    const rows = this.#area.children;
    const { top, bottom } = this.#area.getBoundingClientRect();
    const first = rows[this.#firstBelow(top)];
    const last = rows[Math.min(rows.length, this.#firstBelow(bottom)) - 1];
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  #restore(): void {
    if (this.#followsEnd) return this.#scrollTo(this.#area.scrollHeight);
    const anchor = this.#anchors.find(({ row }) => row.parentElement === this.#area);
    if (anchor === undefined) return;
    const moved = this.#topOf(anchor.row) - anchor.top;
    if (Math.abs(moved) >= 1) this.#scrollTo(this.#area.scrollTop + moved);
  }

  /** The rows in sight. The one with the focus comes first: the person looks at it, for example to unfold it. */
  #anchorsNow(): Anchor[] {
    const { top, bottom } = this.#area.getBoundingClientRect();
    const rows = this.#area.children;
    const anchors: Anchor[] = [];
    for (let at = this.#firstBelow(top); at < rows.length; at++) {
      const row = rows[at];
      const rowTop = row?.getBoundingClientRect().top ?? Infinity;
      if (row === undefined || rowTop > bottom) break;
      // A separator moves when rows are added before it.
      if (!row.classList.contains("entry")) continue;
      const anchor = { row, top: rowTop - top };
      if (row.contains(document.activeElement)) anchors.unshift(anchor);
      else anchors.push(anchor);
    }
    const partly = anchors.findIndex((anchor) =>
      anchor.top < 0 && !anchor.row.contains(document.activeElement)
    );
    return partly < 0 ? anchors : [...anchors.toSpliced(partly, 1), ...anchors.slice(partly, partly + 1)];
  }

  /** The index of the first row that ends below a height of the window. */
  #firstBelow(px: number): number {
    const rows = this.#area.children;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) <= px) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #topOf(row: Element): number {
    return row.getBoundingClientRect().top - this.#area.getBoundingClientRect().top;
  }

  #scrollTo(top: number): void {
    this.#area.scrollTop = top;
    this.#top = this.#area.scrollTop;
  }
}
