/**
 * The terminal as a place where lines appear above a prompt that stays: keeps what is drawn, and turns everything
 * that changed since the last time into one write. In a busy room lines wait for the next frame, so that the terminal
 * has time for keys, which are drawn at once. Writes through a function; touches no tty itself.
 */

import type { Look } from "./paint.ts";
import type { Drawn, Prompt, Size } from "./screen.ts";
import { draw, erase, nothingDrawn, printed } from "./screen.ts";
import { Waiting } from "./row_queue.ts";
import type { Row } from "./wrap_spans.ts";

/** What a display writes to. */
export interface Outlet {
  readonly write: (text: string) => void;
  readonly size: () => Size;
  readonly look: Look;
  /** Lines are drawn so far apart at least, in milliseconds. @default {0} */
  readonly frameMs?: number;
  /** Lines come faster than one can read for so long before any is left out, in milliseconds. @default {1_000} */
  readonly floodMs?: number;
}

/** What waits for a frame and is drawn with a key all the same, as that takes no time. */
const fewRows = 40;

/** Lines above, a prompt below. */
export class Display {
  readonly #outlet: Outlet;
  readonly #prompt: () => Prompt;
  readonly #waiting: Waiting;
  #columns: number | undefined;
  #drawn: Drawn = nothingDrawn;
  #scheduled = false;
  /** When the last frame was drawn, by performance.now(). */
  #frameAt = -Infinity;
  #frame: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** `prompt` is asked for the prompt whenever it is drawn. */
  constructor(outlet: Outlet, prompt: () => Prompt) {
    this.#outlet = outlet;
    this.#prompt = prompt;
    this.#waiting = new Waiting(outlet.floodMs ?? 1_000);
  }

  /** Cells to fit lines to: one is left free at the edge. Asked of the terminal once for all lines of a frame. */
  get columns(): number {
    return this.#columns ??= Math.max(10, this.#outlet.size().columns - 1);
  }

  /** Adds the rows of a line above the prompt; a fleeting one may be left out where nobody could read it. */
  print(rows: readonly Row[], fleeting = false): void {
    this.#waiting.add(rows, fleeting);
    this.change();
  }

  /** Something that may wait for the next frame is not what it was; in quiet times it is drawn in this turn. */
  change(): void {
    if (this.#frame !== undefined || this.#closed) return;
    const restMs = this.#frameAt + (this.#outlet.frameMs ?? 0) - performance.now();
    if (restMs > 0) this.#frame = setTimeout(() => this.flush(), restMs);
    else this.refresh();
  }

  /** The person did something: the prompt is drawn in this turn. Many lines that wait for a frame go on waiting. */
  refresh(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      if (this.#frame === undefined || this.#waiting.rows <= fewRows) this.flush();
      else this.#draw([]);
    });
  }

  /** Draws all there is. */
  flush(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    this.#frameAt = performance.now();
    this.#draw(this.#waiting.take(this.#outlet.size().rows, this.#frameAt));
  }

  #draw(rows: readonly Row[]): void {
    this.#scheduled = false;
    this.#columns = undefined;
    if (this.#closed) return;
    const { write, look } = this.#outlet;
    const size = this.#outlet.size();
    const above = erase(this.#drawn, size) + printed(rows, look);
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
    clearTimeout(this.#frame);
    const { write, size, look } = this.#outlet;
    const rows = this.#waiting.take(size().rows, performance.now());
    write(erase(this.#drawn, size()) + printed(rows, look));
  }
}
