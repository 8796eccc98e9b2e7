/**
 * The border between the client and its user interface (UI): an error of the UI must not look like a lost connection.
 * A guard catches what a function throws, and reports each kind of error once.
 */

/** Receives an error, with a sentence for people. Called once for each kind of error. */
export type OnFault = (sentence: string, error: unknown) => void;

/** An error whose words change each time must not fill the screen, nor the memory. */
const maxReports = 50;

/** Catches the errors of one UI. */
export class FaultGuard {
  readonly #onFault: OnFault;
  readonly #reported = new Set<string>();

  constructor(onFault: OnFault = () => {}) {
    this.#onFault = onFault;
  }

  /** Calls a function; what it throws, now or as a promise, is reported. */
  run(act: () => unknown): void {
    try {
      const result = act();
      if (result instanceof Promise) result.catch((error) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  /** The answer of a function that asks the person; `fallback` when it gives none, or throws. */
  async ask<Answer>(ask: () => Promise<Answer> | undefined, fallback: Answer): Promise<Answer> {
    try {
      return await ask() ?? fallback;
    } catch (error) {
      this.report(error);
      return fallback;
    }
  }

  /** Reports an error, unless one with the same words was reported before, or very many others. */
  report(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    if (this.#reported.has(words) || this.#reported.size === maxReports) return;
    this.#reported.add(words);
    try {
      this.#onFault(`A part of the program failed, and the chat goes on: ${words}`, error);
    } catch {
      // The report failed too, and there is no other place for it.
    }
  }
}
