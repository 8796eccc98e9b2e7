/** Pasted text is text: at the start of a line its "/" does not begin a command. Pure. */

import { expectsPassword } from "./slash.ts";

/** Commands that can contain a password; a pasted one stays a command. */
const secret = /^\s*\/(?:quote|raw|oper|msg\s+nickserv)\b/i;

/**
 * The text to put into an empty line for a pasted text: with one more "/" when it begins with "/". A single line that can
 * contain a password is left as it is.
 */
export function pastedText(text: string): string {
  const isOneLine = !text.trim().includes("\n");
  if (isOneLine && (expectsPassword(text) || secret.test(text))) return text;
  return withoutCommand(text);
}

/** Text as it must be written to be sent as a message: "//" at the start means "/". */
export function withoutCommand(text: string): string {
  return text.replace(/^\s*\//, (start) => `${start}/`);
}

/** Whether the text of an input line is a command. */
export function isCommand(text: string): boolean {
  return /^\s*\/(?!\/)/.test(text);
}

/** For the person, when pastedText() has changed a text. */
export const pastedHint =
  'The pasted text begins with "/" and is sent as text: for a command, delete one "/"';
