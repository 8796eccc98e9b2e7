/** Drawing once per frame, however much changed. */
/// <reference lib="dom" />

/** A page that is not seen has no frames, but a title that tells what waits. */
const unseenMs = 200;

/** `soon` asks for `draw` in the next frame; asking again before changes nothing. */
export class DrawSchedule {
  readonly #draw: () => void;
  #isAsked = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  soon(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    if (document.visibilityState === "visible") requestAnimationFrame(() => this.now());
    else setTimeout(() => this.now(), unseenMs);
  }

  now(): void {
    this.#isAsked = false;
    this.#draw();
  }
}
