/** Marks messages as read, lists the people who are typing, and counts what is unread in other buffers. */

import type { Client } from "../core/client.ts";
import { fold } from "../../irc/names.ts";
import { findBuffer, nicksTyping } from "../state/state.ts";

/** How often the list of people who type is updated. */
const typingMs = 1_000;

/** The read markers of one terminal, and the people who are typing. */
export class ReadAndTyping {
  readonly #client: Client;
  readonly #onChange: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onChange` is called when the people who type can have changed. */
  constructor(client: Client, onChange: () => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** The person is at the keyboard and sees this buffer: marks all of it as read. */
  markRead(buffer: string): void {
    if (buffer !== "") this.#client.readMarkers.markAllRead(buffer);
  }

  /** The other buffers with unread messages that mention us or went to us alone, and how many. */
  unreadElsewhere(activeBuffer: string): readonly (readonly [name: string, count: number])[] {
    const { state, readMarkers: { unread } } = this.#client;
    return unread.withMentions.flatMap(([key, { mentions }]) => {
      const name = findBuffer(state, key)?.name;
      return name === undefined || fold(name) === fold(activeBuffer) ? [] : [[name, mentions] as const];
    });
  }

  /** The nicks of the others who type in the buffer. */
  nicksTyping(buffer: string): readonly string[] {
    const found = findBuffer(this.#client.state, buffer);
    return found === undefined ? [] : nicksTyping(found, this.#client.elapsed);
  }

  /** Checks regularly whether others still type, because a client can stop without a message about it. */
  watchTyping(buffer: () => string): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onChange();
      if (this.nicksTyping(buffer()).length > 0) this.watchTyping(buffer);
    }, typingMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
