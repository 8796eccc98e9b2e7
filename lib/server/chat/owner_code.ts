/** The code that makes an account owner of the chat: the server shows it once, and stores only its digest. */
import { equalBytes, sha256, utf8 } from "../../irc/digest.ts";
import type { Chat } from "./chat.ts";

/** The saved value that holds the digest; "" once an account is owner. */
export const ownerCodeName = "owner code";
/** The digest of the code if it is the right one; compares in constant time. */
export async function matchingDigest(chat: Chat, code: string): Promise<string | undefined> {
  const digest = await ownerCodeDigest(code);
  const wanted = chat.store?.savedValues.find(ownerCodeName);
  return wanted && equalBytes(utf8(digest), utf8(wanted)) ? digest : undefined;
}

/** The digest of a code, in hexadecimal. */
export async function ownerCodeDigest(code: string): Promise<string> {
  return (await sha256(utf8(code.toLowerCase().replace(/[^a-z0-9]/g, "")))).toHex();
}
