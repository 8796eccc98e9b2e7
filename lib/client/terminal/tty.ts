/**
 * The tty: raw mode, bracketed paste, reading keys, writing, size, suspending. No other file touches it. restore()
 * makes the terminal as it was before, also when the program crashes.
 */

import type { Key } from "./key_reader.ts";
import { KeyReader } from "./key_reader.ts";
import type { TerminalSize } from "./draw_prompt.ts";
import { writeAll } from "./write_all.ts";

/** Receives the events of the terminal. */
export interface TerminalListener {
  readonly onKey: (key: Key) => void;
  /** The terminal reported its background. */
  readonly onBackground: (theme: "dark" | "light") => void;
  readonly onResize: () => void;
  readonly onResume: () => void;
  /** The terminal was closed. */
  readonly onClose: () => void;
}

const pasteOn = "\x1b[?2004h";
const pasteOff = "\x1b[?2004l";
/** Asks the terminal to report its focus. */
const focusOn = "\x1b[?1004h";
const focusOff = "\x1b[?1004l";
const askBackground = "\x1b]11;?\x07";
/** When the client ends earlier, because there is no server, the shell must not receive the answer. */
const askAfterMs = 300;
/** After this time a lone ESC is a key. */
const escapeMs = 40;

const encoder = new TextEncoder();

/** Standard input and output are a terminal. */
export function isInteractive(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** The terminal of this process. */
export class Terminal {
  readonly #features: { readonly focus: boolean; readonly background: boolean };
  #askTimer: ReturnType<typeof setTimeout> | undefined;
  #listener: TerminalListener | undefined;
  #raw = false;
  #closed = false;

  /** `focus`: the terminal reports its focus, as keys. `background`: it is asked once for its background. */
  constructor(features: { readonly focus: boolean; readonly background: boolean }) {
    this.#features = features;
  }

  /** Starts raw mode, and reads keys until the program ends. */
  open(listener: TerminalListener): void {
    this.#listener = listener;
    this.#startRaw();
    if (this.#features.background) this.#askTimer = setTimeout(() => this.write(askBackground), askAfterMs);
    // Windows has neither. There the size is read at each drawing.
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGWINCH", () => listener.onResize());
      Deno.addSignalListener("SIGCONT", () => this.#resume());
    }
    addEventListener("unload", () => this.restore());
    this.#read(listener);
  }

  /** Throws no error when the terminal is closed; then the listener is called. */
  write(text: string): void {
    if (this.#closed) return;
    const bytes = encoder.encode(text);
    try {
      writeAll(Deno.stdout, bytes);
    } catch (error) {
      if (!isClosedError(error)) throw error;
      this.#close();
    }
  }

  size(): TerminalSize {
    try {
      const { columns, rows } = Deno.consoleSize();
      return { columns: columns || 80, rows: rows || 24 };
    } catch {
      // The terminal does not know its size, or is closed.
      return { columns: 80, rows: 24 };
    }
  }

  /** Stops the process, as C-z does in other programs. When it continues, the listener is called. */
  suspend(): void {
    if (Deno.build.os === "windows") return;
    this.restore();
    Deno.kill(Deno.pid, "SIGTSTP");
  }

  /** Makes the terminal as it was before. Can be called at any time, and twice. */
  restore(): void {
    if (!this.#raw) return;
    this.#raw = false;
    clearTimeout(this.#askTimer);
    this.write(this.#features.focus ? pasteOff + focusOff : pasteOff);
    try {
      Deno.stdin.setRaw(false);
    } catch (error) {
      if (!isClosedError(error)) throw error;
    }
  }

  #startRaw(): void {
    if (this.#raw || this.#closed) return;
    Deno.stdin.setRaw(true);
    this.#raw = true;
    this.write(this.#features.focus ? pasteOn + focusOn : pasteOn);
  }

  #resume(): void {
    this.#raw = false;
    this.#startRaw();
    this.#listener?.onResume();
  }

  async #read(listener: TerminalListener): Promise<void> {
    const reader = new KeyReader();
    const buffer = new Uint8Array(16_384);
    let timer: ReturnType<typeof setTimeout> | undefined;
    for (;;) {
      const count = await Deno.stdin.read(buffer).catch(() => null);
      clearTimeout(timer);
      if (count === null) return this.#close();
      for (const key of reader.read(buffer.subarray(0, count))) {
        const name = key.kind === "key" ? key.name : "";
        if (name === "background-dark" || name === "background-light") {
          listener.onBackground(name === "background-dark" ? "dark" : "light");
        } else listener.onKey(key);
      }
      if (reader.hasOpenSequence) timer = setTimeout(() => reader.flush().forEach(listener.onKey), escapeMs);
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener?.onClose();
  }
}

/** The error says that the terminal was closed. */
function isClosedError(error: unknown): boolean {
  if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.BadResource) return true;
  return error instanceof Error && /EIO|ENOTTY|Input\/output error|os error 5\b/.test(error.message);
}
