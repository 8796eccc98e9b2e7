/** The meaning of channel modes in words, and which letters have a value. */

import type { ModeLetterChange } from "./event.ts";
import type { State } from "./state.ts";
import { ranksOf } from "./state.ts";

/** The words for each letter when it is set and when it is removed; "%" is the value. A name is shown before them. */
const words: Readonly<Record<string, readonly [set: string, removed: string]>> = {
  q: ["makes % the founder of this channel", "ends the founder rank of %"],
  a: ["makes % an admin", "ends the admin rank of %"],
  o: ["makes % an operator", "ends the operator rank of %"],
  h: ["makes % a half-operator", "ends the half-operator rank of %"],
  v: ["gives voice to %", "takes voice from %"],
  b: ["bans %", "lifts the ban of %"],
  e: ["exempts % from bans", "ends the ban exemption of %"],
  I: ["lets % join without an invitation", "lets % join only with an invitation"],
  C: ["blocks CTCP requests", "allows CTCP requests"],
  R: ["lets only people with an account join", "lets people without an account join"],
  i: ["lets only invited people join", "lets everyone join"],
  k: ["sets a key for the channel", "removes the key of the channel"],
  l: ["limits the channel to % people", "removes the limit of people"],
  m: ["lets only people with voice write", "lets everyone write"],
  n: ["lets only members write", "lets people who are not members write"],
  s: ["hides the channel from lists", "shows the channel in lists"],
  t: ["lets only operators set the topic", "lets everyone set the topic"],
};

/** The names of ranks, for changes by the server. */
const ranks: Readonly<Record<string, string>> = {
  q: "the founder of this channel",
  a: "an admin",
  o: "an operator",
  h: "a half-operator",
};

/** The words for a change, to show after the name of its author; an unknown letter is shown unchanged. */
export function describeMode({ added, letter, argument }: ModeLetterChange): string {
  const sign = added ? "+" : "-";
  const known = Object.hasOwn(words, letter) ? words[letter] : undefined;
  const phrase = known?.[added ? 0 : 1];
  if (phrase === undefined || (phrase.includes("%") && argument === undefined)) {
    return `sets mode ${sign}${letter}${argument === undefined ? "" : ` ${argument}`}`;
  }
  return phrase.replace("%", () => argument ?? "");
}

/** The words for the modes of a channel, as "+nt". Letters with a value, or without words, are left out. */
export function describeLetters(letters: string): string[] {
  return [...letters].flatMap((letter) => {
    const phrase = Object.hasOwn(words, letter) ? words[letter]?.[0] : undefined;
    return phrase === undefined || phrase.includes("%") ? [] : [phrase];
  });
}

/** A change of rank by the server, as a whole sentence about the person; undefined for another change. */
export function describeRank({ added, letter, argument }: ModeLetterChange): string | undefined {
  const rank = Object.hasOwn(ranks, letter) ? ranks[letter] : undefined;
  if (rank === undefined || argument === undefined) return undefined;
  return `${argument} is ${added ? "now" : "no longer"} ${rank}`;
}

/** The letters with a value: ranks, and the first classes of CHANMODES=lists,always,when set,never. */
export function argumentLetters(state: State, added: boolean): string {
  const [lists = "", always = "", whenSet = ""] = (state.isupport.get("CHANMODES") ?? "beI,k,l,imnst").split(
    ",",
  );
  return ranksOf(state).letters + lists + always + (added ? whenSet : "");
}
