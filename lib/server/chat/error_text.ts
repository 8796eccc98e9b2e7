/** An error as text for the log: its stack. Messages of some errors repeat words of people, so these are left out. */

/**
 * Errors of parsers, whose message repeats what they could not parse: "Unexpected token 's', "secret" is not valid JSON".
 * Our own errors have no words of people in their message.
 */
const repeatsInput = /^(?:SyntaxError$|TypeError: Invalid URL|URIError$)/;

/** The stack of an error; of another value, its text. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === "string" ? error : "an unknown value was thrown";
  const { name, message, stack = `${name}: ${message}` } = error;
  if (!repeatsInput.test(name) && !repeatsInput.test(`${name}: ${message}`)) return stack;
  return stack.replaceAll(message, "(its message is left out, because it can repeat what people wrote)");
}
