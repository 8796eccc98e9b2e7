/** Marks messages as read, and lists the people who are typing. */

import type { Client } from "../core/client.ts";
import { findBuffer, nicksTyping } from "../state/state.ts";
import { fold } from "../../irc/names.ts";

/** How often the list of people who type is updated. */
const typingMs = 1_000;

/** The read markers of one terminal, and the people who are typing. */
export class ReadAndTyping {
  readonly #client: Client;
  /** The time of the newest message of each buffer that is not marked as read. */
  readonly #unread = new Map<string, number>();
  readonly #onChange: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onChange` is called when the people who type can have changed. */
  constructor(client: Client, onChange: () => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** A message arrived. The person has perhaps not seen it yet. */
  onMessage(buffer: string, at: number): void {
    this.#unread.set(fold(buffer), at);
  }

  /** The person is at the keyboard and sees this buffer: marks all of it as read. */
  markRead(buffer: string): void {
    const at = this.#unread.get(fold(buffer));
    if (at === undefined || !this.#client.isOnline) return;
    this.#unread.delete(fold(buffer));
    this.#client.messages.markRead(buffer, at);
  }

  /** The nicks of the others who type in the buffer. */
  nicksTyping(buffer: string): readonly string[] {
    const found = findBuffer(this.#client.state, buffer);
    return found === undefined ? [] : nicksTyping(found, this.#client.now);
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
