/** The server cannot start: one sentence for people, and the exit code for programs. */

/** Exit codes of sysexits.h, and 2 for a wrong command line; `unsaved`: messages were lost at the end. */
export const exitCodes = { usage: 2, unavailable: 69, unsaved: 74 } as const;

/** Thrown during the start; server.ts prints the sentence and exits with the code. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: number;

  constructor(sentence: string, code: number) {
    super(sentence);
    this.code = code;
  }
}
