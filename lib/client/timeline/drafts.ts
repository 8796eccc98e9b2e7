/** Drafts: text that the person wrote in a channel or conversation and has not sent. Pure. */
import { fold, type Folded } from "../../irc/names.ts";
import { isCommand } from "../slash/paste.ts";

/** One draft for each buffer. */
export class Drafts {
  readonly #texts = new Map<Folded, string>();
  /** The name of the person who wrote them; "" if it is not known. */
  person = "";

  of(buffer: string): string {
    return this.#texts.get(fold(buffer)) ?? "";
  }

  /** The draft, which is then no longer kept. */
  take(buffer: string): string {
    const text = this.of(buffer);
    this.#texts.delete(fold(buffer));
    return text;
  }

  /** The person of a conversation has another nick. Where both names have a draft, both stay. */
  rename(from: string, to: string): void {
    const text = this.take(from);
    if (text !== "") this.#texts.set(fold(to), joinDrafts(text, this.of(to)));
  }

  save(buffer: string, text: string): void {
    if (text === "") this.#texts.delete(fold(buffer));
    else this.#texts.set(fold(buffer), text);
  }

  clear(): void {
    this.#texts.clear();
  }

  /** All drafts as one text, for read(); "" for none. A command can contain a password, so it is left out. */
  write(): string {
    const kept = [...this.#texts].filter(([, text]) => !isCommand(text));
    return kept.length === 0 ? "" : JSON.stringify([this.person, ...kept]);
  }

  /** Adds the drafts that write() made; other text adds none. */
  read(written: string): void {
    const [person, ...pairs] = valuesIn(written);
    if (typeof person === "string") this.person = person;
    for (const [buffer, text] of [person, ...pairs].filter(Array.isArray)) {
      if (typeof buffer === "string" && typeof text === "string") this.save(buffer, text);
    }
  }
}

function valuesIn(written: string): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(written);
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** Two drafts as one. */
export function joinDrafts(one: string, other: string): string {
  return [one, other].filter((text) => text !== "").join("\n");
}
