/** The most recent messages, to find the one that an answer, a reaction or a deletion is about. */

import { fold } from "../../irc/names.ts";
import { dropOldest } from "./drop_oldest.ts";
import type { ChatEvent, Person, Said, SaidEvent } from "./event.ts";

const maxMessages = 500;
const maxDeleted = 5_000;

/** The most recent messages. */
export class RecentMessages {
  /** By id. A message without one has a key with a space, which no id contains. */
  readonly #messages = new Map<string, SaidEvent>();
  #withoutId = 0;
  /** The ids of deleted messages, with their buffers: an answer with the history can be older than the deletion. */
  readonly #deleted = new Map<string, string>();

  add(event: ChatEvent): void {
    if (event.kind === "redacted") this.#delete(event.buffer, event.id);
    if (event.kind === "renamed") this.#rename(event.who, event.to);
    if (event.kind !== "said" || this.isDeleted(event)) return;
    this.#messages.set(event.id ?? ` ${this.#withoutId++}`, event);
    dropOldest(this.#messages, maxMessages);
  }

  /** Whether we know already that this message was deleted. */
  isDeleted({ id, buffer }: Said): boolean {
    const deletedIn = id === undefined ? undefined : this.#deleted.get(id);
    return deletedIn !== undefined && fold(deletedIn) === fold(buffer);
  }

  /** The message of that id. */
  find(id: string): SaidEvent | undefined {
    return this.#messages.get(id);
  }

  /** The id of the newest message in a buffer; undefined when none is known. */
  newestId(buffer: string): string | undefined {
    const key = fold(buffer);
    return [...this.#messages.values()]
      .findLast(({ id, buffer }) => id !== undefined && fold(buffer) === key)?.id;
  }

  /** The last message in a buffer, perhaps without an id: by a nick, by us ("own"), or by others ("others"). */
  last(buffer: string, by: { readonly nick: string } | "own" | "others"): Said | undefined {
    const key = fold(buffer);
    return [...this.#messages.values()].findLast((said) => {
      if (fold(said.buffer) !== key) return false;
      if (typeof by === "object") return fold(said.from.nick) === fold(by.nick);
      return said.own === (by === "own");
    });
  }

  /** A deletion in another buffer than that of the message means nothing. */
  #delete(buffer: string, id: string): void {
    const said = this.#messages.get(id);
    if (said !== undefined && fold(said.buffer) !== fold(buffer)) return;
    this.#messages.delete(id);
    this.#deleted.set(id, buffer);
    dropOldest(this.#deleted, maxDeleted);
  }

  /** The messages of a person, and of the conversation with that person, are found under the new nick. */
  #rename({ nick, account }: Person, to: string): void {
    const old = fold(nick);
    for (const [id, said] of this.#messages) {
      const isAuthor = fold(said.from.nick) === old &&
        (account === undefined || said.from.account === undefined || said.from.account === account);
      const isBuffer = fold(said.buffer) === old;
      if (!isAuthor && !isBuffer) continue;
      this.#messages.set(id, {
        ...said,
        ...(isAuthor && { from: { ...said.from, nick: to } }),
        ...(isBuffer && { buffer: to }),
      });
    }
    for (const [id, buffer] of this.#deleted) if (fold(buffer) === old) this.#deleted.set(id, to);
  }
}
