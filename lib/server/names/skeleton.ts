/**
 * The shape of a name: names with equal skeletons look alike (UTS #39 §4). The table of confusable characters is the
 * one of Unicode 13, from the package unhomoglyph. That package only replaces characters, so the steps of the algorithm
 * are here. Differences to UTS #39:
 * - NFKD in place of NFD, because the table has only some of the full-width letters.
 * - "rn" becomes "m", and not the reverse, so most names of ASCII letters are their own skeletons.
 * - Small capitals are letters, because the table gives them for small Cyrillic letters ("к", "в", "н").
 * - Seven letters have the shape that they got by Unicode 17.
 * - A dot above a letter that has a dot already is left out (UTS #39 §5.4), and so are lines above and below letters.
 */
import confusables from "unhomoglyph/data.json" with { type: "json" };
import { isAscii } from "../../irc/names.ts";

const smallCapitals = "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkĸkʟlᴍmʍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz";
const newer = "ӏlƒfшwþpƿpϸpւi";
/** Also lines above and below letters: they decorate a name. */
const unseen = /[\p{Default_Ignorable_Code_Point}\u0305\u0332\u0333\u033f]/gu;
const secondDot = /(\p{Soft_Dotted})\u0307/gu;

/** Made at the first name that needs it. */
let shapes: ReadonlyMap<string, string> | undefined;

function shapeTable(): ReadonlyMap<string, string> {
  if (shapes !== undefined) return shapes;
  const own = pairs(smallCapitals + newer);
  const table = new Map<string, string>();
  for (const [from, to] of Object.entries<string>(confusables)) {
    if (from !== "m") table.set(from, [...to].map((letter) => own.get(letter) ?? letter).join(""));
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
  const seen = isAscii(name) ? name : name.normalize("NFKD").replace(unseen, "").replace(secondDot, "$1");
  const table = shapeTable();
  let shape = "";
  for (const letter of seen) shape += table.get(letter) ?? letter;
  return shape.replaceAll("rn", "m").normalize("NFD");
}
