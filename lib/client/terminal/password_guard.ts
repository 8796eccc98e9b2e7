/**
 * Protects passwords from becoming messages. A command that asks for a password can fail before it asks, while the
 * person already types the password. The guard holds and hides these keys until a pause, then asks the person.
 */

import type { Key } from "./key_reader.ts";

/** The parts of the keyboard that the guard uses. */
export interface PasswordGuardParts {
  /** A question is on the screen, so the keys are its answer. */
  readonly isAsking: () => boolean;
  /** Asks the person, after a pause, whether the held keys count as typed. */
  readonly ask: () => Promise<boolean>;
  readonly replayKey: (key: Key) => void;
  /** After a pause of this length we assume that the person has seen the screen. */
  readonly pauseMs: number | undefined;
}

const defaultPauseMs = 1_500;

/** Guards the keys of one person. */
export class PasswordGuard {
  readonly #parts: PasswordGuardParts;
  #keys: Key[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: PasswordGuardParts) {
    this.#parts = parts;
  }

  /** Starts after a command that asks for a password, unless its question is on the screen. */
  start(): void {
    if (!this.#parts.isAsking()) this.#startTimer();
  }

  /** Holds the key while the guard is active; false when it is not. C-c deletes the held keys. */
  holdKey(key: Key): boolean {
    if (this.#timer === undefined) return false;
    if (key.kind === "key" && key.name === "C-c") {
      this.close();
      return this.#keys.splice(0).length > 0;
    }
    this.#keys.push(key);
    this.#startTimer();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const keys = this.#keys.splice(0);
      if (keys.length > 0) this.#askAboutKeys(keys);
    }, this.#parts.pauseMs ?? defaultPauseMs);
  }

  async #askAboutKeys(keys: readonly Key[]): Promise<void> {
    if (await this.#parts.ask()) { for (const key of keys) this.#parts.replayKey(key); }
  }
}
