/**
 * Prints lines above a prompt that stays at the bottom. It remembers what is drawn, and makes one write of all changes.
 * In a busy channel lines wait for the next frame, so that the terminal has time for keys, which are drawn at once.
 * It writes through a function and does not use the tty.
 */

import type { Appearance } from "./appearance.ts";
import type { DrawnPrompt, Prompt, TerminalSize } from "./draw_prompt.ts";
import { draw, erase, nothingDrawn, paintRows } from "./draw_prompt.ts";
import { RowQueue } from "./row_queue.ts";
import type { Row } from "./wrap_spans.ts";

/** The terminal that a display writes to. */
export interface TerminalOutput {
  readonly write: (text: string) => void;
  readonly size: () => TerminalSize;
  readonly appearance: Appearance;
  /** The shortest time between two frames, in milliseconds. @default {0} */
  readonly frameMs?: number;
  /** How long lines must arrive too fast before some are left out, in milliseconds. @default {1_000} */
  readonly floodMs?: number;
}

/** Up to this many waiting rows are drawn together with a key, because that is fast enough. */
const fewRows = 40;

/** Lines above, a prompt below. */
export class Display {
  readonly #output: TerminalOutput;
  readonly #prompt: () => Prompt;
  readonly #queue: RowQueue;
  #columns: number | undefined;
  #drawn: DrawnPrompt = nothingDrawn;
  #scheduled = false;
  /** When the last frame was drawn, by performance.now(). */
  #frameAt = -Infinity;
  #frame: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** `prompt` is called each time the prompt is drawn. */
  constructor(output: TerminalOutput, prompt: () => Prompt) {
    this.#output = output;
    this.#prompt = prompt;
    this.#queue = new RowQueue(output.floodMs ?? 1_000);
  }

  /** The width for lines: one cell at the edge stays free. The terminal is asked once for each frame. */
  get columns(): number {
    return this.#columns ??= Math.max(10, this.#output.size().columns - 1);
  }

  /** Adds the rows of a line above the prompt. A skippable line can be left out in a flood. */
  print(rows: readonly Row[], skippable = false): void {
    this.#queue.add(rows, skippable);
    this.scheduleFrame();
  }

  /** Draws a change at the next frame, or now when the last frame was long ago. */
  scheduleFrame(): void {
    if (this.#frame !== undefined || this.#closed) return;
    const waitMs = this.#frameAt + (this.#output.frameMs ?? 0) - performance.now();
    if (waitMs > 0) this.#frame = setTimeout(() => this.flush(), waitMs);
    else this.refresh();
  }

  /** Draws the prompt now, after a key. Many waiting lines still wait for their frame. */
  refresh(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      if (this.#frame === undefined || this.#queue.rows <= fewRows) this.flush();
      else this.#draw([]);
    });
  }

  /** Draws everything. */
  flush(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    this.#frameAt = performance.now();
    this.#draw(this.#queue.take(this.#output.size().rows, this.#frameAt));
  }

  #draw(rows: readonly Row[]): void {
    this.#scheduled = false;
    this.#columns = undefined;
    if (this.#closed) return;
    const { write, appearance } = this.#output;
    const size = this.#output.size();
    const above = erase(this.#drawn, size) + paintRows(rows, appearance);
    const { text, drawn } = draw(this.#prompt(), size, appearance);
    this.#drawn = drawn;
    write(above + text);
  }

  /** Empties the visible part of the terminal. */
  clear(): void {
    this.#drawn = nothingDrawn;
    this.#output.write("\x1b[H\x1b[2J");
    this.refresh();
  }

  /** Removes the prompt while another program writes to the terminal. refresh() draws it again. */
  hide(): void {
    this.flush();
    this.#output.write(erase(this.#drawn, this.#output.size()));
    this.#drawn = nothingDrawn;
  }

  /** Prints the waiting lines and removes the prompt. The cursor is then where a shell's prompt can begin. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#frame);
    const { write, size, appearance } = this.#output;
    const rows = this.#queue.take(size().rows, performance.now());
    write(erase(this.#drawn, size()) + paintRows(rows, appearance));
  }
}
