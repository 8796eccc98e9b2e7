/** The small signs that people in a room give each other: how far we have read, that we type, and who else types. */

import type { Client } from "../core/client.ts";
import { findBuffer, typingAt } from "../core/state.ts";
import { fold } from "../../irc/names.ts";

/** How often those who type are looked at again. */
const typingMs = 1_000;

/** The signs of one person at a keyboard. */
export class StatusSigns {
  readonly #client: Client;
  /** The newest message of each buffer, to be marked as read when the person is there. */
  readonly #unread = new Map<string, number>();
  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when there is something else to be seen. */
  constructor(client: Client, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
  }

  /** Something was said, which the person may not have seen yet. */
  said(buffer: string, at: number): void {
    this.#unread.set(fold(buffer), at);
  }

  /** The person is at the keyboard with this in front: all of it has been read. */
  read(buffer: string): void {
    const at = this.#unread.get(fold(buffer));
    if (at === undefined || !this.#client.online) return;
    this.#unread.delete(fold(buffer));
    this.#client.messages.markRead(buffer, at);
  }

  /** Nicks of the others who type there. */
  typists(buffer: string): readonly string[] {
    const found = findBuffer(this.#client.state, buffer);
    return found === undefined ? [] : typingAt(found, this.#client.now);
  }

  /** Somebody types. Nobody tells when somebody has ceased to, so it is looked at again. */
  watch(buffer: () => string): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed();
      if (this.typists(buffer()).length > 0) this.watch(buffer);
    }, typingMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
