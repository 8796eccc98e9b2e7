/** What was said lately, so that answers, reactions and messages taken back can name what they are about. */

import { fold } from "../../irc/names.ts";
import type { ChatEvent, Said } from "./event.ts";

const maxKept = 500;

/** Messages with an id, as heard. */
export class RecentMessages {
  readonly #kept = new Map<string, Said>();

  add(event: ChatEvent): void {
    if (event.kind === "redacted") this.#kept.delete(event.id);
    if (event.kind !== "said" || event.id === undefined) return;
    this.#kept.set(event.id, event);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxKept) break;
      this.#kept.delete(oldest);
    }
  }

  /** The message of that id. */
  find(id: string): Said | undefined {
    return this.#kept.get(id);
  }

  /** The last message in a buffer: by `nick`, by ourselves ("own"), or by anybody else ("others"). */
  last(buffer: string, by: { readonly nick: string } | "own" | "others"): Said | undefined {
    const key = fold(buffer);
    return [...this.#kept.values()].findLast((said) => {
      if (fold(said.buffer) !== key) return false;
      if (typeof by === "object") return fold(said.from.nick) === fold(by.nick);
      return said.own === (by === "own");
    });
  }
}
