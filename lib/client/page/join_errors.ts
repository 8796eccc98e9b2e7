/**
 * Collects the errors while the client connects. The page shows them once, when it is known whether the server lets
 * the client in.
 */

/** The errors so far. */
export class JoinErrors {
  readonly #givesServerPassword: boolean;
  readonly #isConfidential: boolean;
  #sentences: string[] = [];
  /** The server asks for its own password, or the given one is wrong. */
  needsServerPassword = false;

  /**
   * `givesServerPassword`: the person entered a password of the server. `isConfidential`: nobody else can read the
   * connection.
   */
  constructor(givesServerPassword: boolean, isConfidential: boolean) {
    this.#givesServerPassword = givesServerPassword;
    this.#isConfidential = isConfidential;
  }

  /** Adds an error; `code` is that of the event, "" for none. */
  add(sentence: string, code: string): void {
    const isServerPassword = code === "ERR_PASSWDMISMATCH";
    if (isServerPassword) this.needsServerPassword = true;
    this.#sentences.push(isServerPassword ? this.#serverPasswordFault : sentence);
  }

  get #serverPasswordFault(): string {
    if (this.#givesServerPassword) return "The server password is wrong";
    return this.#isConfidential
      ? "This server needs a password: enter it above"
      : "This server needs a password: enter it above if others in this network may know it, because this page is not encrypted";
  }

  /** Returns all errors and forgets them. */
  takeAll(): string[] {
    const sentences = this.#sentences;
    this.#sentences = [];
    return sentences;
  }
}
