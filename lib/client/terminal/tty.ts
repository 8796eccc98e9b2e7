/**
 * The tty: raw mode, bracketed paste, reading keys, writing, size, suspending. The only file that touches it. However
 * the program ends, restore() puts the terminal back as it was.
 */

import type { Key } from "./keys.ts";
import { KeyReader } from "./keys.ts";
import type { TerminalSize } from "./screen.ts";

/** Who is told of what happens at the terminal. */
export interface TerminalListener {
  readonly key: (key: Key) => void;
  /** It has told its background. */
  readonly background: (theme: "dark" | "light") => void;
  readonly resized: () => void;
  readonly resumed: () => void;
  /** It is closed: closed, or nobody reads what we write. */
  readonly closed: () => void;
}

const pasteOn = "\x1b[?2004h";
const pasteOff = "\x1b[?2004l";
/** The terminal tells when it gets and loses the focus. */
const focusOn = "\x1b[?1004h";
const focusOff = "\x1b[?1004l";
const askBackground = "\x1b]11;?\x07";
/** Who leaves before, because there is no server, leaves no answer for the shell to read. */
const askAfterMs = 300;
/** How long an ESC may stand alone before it is the key. */
const escapeMs = 40;

const encoder = new TextEncoder();

/** Standard input and output are a terminal that somebody sits at. */
export function isInteractive(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** The terminal of this process. */
export class Terminal {
  readonly #asks: { readonly focus: boolean; readonly background: boolean };
  #asking: ReturnType<typeof setTimeout> | undefined;
  #listener: TerminalListener | undefined;
  #raw = false;
  #gone = false;

  /** What the terminal is asked: to tell when its focus changes, as keys, and once what its background is. */
  constructor(asks: { readonly focus: boolean; readonly background: boolean }) {
    this.#asks = asks;
  }

  /** Takes the terminal, and reads keys until the program ends. */
  open(listener: TerminalListener): void {
    this.#listener = listener;
    this.#take();
    if (this.#asks.background) this.#asking = setTimeout(() => this.write(askBackground), askAfterMs);
    // Windows has neither; the size is then asked for at each drawing only.
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGWINCH", () => listener.resized());
      Deno.addSignalListener("SIGCONT", () => this.#resume());
    }
    // However the program ends, even by an error nobody caught.
    addEventListener("unload", () => this.restore());
    addEventListener("error", () => this.restore());
    addEventListener("unhandledrejection", () => this.restore());
    this.#read(listener);
  }

  /** Never throws; when nobody reads any more, the listener is told. */
  write(text: string): void {
    if (this.#gone) return;
    const bytes = encoder.encode(text);
    try {
      for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#lose();
    }
  }

  size(): TerminalSize {
    try {
      const { columns, rows } = Deno.consoleSize();
      return { columns: columns || 80, rows: rows || 24 };
    } catch {
      // A terminal that does not know its size, or is gone.
      return { columns: 80, rows: 24 };
    }
  }

  /** Stops the process, as C-z does elsewhere; on return the listener is told. */
  suspend(): void {
    if (Deno.build.os === "windows") return;
    this.restore();
    Deno.kill(Deno.pid, "SIGTSTP");
  }

  /** Puts the terminal back as it was. May be called at any time, and twice. */
  restore(): void {
    if (!this.#raw) return;
    this.#raw = false;
    clearTimeout(this.#asking);
    this.write(this.#asks.focus ? pasteOff + focusOff : pasteOff);
    try {
      Deno.stdin.setRaw(false);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  #take(): void {
    if (this.#raw || this.#gone) return;
    Deno.stdin.setRaw(true);
    this.#raw = true;
    this.write(this.#asks.focus ? pasteOn + focusOn : pasteOn);
  }

  #resume(): void {
    this.#raw = false;
    this.#take();
    this.#listener?.resumed();
  }

  async #read(listener: TerminalListener): Promise<void> {
    const reader = new KeyReader();
    const buffer = new Uint8Array(16_384);
    let timer: ReturnType<typeof setTimeout> | undefined;
    for (;;) {
      const count = await Deno.stdin.read(buffer).catch(() => null);
      clearTimeout(timer);
      if (count === null) return this.#lose();
      for (const key of reader.read(buffer.subarray(0, count))) {
        const name = key.kind === "key" ? key.name : "";
        if (name === "background-dark" || name === "background-light") {
          listener.background(name === "background-dark" ? "dark" : "light");
        } else listener.key(key);
      }
      if (reader.waiting) timer = setTimeout(() => reader.flush().forEach(listener.key), escapeMs);
    }
  }

  #lose(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener?.closed();
  }
}

/** The other end hung up. */
function isGone(error: unknown): boolean {
  if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.BadResource) return true;
  return error instanceof Error && /EIO|ENOTTY|Input\/output error|os error 5\b/.test(error.message);
}
