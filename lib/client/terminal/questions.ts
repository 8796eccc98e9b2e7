/**
 * Questions to the person, shown in place of the prompt, one at a time. Neither C-p nor C-y can bring an answer back.
 * Keys that the person types before the next password question appears do not become a message.
 */

import { nickFault } from "../text/nick_fault.ts";
import type { InputState } from "./input.ts";
import type { Key } from "./key_reader.ts";

/** The parts of the keyboard that questions use. */
export interface QuestionsParts {
  readonly input: () => InputState;
  readonly setInput: (input: InputState) => void;
  /** Shows why an answer is not accepted, or "". */
  readonly hint: (words: string) => void;
  /** Handles a key that was held. */
  readonly replayKey: (key: Key) => void;
  readonly onChange: () => void;
}

/** The questions at one keyboard. */
export class Questions {
  /** The question on the screen, "" when there is none. */
  current = "";
  /** The answer is hidden while it is typed. */
  secret = false;
  readonly #parts: QuestionsParts;
  readonly #queue: (() => void)[] = [];
  #answer: (text: string) => void = () => {};
  #fault: (text: string) => string = () => "";
  /** Keys after an answer, until the next turn of the event loop; undefined at other times. */
  #held: Key[] | undefined;

  constructor(parts: QuestionsParts) {
    this.#parts = parts;
  }

  /** Asks until the answer has no fault. `holdsKeys`: another question follows, and a key must not become a message. */
  ask(
    question: string,
    fault: (text: string) => string,
    { secret = false, holdsKeys = secret }: { secret?: boolean; holdsKeys?: boolean } = {},
  ): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const begin = (): void => {
      const { input, setInput, hint } = this.#parts;
      const { history, editor: { cut } } = input();
      this.current = question;
      this.secret = secret;
      this.#fault = fault;
      hint("");
      this.#answer = (text) => {
        setInput({ ...input(), history, editor: { ...input().editor, cut } });
        const answer = secret ? text : text.trim();
        const wrong = fault(answer);
        hint(wrong);
        if (wrong !== "") return;
        this.current = "";
        this.secret = false;
        if (holdsKeys) this.#holdKeys();
        resolve(answer);
        this.#queue.shift()?.();
      };
    };
    if (this.current === "") begin();
    else this.#queue.push(begin);
    this.#parts.onChange();
    return promise;
  }

  /** Asks for a name to use in the chat. */
  askNick(question: string): Promise<string> {
    return this.ask(question, nickFault);
  }

  /** C-c cancels the question, because an empty answer is accepted. */
  get canCancel(): boolean {
    return this.current !== "" && this.#fault("") === "";
  }

  /** The person typed this answer. */
  answer(text: string): void {
    this.#answer(text);
  }

  /** Just after an answer that another question can follow, holds the key for it; false at other times. */
  holdKey(key: Key): boolean {
    this.#held?.push(key);
    return this.#held !== undefined;
  }

  #holdKeys(): void {
    const keys: Key[] = this.#held = [];
    setTimeout(() => {
      this.#held = undefined;
      for (const key of keys) this.#parts.replayKey(key);
    });
  }
}
