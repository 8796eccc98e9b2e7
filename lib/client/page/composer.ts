/** The message box: Enter sends, Shift-Enter begins a new line, Tab completes, ↑ brings the last message back. Each room has its own draft. */
/// <reference lib="dom" />
import { fold } from "../../irc/names.ts";
import type { Completion } from "./completion.ts";
import { byId } from "./element.ts";
import { pickEmoji } from "./emoji_picker.ts";
import type { SaidEntry } from "./message_tools.ts";
import { quoteWords } from "./timeline_row.ts";
import { drawSuggestions } from "./suggestions.ts";

/** What the box asks of the page. */
export interface ComposerParts {
  /** Takes what was written, and the message it answers; false keeps it in the box. */
  readonly send: (text: string, answering: SaidEntry | undefined) => boolean;
  /** The box now holds this text. */
  readonly typing: (text: string) => void;
  /** What begins so, best first. */
  readonly complete: (beginning: string) => readonly Completion[];
  /** Files chosen, dropped or pasted. */
  readonly share: (files: readonly File[]) => void;
}

/** What could be meant by the word that starts at `start`. */
interface Offer {
  readonly found: readonly Completion[];
  readonly start: number;
  /** Which is chosen; -1 for none yet. */
  readonly at: number;
  /** Whether it stands in the box already. */
  readonly stands: boolean;
}

const mostHistory = 100;

/** The box and what belongs to it. */
export class Composer {
  readonly #box = byId<HTMLTextAreaElement>("box");
  readonly #parts: ComposerParts;
  readonly #history: string[] = [];
  #at = 0;
  #answering: SaidEntry | undefined;
  #offer: Offer | undefined;
  /** What was written and not sent, by room. */
  readonly #drafts = new Map<string, string>();
  #room = "";

  constructor(parts: ComposerParts) {
    this.#parts = parts;
    const form = byId<HTMLFormElement>("send");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => {
      this.#grow();
      this.#suggest();
      parts.typing(this.#box.value);
    });
    byId("emoji").addEventListener("click", (event) => {
      pickEmoji(event.currentTarget as HTMLElement, (emoji) => this.insert(emoji));
    });
    this.#box.addEventListener("blur", () => this.#dismiss());
    byId("no-reply").addEventListener("click", () => this.answer(undefined));
    this.#takeFiles();
  }

  /** Locks or opens everything that sends. */
  set enabled(enabled: boolean) {
    for (const id of ["box", "send-button", "emoji", "attach"]) {
      byId<HTMLButtonElement>(id).disabled = !enabled;
    }
  }

  /** What is written goes to this room, "" for none; what was begun for another waits there. */
  set room(name: string) {
    if (name === this.#room) return;
    if (this.#room !== "") {
      this.#drafts.set(this.#room, this.#box.value);
      this.#put(this.#drafts.get(name) ?? "");
    }
    this.#room = name;
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

  /** Text that was refused is there again where nothing else was begun meanwhile. */
  giveBack(room: string, text: string): void {
    if (fold(room) !== fold(this.#room)) {
      if (!this.#drafts.get(room)) this.#drafts.set(room, text);
    } else if (this.#box.value === "") this.#put(text);
  }

  #submit(): void {
    const text = this.#box.value;
    if (!this.#parts.send(text, this.#answering)) return;
    if (this.#answering !== undefined) this.answer(undefined);
    if (this.#history.push(text) > mostHistory) this.#history.shift();
    this.#at = this.#history.length;
    this.#put("");
    this.#parts.typing("");
  }

  #key(event: KeyboardEvent): void {
    // With Alt it is for the whole page (shortcuts.ts).
    if (event.isComposing || event.altKey) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const { at, stands } = this.#offer ?? { at: -1, stands: false };
      return at >= 0 && !stands ? this.#take(at) : this.#submit();
    }
    if (event.key === "Escape" && this.#offer !== undefined) return this.#dismiss();
    if (event.key === "Escape" && this.#answering !== undefined) return this.answer(undefined);
    if (event.key === "Tab" && !event.shiftKey && this.#box.value !== "") {
      if (this.#complete()) event.preventDefault();
      return;
    }
    const isOneLine = !this.#box.value.includes("\n");
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step !== 0 && this.#offer !== undefined) return this.#choose(event, step);
    if (step !== 0 && isOneLine) return this.#recall(event, step);
  }

  #recall(event: KeyboardEvent, step: number): void {
    const next = this.#at + step;
    if (next < 0 || next > this.#history.length) return;
    event.preventDefault();
    this.#at = next;
    this.#put(this.#history[next] ?? "");
  }

  /** Offers what the word before the cursor could be, when it begins with a sign that means something. */
  #suggest(): void {
    const { value, selectionStart } = this.#box;
    const start = value.slice(0, selectionStart).search(/\S*$/);
    const word = value.slice(start, selectionStart);
    const isSign = start === 0 ? /^(?:\/|[@#]|:\w)/ : /^(?:[@#]|:\w)/;
    const found = isSign.test(word) ? this.#parts.complete(word) : [];
    if (found.length === 0 || found.some(({ text }) => text === word)) return this.#dismiss();
    this.#offers({ found, start, at: -1, stands: false });
  }

  /** Tab: what could be meant stands there, and with each Tab the next. */
  #complete(): boolean {
    const { value, selectionStart } = this.#box;
    const start = this.#offer?.start ?? value.slice(0, selectionStart).search(/\S*$/);
    const found = this.#offer?.found ?? this.#parts.complete(value.slice(start, selectionStart));
    if (found.length === 0) return false;
    const at = ((this.#offer?.at ?? -1) + 1) % found.length;
    this.#replace(start, found[at]?.text ?? "");
    this.#offers(found.length > 1 ? { found, start, at, stands: true } : undefined);
    return true;
  }

  #choose(event: KeyboardEvent, step: number): void {
    if (this.#offer === undefined) return;
    event.preventDefault();
    const { found, at, start } = this.#offer;
    const next = at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length;
    this.#offers({ found, start, at: next, stands: false });
  }

  #take(at: number): void {
    const { found, start } = this.#offer ?? { found: [], start: 0 };
    this.#replace(start, found[at]?.text ?? "");
    this.#dismiss();
  }

  #replace(start: number, text: string): void {
    const behind = start === 0 && /^[\p{L}\p{N}_\\[\]{}^`|-]/u.test(text) ? ": " : " ";
    this.#box.setRangeText(text + behind, start, this.#box.selectionStart, "end");
  }

  #dismiss(): void {
    this.#offers(undefined);
  }

  #offers(offer: Offer | undefined): void {
    this.#offer = offer;
    drawSuggestions(offer?.found ?? [], offer?.at ?? -1, (chosen) => this.#take(chosen));
  }

  #put(text: string): void {
    this.#dismiss();
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
