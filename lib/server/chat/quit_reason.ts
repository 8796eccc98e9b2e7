/** The reasons of QUIT: words of the user have a prefix, so that nobody takes them for words of the server. */

const prefix = "Quit: ";

/** The reason that others see for QUIT with these words; without words "Quit". */
export function quitReason(words: string): string {
  return words === "" ? "Quit" : prefix + words;
}

/** Whether a reason has words of the user. */
export function isOwnReason(reason: string): boolean {
  return reason.startsWith(prefix);
}
