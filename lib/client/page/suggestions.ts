/** Suggestions for the word before the cursor: shown while the person types, and put in by Tab, Enter or a click. */
/// <reference lib="dom" />
import type { Completion } from "./completion.ts";
import { drawSuggestions } from "./suggestion_list.ts";

/** The suggestions for the word that starts at `start`. */
interface Offer {
  readonly found: readonly Completion[];
  readonly start: number;
  /** Which is selected; -1 for none. */
  readonly selected: number;
  /** Whether the selected one is in the box already. */
  readonly isInserted: boolean;
}

/** The suggestions of one text box. */
export class Suggestions {
  readonly #box: HTMLTextAreaElement;
  readonly #complete: (word: string) => readonly Completion[];
  #offer: Offer | undefined;

  /** `complete` returns what can replace a word, best first. */
  constructor(box: HTMLTextAreaElement, complete: (word: string) => readonly Completion[]) {
    this.#box = box;
    this.#complete = complete;
  }

  get isOpen(): boolean {
    return this.#offer !== undefined;
  }

  /** Offers suggestions after an input, when the word starts with a sign: "/", "@", "#" or ":". */
  update(): void {
    const { start, word } = this.#word();
    const hasSign = start === 0 ? /^(?:\/|[@#]|:\w)/ : /^(?:[@#]|:\w)/;
    const found = hasSign.test(word) ? this.#complete(word) : [];
    if (found.length === 0 || found.some(({ text }) => text === word)) return this.close();
    this.#show({ found, start, selected: -1, isInserted: false });
  }

  /** Puts in the first suggestion, and the next one each time after that; false when there is none. */
  insertNext(): boolean {
    const { start, word } = this.#word();
    const offer = this.#offer ?? { found: this.#complete(word), start, selected: -1 };
    const { found } = offer;
    if (found.length === 0) return false;
    const selected = (offer.selected + 1) % found.length;
    this.#insert(offer.start, found[selected]?.text ?? "");
    this.#show(found.length > 1 ? { found, start: offer.start, selected, isInserted: true } : undefined);
    return true;
  }

  /** Selects the next suggestion (1) or the one before (-1). */
  select(step: number): void {
    if (this.#offer === undefined) return;
    const { found, selected } = this.#offer;
    const next = selected < 0 && step < 0
      ? found.length - 1
      : (selected + step + found.length) % found.length;
    this.#show({ ...this.#offer, selected: next, isInserted: false });
  }

  /** Puts in the selected suggestion; false when none is selected. */
  accept(): boolean {
    const { selected, isInserted } = this.#offer ?? { selected: -1, isInserted: false };
    if (selected < 0 || isInserted) return false;
    this.#take(selected);
    return true;
  }

  close(): void {
    this.#show(undefined);
  }

  #take(at: number): void {
    if (this.#offer !== undefined) this.#insert(this.#offer.start, this.#offer.found[at]?.text ?? "");
    this.close();
  }

  #word(): { readonly start: number; readonly word: string } {
    const { value, selectionStart } = this.#box;
    const start = value.slice(0, selectionStart).search(/\S*$/);
    return { start, word: value.slice(start, selectionStart) };
  }

  #insert(start: number, text: string): void {
    const isNick = /^[\p{L}\p{N}_\\[\]{}^`|-]/u.test(text);
    const suffix = start === 0 && isNick ? ": " : " ";
    this.#box.setRangeText(text + suffix, start, this.#box.selectionStart, "end");
  }

  #show(offer: Offer | undefined): void {
    this.#offer = offer;
    drawSuggestions(offer?.found ?? [], offer?.selected ?? -1, (at) => this.#take(at));
  }
}
