/** A terminal in memory, for tests of what is drawn. */

import xterm from "@xterm/headless";

/** A terminal of a fixed size. */
export class ScreenEmulator {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** All rows with text, and the scrollback. "|" marks the cursor. */
  async rows(): Promise<string[]> {
    await this.write("");
    const { active } = this.#terminal.buffer;
    const rows: string[] = [];
    for (let at = 0; at < active.length; at++) {
      const row = active.getLine(at)?.translateToString(true) ?? "";
      rows.push(at === active.baseY + active.cursorY ? withCursor(row, this.#column()) : row);
    }
    while (rows.at(-1) === "") rows.pop();
    return rows;
  }

  /** The cursor's position in the text of its row: a wide character is one letter of two cells. */
  #column(): number {
    const { active } = this.#terminal.buffer;
    const line = active.getLine(active.baseY + active.cursorY);
    return line?.translateToString(false, 0, active.cursorX).length ?? 0;
  }
}

function withCursor(row: string, column: number): string {
  return `${row.slice(0, column).padEnd(column)}|${row.slice(column)}`;
}
