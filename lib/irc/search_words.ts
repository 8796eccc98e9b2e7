/**
 * The words of folded text (folded_text.ts), as the search index stores them. In scripts that write no spaces between
 * words each character is a word, and Korean is treated so too, because its words grow endings and join. Pure.
 */

/** A word and its place in the folded text. */
export interface SearchWord {
  readonly text: string;
  readonly start: number;
}

const unspacedScripts =
  "Han Hiragana Katakana Bopomofo Hangul Thai Lao Khmer Myanmar Yi Javanese Balinese Tai_Le New_Tai_Lue Tai_Tham " +
  "Tai_Viet Tangut Nushu Cuneiform Egyptian_Hieroglyphs";
/** The mark for a long vowel belongs to no script. */
const unspaced = `[\u30fc${unspacedScripts.split(" ").map((one) => `\\p{Script=${one}}`).join("")}]`;
const flag = "\\p{Regional_Indicator}{2}";
const keycap = "[0-9#*]\u20e3";
const pictograph = "(?:\\p{Extended_Pictographic}|\\p{Emoji_Modifier})[\\u{e0020}-\\u{e007f}]*";
/** Signs that Unicode counts as punctuation, but that say something: § 5, 5 ‰. */
const signs = "§¶†‡‰‱※";
const symbol = `(?![\0-\x7f])[\\p{S}${signs}]`;
/** One sign of those that are words. */
export const signPattern = `[${signs}]`;
/** In "v2.9" the number counts as a word, so a search for 2.9 finds it. */
const version = "(?<![\\p{L}\\p{N}])v(?=\\d)";
const character = "[\\p{L}\\p{N}\\p{M}]";
/** For text that is only ASCII, where it is ten times as fast. */
const asciiWord = /v(?=[0-9])|[a-z0-9]+/g;
// deno-lint-ignore no-control-regex -- all of ASCII
const onlyAscii = /^[\x00-\x7f]*$/;

/** Made with the first text that is not only ASCII: they take 4 ms, and most starts do not need them. */
let patterns: ReturnType<typeof makePatterns> | undefined;

function makePatterns() {
  const spacedWord = [keycap, version, `${character}+`, flag, pictograph, symbol];
  const anyWord = [
    `(?=${character})${unspaced}\\p{M}*`,
    keycap,
    version,
    `(?:(?!${unspaced})${character})+`,
    flag,
    pictograph,
    symbol,
  ];
  return {
    hasUnspaced: new RegExp(unspaced, "u"),
    spacedWord: new RegExp(spacedWord.join("|"), "gu"),
    /** In text with characters of scripts without spaces. */
    anyWord: new RegExp(anyWord.join("|"), "gu"),
    oneLetter: new RegExp(`^(?!${unspaced})[\\p{L}\\p{N}]$`, "u"),
  };
}

/** The words of folded text, in their order. */
export function wordsOf(folded: string): string[] {
  return folded.match(wordPattern(folded)) ?? [];
}

/** The words of folded text with their places. */
export function placedWords(folded: string): SearchWord[] {
  return Array.from(folded.matchAll(wordPattern(folded)), ({ 0: text, index }) => ({ text, start: index }));
}

function wordPattern(folded: string): RegExp {
  if (onlyAscii.test(folded)) return asciiWord;
  patterns ??= makePatterns();
  return patterns.hasUnspaced.test(folded) ? patterns.anyWord : patterns.spacedWord;
}

/** Whether a word is one letter or digit, in a script with spaces. */
export function isOneLetter(word: string): boolean {
  patterns ??= makePatterns();
  return patterns.oneLetter.test(word);
}

/** The longest symbol that is searched; of longer ones, this much is compared. */
const maxSymbol = 8;

/**
 * The symbols that a search without words finds: one that stands alone ("-"), and groups such as ":)" and "->", also
 * beside a word and at the end of a longer group.
 */
export function placedSymbols(folded: string): { symbols: string; start: number }[] {
  return Array.from(folded.matchAll(/[!-/:-@[-`{-~]+/g)).flatMap(({ 0: group, index }) => {
    if (group.length === 1) {
      const isAlone = !/\S/.test((folded[index - 1] ?? " ") + (folded[index + 1] ?? " "));
      return isAlone ? [{ symbols: group, start: index }] : [];
    }
    return Array.from(
      { length: group.length - 1 },
      (_, at) => ({ symbols: cutSymbol(group.slice(at)), start: index + at }),
    );
  });
}

/** More different symbols of one text are not searched: the index would be many times as long as the text. */
const maxSymbols = 256;

/** The same, each once. */
export function symbolsOf(folded: string): Set<string> {
  return new Set([...new Set(placedSymbols(folded).map(({ symbols }) => symbols))].slice(0, maxSymbols));
}

/** A group of symbols as placedSymbols() returns it. */
export function cutSymbol(symbols: string): string {
  return symbols.slice(0, maxSymbol);
}
