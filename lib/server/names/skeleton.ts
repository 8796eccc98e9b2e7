/**
 * The shape of a name: names with equal skeletons look alike (UTS #39 §4). The table of confusable characters is the
 * one of Unicode 13, from the package unhomoglyph. That package only replaces characters, so the steps of the algorithm
 * are here. Differences to UTS #39:
 * - NFKD in place of NFD, because the table has only some of the full-width letters.
 * - "rn" becomes "m", and not the reverse, so most names of ASCII letters are their own skeletons.
 * - Small capitals are letters, because the table gives them for small Cyrillic letters ("к", "в", "н").
 * - Seven letters have the shape that they got by Unicode 17.
 * - A dot above a letter that has a dot already is left out (UTS #39 §5.4), and so is what decorates letters: lines
 *   above and below them, circles around them.
 * - White letters in black squares and circles, and the letters of flags, are letters.
 */
import confusables from "unhomoglyph/data.json" with { type: "json" };
import { isAscii } from "../../irc/names.ts";

const smallCapitals = "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkĸkʟlᴍmʍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz";
const newer = "ӏlƒfшwþpƿpϸpւi";
/** Letters of other scripts that are used as Latin ones; the table has the other letters of this kind. */
const fancy = "ᗩAᑕCᗪDᑎNՈNᔕSᘔZ";
/** Also lines above and below letters, and what surrounds them: they decorate a name. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Me}\u0305\u0332\u0333\u033f\u20d0-\u20f0]/gu;
/** NFKD knows the black letters in white squares and circles only. The letters of flags are letters on Windows. */
const blackOrFlag = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu;
const firstLetters = [0x1f1e6, 0x1f170, 0x1f150];
const strokes = /(?<=\p{L}\p{M}*)[\u0334-\u0338]/gu;
const secondDot = /(\p{Soft_Dotted})\u0307/gu;

/** The rows of the table for ASCII, without "m". */
const asciiShapes: ReadonlyMap<string, string> = new Map([
  ["0", "O"],
  ["1", "l"],
  ["I", "l"],
  ["|", "l"],
  ["`", "'"],
  ['"', "''"],
  ["%", "º/₀"],
]);

/** All rows. Made at the first name that is not ASCII, because it needs some milliseconds. */
let shapes: ReadonlyMap<string, string> | undefined;

function shapeTable(): ReadonlyMap<string, string> {
  if (shapes !== undefined) return shapes;
  const own = pairs(smallCapitals + newer + fancy);
  const changing = new RegExp(`[${[...own.keys()].join("")}]`, "gu");
  const table = new Map<string, string>();
  for (const [from, to] of Object.entries<string>(confusables)) {
    if (from !== "m") table.set(from, to.replace(changing, (letter) => own.get(letter) ?? letter));
  }
  for (const [from, to] of own) table.set(from, to);
  return shapes = table;
}

/** Each second letter by the one before it. */
function pairs(letters: string): ReadonlyMap<string, string> {
  return new Map([...letters.matchAll(/(.)(.)/gu)].map(([, from = "", to = ""]) => [from, to]));
}

/** The shape of a name as it is written; letters of different case keep different shapes. Linear in its length. */
export function skeleton(name: string): string {
  const isPlain = isAscii(name);
  const seen = isPlain
    ? name
    : name.normalize("NFKD").replace(unseen, "").replace(secondDot, "$1").replace(blackOrFlag, plainLetter);
  const table = isPlain ? asciiShapes : shapeTable();
  let shape = "";
  for (const letter of seen) shape += table.get(letter) ?? letter;
  return shape.replaceAll("rn", "m").normalize("NFD");
}

function plainLetter(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return String.fromCharCode(0x41 + code - (firstLetters.find((first) => first <= code) ?? code));
}

/** A name without strokes through its letters. They decorate it, but some letters are read so: "o" with a stroke as "ø". */
export function withoutStrokes(name: string): string {
  return name.replace(strokes, "").normalize("NFC");
}
