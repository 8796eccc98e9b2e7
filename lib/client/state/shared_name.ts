/** One copy of each name: thousands of messages have the nicks of a few people and the name of one channel. Pure. */

import { unshared } from "../../irc/message.ts";

const longestName = 128;
/** Then it begins anew: names that are still in use get a second copy. */
const maxNames = 2_000;
const names = new Map<string, string>();

/** The same text in memory of its own, which it shares with earlier results; see unshared(). */
export function sharedName(name: string): string {
  if (name.length > longestName) return unshared(name);
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= maxNames) names.clear();
  const own = unshared(name);
  names.set(own, own);
  return own;
}
