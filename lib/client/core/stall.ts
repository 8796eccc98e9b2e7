/** Ends a transfer that makes no progress: its signal aborts when nothing has happened for a time. */

/** The watch over one transfer. */
export class Stall {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  /** The first progress must come in this time. */
  constructor(ms: number) {
    this.#timer = this.#start(ms);
  }

  /** Aborted when the transfer stalls. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something has happened; the next progress must come in this time. */
  extend(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start(ms);
  }

  /** The transfer has ended. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #start(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), ms);
  }
}
