/** Drafts: text that the person wrote in a channel or conversation and has not sent. Pure. */
import { fold, type Folded } from "../../irc/names.ts";

/** One draft for each buffer. */
export class Drafts {
  readonly #texts = new Map<Folded, string>();

  of(buffer: string): string {
    return this.#texts.get(fold(buffer)) ?? "";
  }

  save(buffer: string, text: string): void {
    if (text === "") this.#texts.delete(fold(buffer));
    else this.#texts.set(fold(buffer), text);
  }

  /** All drafts as one text, for read(); "" for none. A command can contain a password, so it is left out. */
  write(): string {
    const kept = [...this.#texts].filter(([, text]) => !/^\s*\/(?!\/)/.test(text));
    return kept.length === 0 ? "" : JSON.stringify(kept);
  }

  /** Adds the drafts that write() made; other text adds none. */
  read(written: string): void {
    for (const [buffer, text] of pairsIn(written)) {
      if (typeof buffer === "string" && typeof text === "string") this.save(buffer, text);
    }
  }
}

function pairsIn(written: string): readonly (readonly unknown[])[] {
  try {
    const found: unknown = JSON.parse(written);
    return Array.isArray(found) ? found.filter(Array.isArray) : [];
  } catch {
    return [];
  }
}
