/** The messages sent before, which ↑ and ↓ bring back into the message box. Pure. */

const maxTexts = 100;

/** Texts from the oldest to the newest, and a position among them. */
export class InputHistory {
  readonly #texts: string[] = [];
  #at = 0;

  add(text: string): void {
    if (this.#texts.push(text) > maxTexts) this.#texts.shift();
    this.#at = this.#texts.length;
  }

  /** The text one step earlier (-1) or later (1), "" after the newest; undefined when there is none. */
  recall(step: number): string | undefined {
    const next = this.#at + step;
    if (next < 0 || next > this.#texts.length) return undefined;
    this.#at = next;
    return this.#texts[next] ?? "";
  }
}
