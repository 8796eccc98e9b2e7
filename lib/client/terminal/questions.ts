/**
 * What the person is asked in place of the room's prompt, one question at a time; the others wait. An answer is kept
 * for neither C-p nor C-y, and what was typed ahead of the next question for a password is not taken for words to a room.
 */

import type { Input } from "./input.ts";
import type { Key } from "./keys.ts";

/** What questions need of the desk they are asked at. */
export interface QuestionsParts {
  readonly input: () => Input;
  readonly retype: (input: Input) => void;
  /** Why an answer cannot be taken, "" when it was. */
  readonly hint: (words: string) => void;
  /** A key that was held comes again. */
  readonly key: (key: Key) => void;
  readonly changed: () => void;
}

/** The questions at one desk. */
export class Questions {
  /** The one that is asked, "" when none is. */
  current = "";
  /** What is typed is not shown. */
  secret = false;
  readonly #parts: QuestionsParts;
  readonly #waiting: (() => void)[] = [];
  #answer: (text: string) => void = () => {};
  #fault: (text: string) => string = () => "";
  #ahead: Key[] | undefined;

  constructor(parts: QuestionsParts) {
    this.#parts = parts;
  }

  /** Asks until the answer has no fault. */
  ask(question: string, fault: (text: string) => string, secret = false): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const begin = (): void => {
      const { input, retype, hint } = this.#parts;
      const { recall, editor: { cut } } = input();
      this.current = question;
      this.secret = secret;
      this.#fault = fault;
      hint("");
      this.#answer = (text) => {
        retype({ ...input(), recall, editor: { ...input().editor, cut } });
        const answer = secret ? text : text.trim();
        const wrong = fault(answer);
        hint(wrong);
        if (wrong !== "") return;
        this.current = "";
        this.secret = false;
        if (secret) this.#hold();
        resolve(answer);
        this.#waiting.shift()?.();
      };
    };
    if (this.current === "") begin();
    else this.#waiting.push(begin);
    this.#parts.changed();
    return promise;
  }

  /** C-c takes back what led to it, as nothing is an answer too. */
  get leavable(): boolean {
    return this.current !== "" && this.#fault("") === "";
  }

  /** The person has written this for an answer. */
  answer(text: string): void {
    this.#answer(text);
  }

  /** Whether the key is held for a question that may come at once. */
  holds(key: Key): boolean {
    this.#ahead?.push(key);
    return this.#ahead !== undefined;
  }

  #hold(): void {
    const keys: Key[] = this.#ahead = [];
    setTimeout(() => {
      this.#ahead = undefined;
      for (const key of keys) this.#parts.key(key);
    });
  }
}
