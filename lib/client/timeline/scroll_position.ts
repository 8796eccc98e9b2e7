/**
 * The scroll position of the message area. It follows the newest message while that is in sight. When the person reads
 * older messages, it stays at the same message, whatever is added above or below.
 */
/// <reference lib="dom" />

const nearPx = 48;

/** The position of one scrolling area. */
export class ScrollPosition {
  readonly #area: HTMLElement;
  #followsEnd = true;
  /** The distance from the top, when it was last read or set. */
  #top = 0;

  /** `signal` ends the listening. */
  constructor(area: HTMLElement, signal: AbortSignal) {
    this.#area = area;
    area.addEventListener("scroll", () => this.update(), { signal });
    // A picture that loads late makes its message taller.
    area.addEventListener("load", () => this.#follow(), { signal, capture: true });
    const observer = new ResizeObserver(() => this.#follow());
    observer.observe(area);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Whether the newest message is in sight. */
  get isAtEnd(): boolean {
    return this.#area.scrollHeight - this.#area.scrollTop - this.#area.clientHeight < nearPx;
  }

  get isAtTop(): boolean {
    return this.#area.scrollTop < nearPx;
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

  /** Reads where the person scrolled. A picture that is still loading moves the end away: only scrolling up leaves it. */
  update(): void {
    const top = this.#area.scrollTop;
    if (this.isAtEnd) this.#followsEnd = true;
    else if (top < this.#top) this.#followsEnd = false;
    this.#top = top;
  }

  /** Changes the content of the area, and keeps the position. */
  keep(change: () => void): void {
    const below = this.#area.scrollHeight - this.#area.scrollTop;
    change();
    this.#scrollTo(this.#followsEnd ? this.#area.scrollHeight : this.#area.scrollHeight - below);
  }

  #follow(): void {
    this.update();
    if (this.#followsEnd) this.#scrollTo(this.#area.scrollHeight);
  }

  #scrollTo(top: number): void {
    this.#area.scrollTop = top;
    this.#top = this.#area.scrollTop;
  }
}
