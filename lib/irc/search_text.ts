/**
 * Reads the words of a search and decides whether a message contains them. This is the definition of a match; the index
 * of the server only finds the messages that can match, faster. Pure.
 *
 * All words must be there, in any order, and a word also finds longer words that begin with it, but one letter finds
 * only itself. Words in quotes must follow each other, whole. The symbols inside and around a word count (C++, .NET,
 * my_var, 2.9.6), but not the punctuation of a sentence. A group of symbols without a word (:-) is found anywhere, a
 * single symbol where it stands alone.
 */

import { foldText, foldWithPlaces } from "./folded_text.ts";
import { withoutPunctuation } from "./search_punctuation.ts";
import {
  cutSymbol,
  isOneLetter,
  placedSymbols,
  placedWords,
  type SearchWord,
  symbolsOf,
} from "./search_words.ts";
import { stripFormatting } from "./formatting.ts";

/** A word of a search: one or more words of the index that follow each other. */
export interface QueryWord {
  readonly words: readonly string[];
  /** Whether each follows the one before at once: 天气 is not in 今天。气温. */
  readonly joins: readonly boolean[];
  /** The last one can be the beginning of a longer word. */
  readonly isOpen: boolean;
  /** The text that the message must contain there, when symbols count; `lead` symbols are before the first word. */
  readonly literal?: string;
  readonly lead: number;
}

/** A search text; a message matches if it contains all phrases and symbols. */
export interface TextQuery {
  /** Words that follow each other; most phrases have one. */
  readonly phrases: readonly (readonly QueryWord[])[];
  readonly symbols: readonly string[];
}

/** A part of a text: start and end in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Later words and symbols of a search are ignored. */
const maxWords = 32;
/** Later words of the index in one word of a search are ignored. */
const maxParts = 64;

const doubleQuotes = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\uff02';
const wordCharacter = /[\p{L}\p{N}\p{M}]/u;
/**
 * A quote opens before a word, and the next one after a word closes; at the end it can be missing. Punctuation around a
 * phrase does not count.
 */
const part = new RegExp(
  `(?<!\\S)[(\\[{¿¡]{0,3}[${doubleQuotes}]((?:[^${doubleQuotes}]|[${doubleQuotes}](?=[\\p{L}\\p{N}]))*)([${doubleQuotes}]|$)` +
    "(?:[)\\]}.,;:!?]{1,8}(?!\\S))?|\\S+",
  "gu",
);

/** Reads a search text; undefined if it contains nothing to search for, so that nothing can match. */
export function parseTextQuery(text: string): TextQuery | undefined {
  const phrases: QueryWord[][] = [];
  const loose: string[] = [];
  let count = 0;
  for (const { 0: whole, 1: quoted, 2: closing } of text.matchAll(part)) {
    const isClosed = quoted !== undefined && closing !== "";
    const phrase: QueryWord[] = [];
    for (const one of foldText(quoted ?? whole).split(/\s+/u)) {
      const word = queryWord(one, !isClosed);
      if (word === undefined) {
        if (one !== "") loose.push(one);
      } else if (count++ < maxWords) phrase.push(word);
    }
    // Only the last word of a phrase can still be typed.
    const closed = phrase.map((word, at) => at < phrase.length - 1 ? { ...word, isOpen: false } : word);
    if (closed.length === 0) continue;
    // Each phrase costs time, and the same one twice finds the same.
    const written = JSON.stringify(closed);
    if (!phrases.some((one) => JSON.stringify(one) === written)) phrases.push(closed);
  }
  const standing = loose.filter((one) => standsAlone(one, phrases.length === 0)).map(cutSymbol);
  const symbols = [...new Set(standing)].slice(0, maxWords);
  return phrases.length + symbols.length === 0 ? undefined : { phrases, symbols };
}

/** Whether the text of a message matches. */
export function matchesText(text: string, query: TextQuery): boolean {
  return matchesFolded(foldText(visibleText(text)), query);
}

/** The same for text that is folded and without formatting. */
export function matchesFolded(folded: string, { phrases, symbols }: TextQuery): boolean {
  if (symbols.length > 0) {
    const known = [...symbolsOf(folded)];
    if (!symbols.every((one) => known.some((other) => isSymbol(one, other)))) return false;
  }
  if (!phrases.every((phrase) => phrase.every((word) => canContain(folded, word)))) return false;
  const words = placedWords(folded);
  return phrases.every((phrase) => words.some((_, at) => phraseEnd(folded, words, at, phrase) !== undefined));
}

/** ":)" is also in ":))" and ":).", but one symbol finds itself only, as one letter does. */
function isSymbol(wanted: string, found: string): boolean {
  return wanted.length > 1 ? found.startsWith(wanted) : found === wanted;
}

/** A quick check; comparing words one by one takes longer. */
function canContain(folded: string, { words, literal }: QueryWord): boolean {
  return literal === undefined ? words.every((word) => folded.includes(word)) : folded.includes(literal);
}

/** The parts of a text without formatting that a search found, in their order; they do not overlap. */
export function foundRanges(text: string, { phrases, symbols }: TextQuery): TextRange[] {
  const { text: folded, starts, ends } = foldWithPlaces(text);
  const words = placedWords(folded);
  const found: TextRange[] = [];
  for (const { symbols: known, start } of symbols.length === 0 ? [] : placedSymbols(folded)) {
    for (const one of symbols) {
      const end = start + one.length;
      if (isSymbol(one, known)) found.push({ start: starts[start] ?? 0, end: ends[end - 1] ?? text.length });
    }
  }
  for (const phrase of phrases) {
    for (const [at, { start }] of words.entries()) {
      const end = phraseEnd(folded, words, at, phrase);
      if (end === undefined) continue;
      const first = start - (phrase[0]?.lead ?? 0);
      found.push({ start: starts[first] ?? 0, end: ends[end - 1] ?? text.length });
    }
  }
  return joined(found);
}

/** The text of a message as clients show it: without formatting codes and the marks of an action. */
export function visibleText(text: string): string {
  // deno-lint-ignore no-control-regex -- the marks are control characters
  return stripFormatting(text.replace(/^\x01ACTION /, "")).replace(/[\x00-\x08\x0b-\x1f]/g, "");
}

/** Between two words that were written together: Korean spaces and the dot between foreign names are often left out. */
const joint = /^[\s\u30fb\u00b7]{0,4}$/u;

/** The end of a phrase that begins with the word at `at`; undefined if it is not there. */
function phraseEnd(
  folded: string,
  words: readonly SearchWord[],
  at: number,
  phrase: readonly QueryWord[],
): number | undefined {
  let next = at;
  let end: number | undefined;
  for (const word of phrase) {
    end = wordEnd(folded, words, next, word);
    if (end === undefined) return undefined;
    next += word.words.length;
  }
  return end;
}

function wordEnd(
  folded: string,
  words: readonly SearchWord[],
  at: number,
  { words: parts, joins, isOpen, literal, lead }: QueryWord,
): number | undefined {
  const last = parts.length - 1;
  let end = 0;
  for (const [index, wanted] of parts.entries()) {
    const found = words[at + index];
    const isFound = found?.text === wanted || (index === last && isOpen && found?.text.startsWith(wanted));
    if (found === undefined || !isFound) return undefined;
    if (joins[index] && !joint.test(folded.slice(end, found.start))) return undefined;
    end = found.start + wanted.length;
  }
  const start = (words[at]?.start ?? 0) - lead;
  if (literal === undefined) return end;
  return hasLiteral(folded, start, literal) ? start + literal.length : undefined;
}

/** Whether a word with symbols stands at `start`, and is not only a part of a number or of a longer symbol. */
function hasLiteral(folded: string, start: number, literal: string): boolean {
  if (!folded.startsWith(literal, start)) return false;
  const first = literal[0] ?? "";
  const before = folded[start - 1] ?? " ";
  if (before === first && !wordCharacter.test(first)) return false;
  // "@ann" is not in "joe@ann.example", and "2.9" is not in "1.2.9".
  if ("@#".includes(first) && wordCharacter.test(before)) return false;
  return !(isDigit(first) && before === "." && isDigit(folded[start - 2]));
}

function isDigit(one: string | undefined): boolean {
  return one !== undefined && /^[0-9]$/.test(one);
}

/** One word of a search, folded; undefined if it has no letter or digit. */
function queryWord(written: string, isOpen: boolean): QueryWord | undefined {
  const word = withoutPunctuation(written);
  const found = placedWords(word);
  const [first] = found;
  if (first === undefined) return undefined;
  const parts = found.slice(0, maxParts).map(({ text }) => text);
  const joins = parts.map((_, at) => at > 0 && endOf(found[at - 1]) === found[at]?.start);
  const last = found.at(-1) ?? first;
  const endsWithSymbol = endOf(last) < word.length;
  // The last word can be the beginning of a longer one, but one letter is whole, and a number after something else.
  const isWhole = found.length === 1 ? isOneLetter(first.text) : isDigit(word.at(-1));
  if (!hasSymbols(word, found)) return { words: parts, joins, isOpen: isOpen && !isWhole, lead: 0 };
  const canGrow = isOpen && !isWhole && !endsWithSymbol && !isDigit(word.at(-1));
  return { words: parts, joins, isOpen: canGrow, literal: word, lead: first.start };
}

function endOf(word: SearchWord | undefined): number {
  return word === undefined ? 0 : word.start + word.text.length;
}

/**
 * Whether ASCII symbols are around the words or between them. A hyphen between two does not count, nor an apostrophe or
 * a quote, which Hebrew has inside words.
 */
function hasSymbols(word: string, found: readonly SearchWord[]): boolean {
  let end = 0;
  for (const { text, start } of found) {
    const between = word.slice(end, start);
    const isSoft = end > 0 && /^[-'"]?$/.test(between);
    if (!isSoft && /[!-~]/.test(between)) return true;
    end = start + text.length;
  }
  return /[!-~]/.test(word.slice(end));
}

/** Beside words, a dash or "?" is punctuation, but ":)" and "=>" are meant. */
function standsAlone(symbols: string, isAlone: boolean): boolean {
  return /^[!-~]+$/.test(symbols) && (isAlone || new Set(symbols).size > 1);
}

function joined(ranges: TextRange[]): TextRange[] {
  ranges.sort((one, other) => one.start - other.start || one.end - other.end);
  const result: TextRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last === undefined || range.start >= last.end) result.push(range);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return result;
}
