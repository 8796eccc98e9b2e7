/**
 * Keys that may be a password: a command that asks for one was refused before it asked, and whoever types without
 * looking goes on. They are held, unseen, until there is a pause; then the person is asked what they were.
 */

import type { Key } from "./keys.ts";

/** What to do with keys in doubt. */
export interface PasswordGuardParts {
  /** The person is asked for a password, or for what the keys were: no key is in doubt. */
  readonly asked: () => boolean;
  /** Keys came, and now there is a pause: the answer is whether they are to count as typed. */
  readonly ask: () => Promise<boolean>;
  readonly key: (key: Key) => void;
  /** Without a key for so long nobody types blindly any more. */
  readonly pauseMs: number;
}

/** The doubt about what one person types. */
export class PasswordGuard {
  readonly #parts: PasswordGuardParts;
  #keys: Key[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: PasswordGuardParts) {
    this.#parts = parts;
  }

  /** A command that asks for a password was written; without a question after it there is doubt. */
  begin(): void {
    if (!this.#parts.asked()) this.#wait();
  }

  /** Whether the key is held. C-c throws away what is. */
  holds(key: Key): boolean {
    if (this.#timer === undefined) return false;
    if (key.kind === "key" && key.name === "C-c") {
      this.close();
      return this.#keys.splice(0).length > 0;
    }
    this.#keys.push(key);
    this.#wait();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const keys = this.#keys.splice(0);
      if (keys.length > 0) this.#resolve(keys);
    }, this.#parts.pauseMs);
  }

  async #resolve(keys: readonly Key[]): Promise<void> {
    if (await this.#parts.ask()) { for (const key of keys) this.#parts.key(key); }
  }
}
