/** Suggestions for the word before the cursor: shown while the person types, and put in by Tab, Enter or a click. */
/// <reference lib="dom" />
import type { Candidate, Candidates } from "../slash/completion.ts";
import { drawSuggestions } from "../elements/suggestion_list.ts";

/** The suggestions for one word. */
interface Offer extends Candidates {
  /** Which is selected; -1 for none. */
  readonly selected: number;
  /** Whether the selected one is in the box already. */
  readonly isInserted: boolean;
}

/** The suggestions of one text box. */
export class Suggestions {
  readonly #box: HTMLTextAreaElement;
  readonly #complete: (before: string, word: string) => Candidates;
  #offer: Offer | undefined;

  /** `complete` returns what can replace a word after a text. */
  constructor(box: HTMLTextAreaElement, complete: (before: string, word: string) => Candidates) {
    this.#box = box;
    this.#complete = complete;
  }

  get isOpen(): boolean {
    return this.#offer !== undefined;
  }

  /** Offers suggestions after an input, when the word starts with a sign: "/", "@", "#" or ":". */
  update(): void {
    const { before, word } = this.#word();
    const hasSign = before === "" ? /^[/@#:]/ : /^[@#:]/;
    if (!hasSign.test(word)) return this.close();
    const candidates = this.#complete(before, word);
    const { found } = candidates;
    if (found.length === 0 || found.some(({ text }) => text === word)) return this.close();
    this.#show({ ...candidates, selected: -1, isInserted: false });
  }

  /** Puts in the first suggestion, and the next one each time after that; false when there is none. */
  insertNext(): boolean {
    const { before, word } = this.#word();
    const offer = this.#offer ?? { ...this.#complete(before, word), selected: -1 };
    const { found } = offer;
    if (found.length === 0) return false;
    const selected = (offer.selected + 1) % found.length;
    this.#insert(offer.before, found[selected]);
    this.#show(found.length > 1 ? { ...offer, selected, isInserted: true } : undefined);
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
    if (this.#offer !== undefined) this.#insert(this.#offer.before, this.#offer.found[at]);
    this.close();
  }

  /** The word before the cursor, and the text before the word. */
  #word(): { readonly before: string; readonly word: string } {
    const { value, selectionStart } = this.#box;
    const start = value.slice(0, selectionStart).search(/\S*$/);
    return { before: value.slice(0, start), word: value.slice(start, selectionStart) };
  }

  #insert(before: string, candidate: Candidate | undefined): void {
    const { text, suffix } = candidate ?? { text: "", suffix: "" };
    this.#box.setRangeText(before + text + suffix, 0, this.#box.selectionStart, "end");
  }

  #show(offer: Offer | undefined): void {
    this.#offer = offer;
    drawSuggestions(offer?.found ?? [], offer?.selected ?? -1, (at) => this.#take(at));
  }
}
