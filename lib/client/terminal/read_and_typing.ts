/** Marks messages as read, and lists the people who are typing. */

import type { Client } from "../core/client.ts";
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
