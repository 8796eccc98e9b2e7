/**
 * A name in the letters that every IRC program can show and type: "Zoë" → "Zoe", "Юля" → "Yulya". It knows Latin,
 * Cyrillic and Greek letters, and leaves out what it does not know. It is a proposal for a person, so different names
 * can have the same form.
 */

/** Letters that are not a base letter with marks; upper case follows from lower case. */
const latin = "ß ss æ ae œ oe ø o đ d ð d þ th ł l ħ h ı i ŋ n ſ s ə e";
const cyrillic =
  "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts " +
  "ч ch ш sh щ shch ъ _ ы y ь _ э e ю yu я ya ѐ e ђ dj є ye ѕ dz і i ј j љ lj њ nj ћ c џ dz ґ g";
const greek =
  "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o";

const words = `${latin} ${cyrillic} ${greek}`.split(" ");
/** "_" stands for nothing. */
const letters: ReadonlyMap<string, string> = new Map(
  words.flatMap((letter, at) =>
    at % 2 === 0 ? [[letter, words[at + 1]?.replace("_", "") ?? ""] as const] : []
  ),
);

/** The name in ASCII, without the characters that have no form in it; "" if nothing is left. */
export function toAscii(name: string): string {
  // "й" is "и" with a mark, but it is a letter of its own.
  const bare = name.normalize("NFC").replace(/й/g, "y").replace(/Й/g, "Y").normalize("NFKD");
  // deno-lint-ignore no-control-regex -- all of ASCII
  return bare.replace(/[^\x00-\x7f]/gu, asciiLetters);
}

function asciiLetters(letter: string): string {
  const lower = letter.toLowerCase();
  const found = letters.get(lower) ?? "";
  return lower === letter ? found : found.charAt(0).toUpperCase() + found.slice(1);
}

/**
 * The nearest nick of ASCII letters, digits and _-[]\`^{|}, at most `maxLength` long; undefined if nothing of the name
 * is left, or if the name is such a nick already.
 */
export function asciiNick(name: string, maxLength = 30): string | undefined {
  const kept = toAscii(name).replace(/[^A-Za-z0-9_\-[\]\\`^{|}]/g, "");
  if (!/[A-Za-z]/.test(kept)) return undefined;
  const nick = (/^[0-9-]/.test(kept) ? `_${kept}` : kept).slice(0, maxLength);
  return nick === name ? undefined : nick;
}
