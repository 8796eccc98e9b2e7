/**
 * Names that nobody needs and that deceive people: letters of several scripts in one word, as in "pаypal" with a
 * Cyrillic "а", invisible characters, piles of marks. A name in one script is fine, whichever it is. The syntax of names
 * is in irc/names.ts.
 */
import { isAscii } from "../../irc/names.ts";
import { mixedScripts } from "./scripts.ts";

/** Emoji of text size get a variation selector, which is nothing else in a name. */
const emojiStyle = /(?<=[\p{Extended_Pictographic}\p{Regional_Indicator}])\ufe0f/gu;
const unseen = /\p{Default_Ignorable_Code_Point}/u;
/**
 * Empty braille, empty notes, fillers, the marks of an object and of an unknown character, private characters;
 * unassigned ones, unless they can be the emoji of tomorrow.
 */
const notShown = /[\u2800\ufffc\ufffd\u{16fe4}\u{1d159}]|\p{Co}|(?!\p{Extended_Pictographic})\p{Cn}/u;
/** Three marks on a letter are usual in some scripts; UTS #39 §5.4 allows four. */
const pileOfMarks = /\p{Mn}{5}/u;
const markFirst = /^#?\p{M}/u;

/** The reason why nobody can make a nick, an account or a channel of this name; undefined if it is fine. */
export function nameFault(name: string): string | undefined {
  if (isAscii(name)) return undefined;
  if (unseen.test(name.replace(emojiStyle, ""))) return "it has an invisible character";
  if (notShown.test(name)) return "it has a character that cannot be shown";
  if (pileOfMarks.test(name.normalize("NFD")) || markFirst.test(name)) {
    return "it has too many accents on a letter";
  }
  const scripts = mixedScripts(name);
  return scripts && `it mixes ${scripts.join(" and ")} letters in one word`;
}
