/**
 * Collects the errors while the client connects. The page shows them once, when it is known whether the server lets
 * the client in.
 */

/** The errors so far. */
export class JoinErrors {
  readonly #givesServerPassword: boolean;
  #sentences: string[] = [];
  /** The server asks for its own password, or the given one is wrong. */
  needsServerPassword = false;

  /** `givesServerPassword`: the person entered a password of the server. */
  constructor(givesServerPassword: boolean) {
    this.#givesServerPassword = givesServerPassword;
  }

  /** Adds an error; `code` is that of the event, "" for none. */
  add(sentence: string, code: string): void {
    const isServerPassword = code === "ERR_PASSWDMISMATCH";
    if (isServerPassword) this.needsServerPassword = true;
    this.#sentences.push(isServerPassword ? this.#serverPasswordFault : sentence);
  }

  get #serverPasswordFault(): string {
    return this.#givesServerPassword
      ? "The server password is wrong"
      : "This server needs a password: enter it above";
  }

  /** Returns all errors and forgets them. */
  takeAll(): string[] {
    const sentences = this.#sentences;
    this.#sentences = [];
    return sentences;
  }
}
