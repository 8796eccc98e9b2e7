/**
 * All keys of the person arrive here. They edit the text in the prompt, answer a question, or wait in the password
 * guard. Some keys are actions for the UI, as Enter and C-x.
 */

import type { CompletionSources } from "../slash/completion.ts";
import { pastedHint, pastedText } from "../slash/paste.ts";
import { withText } from "./editor.ts";
import type { InputAction, InputState } from "./input.ts";
import { emptyInputState, press } from "./input.ts";
import type { Key } from "./key_reader.ts";
import { maxPaste } from "./key_reader.ts";
import { PasswordGuard } from "./password_guard.ts";
import { Questions } from "./questions.ts";

/** The parts of the UI that the keyboard uses. */
export interface KeyboardParts {
  readonly sources: () => CompletionSources;
  readonly onAction: (action: InputAction) => void;
  /** A key was handled. `isAction`: it was more than a change of the text. */
  readonly onKey: (isAction: boolean) => void;
  /** The prompt has changed. */
  readonly onChange: () => void;
  /** See TerminalUiOptions. */
  readonly pauseMs: number | undefined;
}

/** The input of one person. */
export class Keyboard {
  state: InputState = emptyInputState;
  /** A short sentence above the prompt, until the next key. */
  hint = "";
  readonly questions: Questions;
  readonly guard: PasswordGuard;
  readonly #parts: KeyboardParts;
  #interrupted = false;

  constructor(parts: KeyboardParts) {
    this.#parts = parts;
    this.questions = new Questions({
      input: () => this.state,
      setInput: (state) => this.state = state,
      hint: (words) => this.hint = words,
      replayKey: (key) => this.press(key),
      onChange: parts.onChange,
    });
    this.guard = new PasswordGuard({
      isAsking: () => this.isAsking,
      ask: () => this.#askAboutHeldKeys(),
      replayKey: (key) => this.press(key),
      pauseMs: parts.pauseMs,
    });
  }

  /** The prompt shows a question, not a buffer. */
  get isAsking(): boolean {
    return this.questions.current !== "";
  }

  press(key: Key): void {
    if (this.questions.holdKey(key)) return;
    if (this.guard.holdKey(key)) {
      this.hint = "Your text is hidden, in case it is a password: Ctrl-C deletes it";
      return this.#parts.onChange();
    }
    const read = this.#readPaste(key);
    const { input, action } = press(this.state, read, this.#parts.sources);
    this.state = input;
    const isCut = key.kind === "paste" && key.cut === true;
    this.hint = isCut ? `Pasted only the first ${maxPaste} characters` : read === key ? "" : pastedHint;
    if (action === undefined) this.#interrupted = false;
    else this.#do(action);
    this.#parts.onKey(action !== undefined);
    this.#parts.onChange();
  }

  /** A paste at the start of a message begins no command. */
  #readPaste(key: Key): Key {
    const { editor: { text, cursor }, search } = this.state;
    if (key.kind !== "paste" || this.isAsking || search !== undefined) return key;
    if (text.slice(0, cursor).trim() !== "") return key;
    const pasted = pastedText(key.text);
    return pasted === key.text ? key : { ...key, text: pasted };
  }

  /** Puts text into the line; false when the person uses the line. */
  takeBack(text: string): boolean {
    const { editor, search } = this.state;
    if (this.isAsking || editor.text !== "" || search !== undefined) return false;
    this.state = { ...this.state, editor: withText(editor, text) };
    this.#parts.onChange();
    return true;
  }

  /** Whether the person has typed words that are not sent yet. */
  get hasWords(): boolean {
    return !this.isAsking && this.state.editor.text.trim() !== "";
  }

  close(): void {
    this.guard.close();
  }

  #do(action: InputAction): void {
    if (action.kind === "submit" && this.isAsking) return this.questions.answer(action.text);
    if (action.kind !== "interrupt") return this.#parts.onAction(action);
    if (this.questions.canCancel) return this.questions.answer("");
    if (this.#interrupted) this.#parts.onAction(action);
    this.#interrupted = true;
    this.hint = "Press Ctrl-C again to quit";
  }

  async #askAboutHeldKeys(): Promise<boolean> {
    const question = "Send the hidden text? (yes or no)";
    const isAnswer = (written: string): string =>
      /^(y|yes|n|no|)$/i.test(written) ? "" : "Write yes, or no to delete it";
    return /^y/i.test(await this.questions.ask(question, isAnswer));
  }
}
