/** Apply, for the code that makes an account owner. */
import type { ChatState } from "../chat/chat.ts";
import { ownerCodeName } from "../chat/owner_code.ts";

/** Stores the digest of a new code; unless `again`, only while no account is owner. */
export function saveOwnerCode({ store }: ChatState, digest: string, again: boolean): void {
  if (again || store?.savedValues.find(ownerCodeName) !== "") store?.savedValues.save(ownerCodeName, digest);
}

/** Makes the code invalid; false if it is not valid any more. */
export function useOwnerCode({ store }: ChatState, digest: string): boolean {
  if (store?.savedValues.find(ownerCodeName) !== digest) return false;
  store.savedValues.save(ownerCodeName, "");
  return true;
}
