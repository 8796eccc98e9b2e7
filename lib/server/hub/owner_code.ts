/** Makes the code that makes an account owner of the chat. */
import { ownerCodeDigest, ownerCodeName } from "../chat/owner_code.ts";
import type { Hub } from "./hub.ts";

/** Letters and digits that people do not confuse; 16 of them are 80 bits. */
const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** Makes a code that replaces the previous code. Undefined when there is an owner, unless `again`. */
export async function makeOwnerCode({ chat, commit }: Hub, again: boolean): Promise<string | undefined> {
  const { store } = chat;
  if (store === undefined || (store.savedValues.find(ownerCodeName) === "" && !again)) return undefined;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const code = Array.from(bytes, (byte, at) => (at > 0 && at % 4 === 0 ? "-" : "") + letters[byte & 31]).join(
    "",
  );
  await commit({ kind: "owner code made", digest: await ownerCodeDigest(code), again });
  return code;
}
