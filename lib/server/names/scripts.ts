/**
 * The scripts of a name, and which of them go together in one word: "highly restrictive" of UTS #39 §5.2. Languages that
 * are written in several scripts may mix these and Latin letters.
 */

/** The common ones first: each needs time when it is asked for the first time. */
const scriptNames = (
  "Latin Greek Cyrillic Han Hiragana Katakana Hangul Bopomofo Arabic Hebrew Devanagari Thai Armenian " +
  "Georgian Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Lao Tibetan Myanmar " +
  "Ethiopic Khmer Thaana Cherokee Mongolian Canadian_Aboriginal Syriac Nko Tifinagh Yi Vai Lisu Javanese " +
  "Balinese Sundanese Batak Buginese Buhid Hanunoo Tagalog Tagbanwa Rejang Cham Tai_Le New_Tai_Lue " +
  "Tai_Tham Tai_Viet Meetei_Mayek Ol_Chiki Saurashtra Lepcha Limbu Syloti_Nagri Chakma Kayah_Li Bamum " +
  "Mandaic Samaritan Osage Adlam Hanifi_Rohingya Newa Miao Wancho Nyiakeng_Puachue_Hmong Pahawh_Hmong Mro " +
  "Pau_Cin_Hau Warang_Citi Sora_Sompeng Nandinagari Gunjala_Gondi Masaram_Gondi Medefaidrin Tangsa Toto " +
  "Vithkuqi Nag_Mundari Kawi Garay Gurung_Khema Kirat_Rai Ol_Onal Sunuwar Todhri Tulu_Tigalari Phags_Pa " +
  "Coptic Gothic Runic Ogham Glagolitic Deseret Shavian Old_Italic Old_Permic"
).split(" ");

/** Japanese, Chinese and Korean are written so. */
const together = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];

const words = /[\p{L}\p{M}\p{N}]+/gu;
const patterns = new Map<string, RegExp>();
/** Signs of all scripts, and marks, which take the script of their letter. */
const shared = /[\p{Script=Common}\p{Script=Inherited}]/u;

/** The script of a letter; undefined for signs of all scripts, and for scripts that nobody writes today. */
function scriptOf(letter: string): string | undefined {
  if (shared.test(letter)) return undefined;
  return scriptNames.find((name) => {
    let pattern = patterns.get(name);
    if (pattern === undefined) {
      pattern = new RegExp(`\\p{Script=${name}}`, "u");
      patterns.set(name, pattern);
    }
    return pattern.test(letter);
  });
}

/**
 * The first two scripts that do not go together in a word of this name; undefined if there are none. A word ends at a
 * sign such as "-", "_" or "|": "чат-linux" has two words.
 */
export function mixedScripts(name: string): [string, string] | undefined {
  for (const [word] of name.matchAll(words)) {
    const found = new Set<string>();
    for (const letter of word) {
      const script = scriptOf(letter);
      if (script === undefined || found.has(script)) continue;
      found.add(script);
      const [first = ""] = found;
      const isUsual = found.size === 1 ||
        together.some((group) => [...found].every((one) => group.includes(one)));
      if (!isUsual) return [first, script].map((one) => one.replaceAll("_", " ")) as [string, string];
    }
  }
  return undefined;
}
