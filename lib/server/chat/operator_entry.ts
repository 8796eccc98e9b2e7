/** The entries of the operator file: a user that OPER made an operator remembers the entry. */
import { createHash } from "node:crypto";
import { formatVerifier, type Verifier } from "../../irc/scram.ts";
import type { Chat } from "./chat.ts";
import type { OperatorEntry } from "./user.ts";

/** A short digest of a verifier: it changes with the password, and does not help to guess it. */
export function operatorKey(verifier: Verifier): string {
  return createHash("sha256").update(formatVerifier(verifier)).digest("base64url").slice(0, 12);
}

/** Whether the operator file of this machine has the entry still, with the same password. */
export function isValidEntry({ files }: Pick<Chat, "files">, { name, key }: OperatorEntry): boolean {
  const verifier = files.operators?.get(name);
  return verifier !== undefined && operatorKey(verifier) === key;
}
