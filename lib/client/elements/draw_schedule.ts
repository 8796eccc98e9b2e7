/** Draws once per frame, however much has changed. */
/// <reference lib="dom" />

/** A hidden page has no frames, but its title still shows the number of unread messages. */
const hiddenPageMs = 200;

/** `soon` calls `draw` in the next frame; asking again before that changes nothing. */
export class DrawSchedule {
  readonly #draw: () => void;
  #isScheduled = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  soon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (document.visibilityState === "visible") requestAnimationFrame(() => this.now());
    else setTimeout(() => this.now(), hiddenPageMs);
  }

  now(): void {
    this.#isScheduled = false;
    this.#draw();
  }
}
