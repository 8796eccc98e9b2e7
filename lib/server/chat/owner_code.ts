/** The code that makes an account owner of the chat: told once by the server, kept as a digest alone. */
import { equalBytes, sha256, utf8 } from "../../irc/digest.ts";
import type { Hub } from "../hub/hub.ts";

/** Where the digest is kept; "" once somebody is owner. */
const name = "owner code";
/** Letters that nobody confuses; 16 of them are 80 bits. */
const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** Makes a code and remembers its digest in place of the one before. Undefined when there is an owner, unless `again`. */
export async function makeOwnerCode(hub: Hub, again: boolean): Promise<string | undefined> {
  if (hub.store === undefined || (hub.store.savedValues.find(name) === "" && !again)) return undefined;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const code = Array.from(bytes, (byte, at) => (at > 0 && at % 4 === 0 ? "-" : "") + letters[byte & 31]).join(
    "",
  );
  await hub.commit({ kind: "owner code made", digest: await digestOf(code), again });
  return code;
}

/** The digest of the code if it is the right one; compares in constant time. */
export async function provenDigest(hub: Hub, code: string): Promise<string | undefined> {
  const digest = await digestOf(code);
  const wanted = hub.store?.savedValues.find(name);
  return wanted && equalBytes(utf8(digest), utf8(wanted)) ? digest : undefined;
}

/** Remembers the digest of a new code; to be called by apply. */
export function keepOwnerCode(hub: Hub, digest: string, again: boolean): void {
  const keepsakes = hub.store?.savedValues;
  if (again || keepsakes?.find(name) !== "") keepsakes?.save(name, digest);
}

/** Uses the code up; false when it is not this one any more. To be called by apply. */
export function useOwnerCode(hub: Hub, digest: string): boolean {
  const keepsakes = hub.store?.savedValues;
  if (keepsakes?.find(name) !== digest) return false;
  keepsakes.save(name, "");
  return true;
}

async function digestOf(code: string): Promise<string> {
  return (await sha256(utf8(code.toLowerCase().replace(/[^a-z0-9]/g, "")))).toHex();
}
