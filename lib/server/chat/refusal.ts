/**
 * What a handler throws to refuse: the value is the reply on the wire. One place catches it (dispatch in server/hub/command.ts).
 */
import type { NumericName } from "../../irc/numerics.ts";

/**
 * A reply that ends a command. Not an Error: a refusal is ordinary, and collecting a stack for each would let a peer
 * make the server busy.
 */
export type Refusal =
  | { readonly refusal: "numeric"; readonly name: NumericName; readonly params: readonly string[] }
  | { readonly refusal: "standard"; readonly params: readonly string[] };

/** Whether a caught value is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refusal" in value;
}

/** Ends the command with a numeric reply. */
export function refuse(name: NumericName, ...params: string[]): never {
  throw numericRefusal(name, ...params);
}

/** The same as a value, for apply(), which answers in place of throwing. */
export function numericRefusal(name: NumericName, ...params: string[]): Refusal {
  return { refusal: "numeric", name, params };
}

/** Ends the command with `FAIL command code context… :text` (IRCv3 standard replies). */
export function fail(command: string, code: string, ...contextAndText: string[]): never {
  throw { refusal: "standard", params: [command, code, ...contextAndText] } satisfies Refusal;
}
