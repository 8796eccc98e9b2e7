/**
 * Text in the form that the search compares: letters without case, in one of their ways to be written, and without the
 * marks that people leave out. Marks that make another letter stay: Indic vowel signs, Japanese dakuten, й in Russian.
 * Pure.
 */

/** Folded text, and where each of its UTF-16 units comes from. */
export interface FoldedText {
  readonly text: string;
  /** The start in the original of the character that made this unit, and its end. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

// deno-lint-ignore no-control-regex -- all of ASCII
const onlyAscii = /^[\x00-\x7f]*$/;
/** The most characters that are remembered. */
const maxKnown = 8192;
const hasMarks = /\p{M}/u;
/** Invisible characters, and the Arabic line that makes words longer. Tags stay after the black flag: Scotland, Wales. */
const invisible = /(\u{1f3f4}[\u{e0020}-\u{e007f}]+)|[\p{Default_Ignorable_Code_Point}\u0640]/gu;
/** All these are typed for an apostrophe: NFKD would make spaces of some. */
const apostrophes = /[\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u00b4\u2032\u05f3\ua78c]/g;

const keycap = "\u20e3";
const stroke = "\u0338";
const marked = /\P{M}\p{M}+/gu;
/** Marks after these are left out; after a character without a script too, except that of a keycap emoji. */
const losesMarks =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Coptic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}]/u;
const withoutScript = /\p{Script=Common}/u;
const cyrillic = /\p{Script=Cyrillic}/u;
/** Loan sounds in Hindi, which many write without the dot; and the two ways to write a nasal vowel. */
const hindiLoans = "\u0915\u0916\u0917\u091c\u092b";
const [nukta, nasalMoon, nasalDot] = ["\u093c", "\u0901", "\u0902"];
/** Thai and Lao: ำ is one vowel, but some write its circle after the tone, and some before. */
const toneBeforeVowel = /([\u0e48-\u0e4b\u0ec8-\u0ecb])([\u0e4d\u0ecd])/;
/** Hindi writes a nasal before a consonant of its row as a letter without vowel or as a dot: हिन्दी, हिंदी. */
const virama = "\u094d";
const nasalBefore = new RegExp(
  ["\u0919[क-घ]", "\u091e[च-झ]", "\u0923[ट-ढ]", "\u0928[त-ध]", "\u092e[प-भ]"]
    .map(([nasal, ...row]) => `${nasal}${virama}(?=${row.join("")})`).join("|"),
  "g",
);
/** Letters of sameLetters, Katakana, digits and dashes beyond ASCII. */
const special =
  /[\u066a-\u066c\u0d7a-\u0d7fßæœøđðþłħŧıĸς\u0629\u0649\u0671\u06a9\u06be\u06c0\u06c1\u06c3\u06cc\u06d5\u30a1-\u30f6\u30fd\u30fe]|(?![-0-9])[\p{Nd}\p{Pd}]/gu;
const sameLetters: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ŧ: "t",
  ı: "i",
  ĸ: "k",
  ς: "σ",
  // Arabic signs for percent, decimals and thousands.
  "\u066a": "%",
  "\u066b": ".",
  "\u066c": ",",
  // Malayalam consonants without vowel, which were two characters in older text.
  "\u0d7a": "\u0d23\u0d4d",
  "\u0d7b": "\u0d28\u0d4d",
  "\u0d7c": "\u0d30\u0d4d",
  "\u0d7d": "\u0d32\u0d4d",
  "\u0d7e": "\u0d33\u0d4d",
  "\u0d7f": "\u0d15\u0d4d",
  "\u0671": "\u0627",
  "\u0649": "\u064a",
  "\u06cc": "\u064a",
  "\u06a9": "\u0643",
  "\u06c1": "\u0647",
  "\u06be": "\u0647",
  "\u06d5": "\u0647",
  "\u06c0": "\u0647",
  "\u06c3": "\u0647",
  "\u0629": "\u0647",
};
/** One character with its marks; the parts of a Korean syllable; a half-width kana with its mark; Hindi nasals. */
const character =
  /(?:[\u0919\u091e\u0923\u0928\u092e][\p{Default_Ignorable_Code_Point}\u0640]*\u094d[\p{Default_Ignorable_Code_Point}\u0640]*)+\P{M}[\p{M}\p{Default_Ignorable_Code_Point}\u0640]*|[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*|\u{1f3f4}[\u{e0020}-\u{e007f}]+|\P{M}[\p{M}\p{Default_Ignorable_Code_Point}\u0640\uff9e\uff9f]*[\u0e33\u0eb3]?|\p{M}+/gsu;

// deno-lint-ignore no-control-regex -- letters of Latin alphabets, and no marks, which belong to the letter before
const onlyLatin = /^[\x00-\u024f]*$/;
const beyondAscii = /[\x80-\u024f]/g;
const foldLetter = remembering(foldWhole);

/** The folded text. */
export function foldText(text: string): string {
  if (onlyAscii.test(text)) return text.toLowerCase();
  // Few letters of such a text are not ASCII.
  return onlyLatin.test(text) ? text.replace(beyondAscii, foldLetter).toLowerCase() : foldWhole(text);
}

const foldMarked = remembering(withoutNeedlessMarks);
const foldSpecial = remembering(plainCharacter);

function foldWhole(text: string): string {
  let folded = text.replace(invisible, "$1").replace(apostrophes, "'").replaceAll("\u05f4", '"').normalize(
    "NFKD",
  ).toLowerCase();
  if (hasMarks.test(folded)) folded = folded.replace(marked, foldMarked);
  if (folded.includes(virama)) folded = folded.replace(nasalBefore, nasalDot);
  return folded.replace(special, foldSpecial).normalize("NFC");
}

/** The same function with a memory: people use few different characters. */
function remembering(compute: (one: string) => string): (one: string) => string {
  const known = new Map<string, string>();
  return (one) => {
    let found = known.get(one);
    if (found === undefined) {
      found = compute(one);
      if (known.size < maxKnown && one.length < 8) known.set(one, found);
    }
    return found;
  };
}

/** A letter that is written in several ways, a Katakana as Hiragana, a digit or a dash as ASCII has it. */
function plainCharacter(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  if (code >= 0x30a1 && code <= 0x30fe) return String.fromCharCode(code - 0x60);
  return sameLetters[one] ?? (/\p{Nd}/u.test(one) ? asciiDigit(code) : "-");
}

/** The folded text with the places of its characters; slower than foldText(). */
export function foldWithPlaces(text: string): FoldedText {
  let folded = "";
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: one, index } of text.matchAll(character)) {
    const part = foldText(one);
    folded += part;
    for (let unit = 0; unit < part.length; unit++) {
      starts.push(index);
      ends.push(index + one.length);
    }
  }
  return { text: folded, starts, ends };
}

/** A character with the marks that stay; the text is decomposed. */
function withoutNeedlessMarks(one: string): string {
  const base = String.fromCodePoint(one.codePointAt(0) ?? 0);
  return base + keptMarks(base, one.slice(base.length));
}

function keptMarks(base: string, marks: string): string {
  if (losesMarks.test(base)) return "";
  if (withoutScript.test(base)) return signMarks(base, marks);
  if (cyrillic.test(base)) return cyrillicLetterMarks(base, marks);
  const first = hindiLoans.includes(base) && marks.startsWith(nukta) ? marks.slice(1) : marks;
  return first.replaceAll(nasalMoon, nasalDot).replace(toneBeforeVowel, "$2$1");
}

/** "≠" is "=" with a mark, and a keycap emoji is a digit with a mark. */
function signMarks(base: string, marks: string): string {
  if (marks.startsWith(stroke) && /\p{Sm}/u.test(base)) return stroke;
  return marks.includes(keycap) && /[0-9#*]/.test(base) ? keycap : "";
}

/**
 * й, ў, ї, ѓ and ќ are letters of their own. ё is written as е by most people, and the acute on a vowel only shows the
 * stress.
 */
function cyrillicLetterMarks(base: string, marks: string): string {
  let kept = "";
  for (const mark of marks) {
    if (mark === "\u0306" || (mark === "\u0308" && base !== "е")) kept += mark;
    else if (mark === "\u0301" && "гк".includes(base)) kept += mark;
  }
  return kept;
}

/** The digits of each script stand in a row from 0 to 9; the rows of two scripts can touch. */
function asciiDigit(code: number): string {
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}
