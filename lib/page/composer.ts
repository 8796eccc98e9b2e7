/** The message box: Enter sends, Shift-Enter begins a new line, Tab completes names, ↑ brings the last message back. */
/// <reference lib="dom" />
import { byId } from "./element.ts";
import { pickEmoji } from "./emoji_picker.ts";
import type { SaidEntry } from "./message_tools.ts";
import { quoteWords } from "./row.ts";

/** What the box asks of the page. */
export interface ComposerParts {
  /** Takes what was written, and the message it answers; false keeps it in the box. */
  readonly send: (text: string, answering: SaidEntry | undefined) => boolean;
  /** The person types, or has emptied the box. */
  readonly typing: (isTyping: boolean) => void;
  /** Names that begin so, best first. */
  readonly complete: (beginning: string) => readonly string[];
  /** Files chosen, dropped or pasted. */
  readonly share: (files: readonly File[]) => void;
}

const mostHistory = 100;

/** The box and what belongs to it. */
export class Composer {
  readonly #box = byId<HTMLTextAreaElement>("box");
  readonly #parts: ComposerParts;
  readonly #history: string[] = [];
  #at = 0;
  #answering: SaidEntry | undefined;
  /** The names Tab goes through, and which one stands there. */
  #completion: { names: readonly string[]; at: number; start: number } | undefined;

  constructor(parts: ComposerParts) {
    this.#parts = parts;
    const form = byId<HTMLFormElement>("send");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => {
      this.#completion = undefined;
      this.#grow();
      parts.typing(this.#box.value !== "" && !this.#box.value.startsWith("/"));
    });
    byId("emoji").addEventListener("click", (event) => {
      pickEmoji(event.currentTarget as HTMLElement, (emoji) => this.insert(emoji));
    });
    byId("no-reply").addEventListener("click", () => this.answer(undefined));
    this.#takeFiles();
  }

  /** Locks or opens everything that sends. */
  set enabled(enabled: boolean) {
    for (const id of ["box", "send-button", "emoji", "attach"]) {
      byId<HTMLButtonElement>(id).disabled = !enabled;
    }
  }

  set placeholder(text: string) {
    this.#box.placeholder = text;
  }

  focus(): void {
    this.#box.focus();
  }

  /** What is written next answers this message; it is quoted above the box. Undefined for none. */
  answer(entry: SaidEntry | undefined): void {
    this.#answering = entry;
    byId("replying").hidden = entry === undefined;
    byId("replying-to").textContent = entry === undefined ? "" : quoteWords(entry);
    this.focus();
  }

  /** Puts text where the cursor is. */
  insert(text: string): void {
    const { selectionStart, selectionEnd } = this.#box;
    this.#box.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#grow();
    this.focus();
  }

  #submit(): void {
    const text = this.#box.value;
    if (!this.#parts.send(text, this.#answering)) return;
    if (this.#answering !== undefined) this.answer(undefined);
    if (this.#history.push(text) > mostHistory) this.#history.shift();
    this.#at = this.#history.length;
    this.#put("");
    this.#parts.typing(false);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      return this.#submit();
    }
    if (event.key === "Escape" && this.#answering !== undefined) return this.answer(undefined);
    if (event.key === "Tab" && !event.shiftKey && this.#box.value !== "") {
      if (this.#complete()) event.preventDefault();
      return;
    }
    const isOneLine = !this.#box.value.includes("\n");
    if (event.key === "ArrowUp" && isOneLine) return this.#recall(event, -1);
    if (event.key === "ArrowDown" && isOneLine) return this.#recall(event, 1);
  }

  #recall(event: KeyboardEvent, step: number): void {
    const next = this.#at + step;
    if (next < 0 || next > this.#history.length) return;
    event.preventDefault();
    this.#at = next;
    this.#put(this.#history[next] ?? "");
  }

  #complete(): boolean {
    const { value, selectionStart } = this.#box;
    const start = this.#completion?.start ?? value.slice(0, selectionStart).search(/\S*$/);
    const names = this.#completion?.names ?? this.#parts.complete(value.slice(start, selectionStart));
    if (names.length === 0) return false;
    const at = this.#completion ? (this.#completion.at + 1) % names.length : 0;
    const name = names[at] ?? "";
    this.#box.setRangeText(
      name + (start === 0 && !/^[#/:]/.test(name) ? ": " : " "),
      start,
      selectionStart,
      "end",
    );
    this.#completion = { names, at, start };
    return true;
  }

  #put(text: string): void {
    this.#completion = undefined;
    this.#box.value = text;
    this.#grow();
  }

  #grow(): void {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
  }

  #takeFiles(): void {
    const { share } = this.#parts;
    const input = byId<HTMLInputElement>("file");
    byId("attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      share([...input.files ?? []]);
      input.value = "";
    });
    this.#box.addEventListener("paste", (event) => {
      const files = [...event.clipboardData?.files ?? []];
      if (files.length === 0) return;
      event.preventDefault();
      share(files);
    });
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"]) {
      document.addEventListener(name, () => document.body.classList.remove("dropping"));
    }
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      share([...event.dataTransfer?.files ?? []]);
    });
  }
}
