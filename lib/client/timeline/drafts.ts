/** Drafts: text that the person wrote in a channel or conversation and has not sent. Pure. */
import { fold, type Folded } from "../../irc/names.ts";

/** One draft for each buffer. */
export class Drafts {
  readonly #texts = new Map<Folded, string>();

  of(buffer: string): string {
    return this.#texts.get(fold(buffer)) ?? "";
  }

  save(buffer: string, text: string): void {
    this.#texts.set(fold(buffer), text);
  }
}
