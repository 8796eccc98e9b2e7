/** Checks a name before it is sent to a server. Pure. */

/** The reason why this cannot be a name, or "". The server can still refuse the name. */
export function nickFault(name: string): string {
  if (name === "") return "A name cannot be empty";
  return /\s/.test(name) ? "A name is one word, without spaces" : "";
}
