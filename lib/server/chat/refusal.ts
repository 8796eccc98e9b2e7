/**
 * A refusal: a handler throws it, and its value is the reply on the wire. One place catches it (server/hub/command.ts).
 */
import type { NumericName } from "../../irc/numerics.ts";

/**
 * A reply that ends a command. It is not an Error: refusals are ordinary, and a stack for each would let a client keep
 * the server busy.
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

/** The refusal as a value, for server/apply, which returns refusals and does not throw them. */
export function numericRefusal(name: NumericName, ...params: string[]): Refusal {
  return { refusal: "numeric", name, params };
}

/** Ends the command with `FAIL command code context… :text` (IRCv3 standard replies). */
export function fail(command: string, code: string, ...contextAndText: string[]): never {
  throw { refusal: "standard", params: [command, code, ...contextAndText] } satisfies Refusal;
}
