/**
 * The terminal as a place where lines appear above a prompt that stays: keeps what is drawn, and turns everything
 * that changed since the last time into one write. Writes through a function; touches no tty itself.
 */

import type { Look } from "./paint.ts";
import type { Drawn, Prompt, Size } from "./screen.ts";
import { draw, erase, nothingDrawn, printed } from "./screen.ts";
import type { Row } from "./wrap.ts";

/** What a display writes to. */
export interface Outlet {
  readonly write: (text: string) => void;
  readonly size: () => Size;
  readonly look: Look;
}

/** Lines above, a prompt below. */
export class Display {
  readonly #outlet: Outlet;
  readonly #prompt: () => Prompt;
  #waiting: Row[] = [];
  #drawn: Drawn = nothingDrawn;
  #scheduled = false;
  #closed = false;

  /** `prompt` is asked for the prompt whenever it is drawn. */
  constructor(outlet: Outlet, prompt: () => Prompt) {
    this.#outlet = outlet;
    this.#prompt = prompt;
  }

  /** Cells to fit lines to: one is left free at the edge. */
  get columns(): number {
    return Math.max(10, this.#outlet.size().columns - 1);
  }

  /** Adds rows above the prompt. */
  print(rows: readonly Row[]): void {
    this.#waiting.push(...rows);
    this.refresh();
  }

  /** The prompt is not what it was. All changes of one turn are drawn together. */
  refresh(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  /** Draws now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    const { write, look } = this.#outlet;
    const size = this.#outlet.size();
    const above = erase(this.#drawn, size) + printed(this.#waiting.splice(0), look);
    const { text, drawn } = draw(this.#prompt(), size, look);
    this.#drawn = drawn;
    write(above + text);
  }

  /** Empties the visible part of the terminal. */
  clear(): void {
    this.#drawn = nothingDrawn;
    this.#outlet.write("\x1b[H\x1b[2J");
    this.refresh();
  }

  /** Takes the prompt away for now: others will write to the terminal. refresh() draws it again. */
  hide(): void {
    this.flush();
    this.#outlet.write(erase(this.#drawn, this.#outlet.size()));
    this.#drawn = nothingDrawn;
  }

  /** Takes the prompt away; what waits is still printed. The cursor then stands where a shell's prompt may begin. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { write, size, look } = this.#outlet;
    write(erase(this.#drawn, size()) + printed(this.#waiting.splice(0), look));
  }
}
