/** Names that deceive, and names of many languages, which are fine. */
import { assertEquals } from "@std/assert";
import { isChannelName, isNick } from "../../../lib/irc/names.ts";
import { nameFault } from "../../../lib/server/names/name_fault.ts";
import confusables from "unhomoglyph/data.json" with { type: "json" };
import { skeleton } from "../../../lib/server/names/skeleton.ts";

const names = {
  Latin: "Zoë Łukasz Ngọc İbrahim Đorđe Þóra straße",
  Cyrillic: "Юля Дмитрий Їжак Ђорђе Бүжинлхам",
  Greek: "Αλέξανδρος Σοφία",
  Armenian: "Արամ Հասմիկ",
  Georgian: "გიორგი ნინო",
  Hebrew: "יעל משֶׁה",
  Arabic: "محمد مَریم پرویز",
  Devanagari: "प्रिया राम१",
  Bengali: "সুমন",
  Gurmukhi: "ਗੁਰਪ੍ਰੀਤ",
  Gujarati: "કૃષ્ણ",
  Tamil: "கவிதா",
  Telugu: "వెంకట్",
  Kannada: "ಕಾವ್ಯ",
  Malayalam: "മീര",
  Sinhala: "සඳුනි",
  Thai: "สมชาย น้ำ",
  Lao: "ສົມໄຊ",
  Khmer: "សុខា",
  Burmese: "အောင်",
  Tibetan: "བསྟན་འཛིན",
  Amharic: "አበበ",
  Chinese: "小明 ㄒㄧㄠˇ明 Amy陳",
  Japanese: "たろう タロー 太郎 山田Taro ゆきー",
  Korean: "민준 ㅋㅋ 민준Kim 金민준",
  Cherokee: "ᏣᎳᎩ",
  Tifinagh: "ⵎⴰⵙⵉⵏⵉⵙⴰ",
  NKo: "ߒߞߏ",
  Mongolian: "ᠮᠣᠩᠭᠣᠯ",
  several: "Маша|away юля-afk linux-чат Иван_Smith ελλάδα[work] 𝓐nn",
};

Deno.test("a name in the script of its language is fine as a nick and as a channel", () => {
  for (const [language, list] of Object.entries(names)) {
    for (const name of list.split(" ")) {
      // The Tibetan "་" is punctuation.
      if (language !== "Tibetan") assertEquals(isNick(name.normalize("NFC"), 30), true, name);
      assertEquals(
        [isChannelName(`#${name}`.normalize("NFC"), 50), nameFault(`#${name}`)],
        [true, undefined],
        name,
      );
      assertEquals(nameFault(name), undefined, name);
    }
  }
  for (const name of ["#☕\ufe0f", "#🇫🇷", "#👍🏽", "#🍵tea", "#1", "#", "#c++", "#a!b"]) {
    assertEquals(nameFault(name), undefined, name);
  }
});

Deno.test("a word of two scripts is not a name", () => {
  const mixed: Record<string, [string, string]> = {
    "аnn": ["Cyrillic", "Latin"],
    "NіckServ": ["Latin", "Cyrillic"],
    "#tеa": ["Latin", "Cyrillic"],
    "αnn": ["Greek", "Latin"],
    "bօb": ["Latin", "Armenian"],
    "Ꭺnn": ["Cherokee", "Latin"],
    "раyраl_раyраl": ["Cyrillic", "Latin"],
    "タρо": ["Katakana", "Greek"],
    "カᄀ": ["Katakana", "Hangul"],
    "ann|аnn": ["Cyrillic", "Latin"],
    "ann১": ["Latin", "Bengali"],
  };
  for (const [name, scripts] of Object.entries(mixed)) {
    assertEquals(nameFault(name), `it mixes ${scripts.join(" and ")} letters in one word`, name);
  }
});

Deno.test("what is not seen, and piles of marks, are no part of a name", () => {
  const faults: readonly (readonly [fault: string, ...names: string[]])[] = [
    [
      "it has an invisible character",
      "#te\u034fa",
      "#tea\ufe0f",
      "#tea\u3164",
      "#\u115ftea",
      "#tea\uffa0",
      "#tea\u{e0100}",
      "#\ufe0f\u20e3",
    ],
    [
      "it has a character that cannot be shown",
      "#tea\u2800",
      "#tea\ue000",
      "#tea\ufffc",
      "#tea\u{1d159}",
      "#tea\u{50000}",
    ],
    ["it has too many accents on a letter", "#t\u0335\u0327\u0322\u0321\u031bea", "#\u0301tea"],
  ];
  for (const [fault, ...list] of faults) {
    for (const name of list) assertEquals(nameFault(name), fault, JSON.stringify(name));
  }
});

/** The first ones are the examples of UTS #39; "m" is "rn" there. */
Deno.test("skeleton() has the shapes of ASCII from the table of the package", () => {
  for (let code = 0x20; code < 0x7f; code++) {
    const sign = String.fromCharCode(code);
    const shape = sign === "m" ? sign : (confusables as Record<string, string>)[sign] ?? sign;
    assertEquals(skeleton(sign), shape.normalize("NFD"), sign);
    assertEquals(skeleton(`${sign}ф`), skeleton(sign) + skeleton("ф"), sign);
  }
});

Deno.test("skeleton() gives the shape of a name", () => {
  for (const name of ["paypal", "𝔭𝒶ỿ𝕡𝕒ℓ", "ρ⍺у𝓅𝒂ן", "раураӏ", "paypaI", "ｐａｙｐａｌ", "pay\u00adpal"]) {
    assertEquals(skeleton(name), "paypal", name);
  }
  const shapes = [
    "Mirna",
    "ⅿ",
    "0x1",
    "Zoë",
    "нет",
    "ﬁn",
    "小明",
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ",
  ];
  assertEquals(shapes.map(skeleton), [
    "Mima",
    "m",
    "Oxl",
    "Zoe\u0308",
    "het",
    "fin",
    "小明",
    "abcdefghijklmnopqrstuvwxyz",
  ]);
});
