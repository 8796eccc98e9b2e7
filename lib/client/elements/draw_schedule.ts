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

/** `soon` calls `draw` in the next frame; asking again before that changes nothing. */
export class DrawSchedule {
  readonly #draw: () => void;
  #isScheduled = false;
  /** Nothing is drawn before this time, by performance.now(). */
  #restsUntil = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  soon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const restMs = this.#restsUntil - performance.now();
    if (document.visibilityState !== "visible") setTimeout(() => this.now(), hiddenPageMs);
    else if (restMs > frameMs) setTimeout(() => requestAnimationFrame(() => this.now()), restMs);
    else requestAnimationFrame(() => this.now());
  }

  now(): void {
    this.#isScheduled = false;
    const begun = performance.now();
    this.#draw();
    const ended = performance.now();
    this.#restsUntil = ended + Math.min(maxRestMs, restFactor * (ended - begun));
  }
}
