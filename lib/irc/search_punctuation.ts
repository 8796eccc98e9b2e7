/** The punctuation of a sentence around a word of a search. Symbols that belong to the word stay. Pure. */

import { signPattern } from "./search_words.ts";

/** More brackets around a word are symbols. */
const maxNesting = 8;
const punctuation = new RegExp(`^(?:(?![%&#@*/\\\\]|${signPattern})\\p{Po}|[\`\\p{Pf}])$`, "u");
const openers = "([{";
const closers = ")]}";

/** A word without the punctuation of the sentence around it: "(see", "C++," and "tea?" lose theirs. */
export function withoutPunctuation(written: string): string {
  let word = written.replace(/^(?:[,;?'"`\p{Pi}\p{Ps}¿¡、。](?<![([{])|\.{2,}(?![./\\]))+/u, "");
  for (let nesting = 0; nesting < maxNesting; nesting++) {
    const before = word;
    word = withoutEnd(withoutStars(word));
    const inner = word.slice(1, -1);
    if (/^(?:\(.*\)|\[.*\]|\{.*\}|<.*>)$/su.test(word) && isBalanced(inner)) word = inner;
    else if (openers.includes(word[0] ?? " ") && !isBalanced(word)) word = word.slice(1);
    else if (closers.includes(word.at(-1) ?? " ") && !isBalanced(word)) word = word.slice(0, -1);
    if (word === before) break;
  }
  return word;
}

/** Without the stars on both sides, which make text bold in other programs. */
function withoutStars(word: string): string {
  let stars = 0;
  while (stars < word.length - 1 - stars && word[stars] === "*" && word.at(-1 - stars) === "*") stars++;
  return word.slice(stars, word.length - stars);
}

/** Without punctuation at the end, or without stars, which stand for more letters. */
function withoutEnd(word: string): string {
  const ending = word.endsWith("*") ? /^\*$/ : punctuation;
  let end = word.length;
  while (end > 0 && ending.test(word[end - 1] ?? "")) end--;
  return word.slice(0, end);
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const one of text) {
    if (openers.includes(one)) depth++;
    else if (closers.includes(one) && --depth < 0) return false;
  }
  return depth === 0;
}
