/**
 * Draws once per frame, however much has changed. While drawing takes long, as in a flood of messages, it draws less
 * often, so that most of the time is left for keys.
 */
/// <reference lib="dom" />

/** A hidden page has no frames, but its title still shows the number of unread messages. */
const hiddenPageMs = 200;
const frameMs = 16;
/** After a drawing, this many times as long nothing is drawn, up to a limit. */
const restFactor = 3;
const maxRestMs = 250;

/**
 * `soon` calls `draw` in the next frame; asking again before that changes nothing. After the page was hidden or shown, it
 * must be asked again: a hidden page has no next frame.
 */
export class DrawSchedule {
  readonly #draw: () => void;
  /** The next drawing was asked for while the page was visible, or hidden; undefined when none is planned. */
  #waitsFor: { readonly isVisible: boolean } | undefined;
  /** Nothing is drawn before this time, by performance.now(). */
  #restsUntil = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  soon(): void {
    const isVisible = document.visibilityState === "visible";
    if (this.#waitsFor?.isVisible === isVisible) return;
    const wait = this.#waitsFor = { isVisible };
    const now = () => {
      if (this.#waitsFor === wait) this.now();
    };
    const restMs = this.#restsUntil - performance.now();
    if (!isVisible) setTimeout(now, hiddenPageMs);
    else if (restMs > frameMs) setTimeout(() => requestAnimationFrame(now), restMs);
    else requestAnimationFrame(now);
  }

  now(): void {
    this.#waitsFor = undefined;
    const begun = performance.now();
    this.#draw();
    const ended = performance.now();
    this.#restsUntil = ended + Math.min(maxRestMs, restFactor * (ended - begun));
  }
}
