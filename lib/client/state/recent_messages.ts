/** The most recent messages, to find the one that an answer, a reaction or a deletion is about. */

import { fold } from "../../irc/names.ts";
import type { ChatEvent, Said } from "./event.ts";

const maxMessages = 500;

/** The most recent messages with an id. */
export class RecentMessages {
  readonly #messages = new Map<string, Said>();

  add(event: ChatEvent): void {
    if (event.kind === "redacted") this.#messages.delete(event.id);
    if (event.kind !== "said" || event.id === undefined) return;
    this.#messages.set(event.id, event);
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= maxMessages) break;
      this.#messages.delete(oldest);
    }
  }

  /** The message of that id. */
  find(id: string): Said | undefined {
    return this.#messages.get(id);
  }

  /** The last message in a buffer: by a nick, by us ("own"), or by any other person ("others"). */
  last(buffer: string, by: { readonly nick: string } | "own" | "others"): Said | undefined {
    const key = fold(buffer);
    return [...this.#messages.values()].findLast((said) => {
      if (fold(said.buffer) !== key) return false;
      if (typeof by === "object") return fold(said.from.nick) === fold(by.nick);
      return said.own === (by === "own");
    });
  }
}
