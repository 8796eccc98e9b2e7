/** What the letters of channel modes mean to people, and which of them come with a value. */

import type { ModeChange } from "./event.ts";
import type { State } from "./state.ts";
import { ranksOf } from "./state.ts";

/** For each letter what it does when set and when taken back; "%" stands for the value. */
const words: Readonly<Record<string, readonly [set: string, unset: string]>> = {
  q: ["makes % a founder", "makes % no longer a founder"],
  a: ["makes % an admin", "makes % no longer an admin"],
  o: ["makes % an operator", "makes % no longer an operator"],
  h: ["makes % a half-operator", "makes % no longer a half-operator"],
  v: ["gives % a voice", "takes the voice of %"],
  b: ["bans %", "lifts the ban on %"],
  e: ["exempts % from bans", "no longer exempts % from bans"],
  I: ["lets % in without an invitation", "no longer lets % in without an invitation"],
  i: ["makes the room invitation only", "opens the room to everyone"],
  k: ["sets a key for the room", "removes the key of the room"],
  l: ["limits the room to % people", "removes the limit of people"],
  m: ["lets only those with a voice speak", "lets everyone speak"],
  n: ["keeps messages from outside out", "lets messages from outside in"],
  s: ["hides the room", "shows the room to everyone"],
  t: ["lets only operators set the topic", "lets everyone set the topic"],
};

/** What a change does, to be put behind the name of who did it; letters we do not know are named. */
export function describeMode({ added, letter, argument }: ModeChange): string {
  const sign = added ? "+" : "-";
  const known = Object.hasOwn(words, letter) ? words[letter] : undefined;
  const phrase = known?.[added ? 0 : 1];
  if (phrase === undefined || (phrase.includes("%") && argument === undefined)) {
    return `sets mode ${sign}${letter}${argument === undefined ? "" : ` ${argument}`}`;
  }
  return phrase.replace("%", () => argument ?? "");
}

/** The letters that take a value: ranks, and the first classes of CHANMODES=lists,always,when set,never. */
export function argumentLetters(state: State, added: boolean): string {
  const [lists = "", always = "", whenSet = ""] = (state.isupport.get("CHANMODES") ?? "beI,k,l,imnst").split(
    ",",
  );
  return ranksOf(state).letters + lists + always + (added ? whenSet : "");
}
