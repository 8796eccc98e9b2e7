/** Packing words and splitting texts: a table of cases, and any text. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { utf8Bytes } from "../../lib/irc/lines.ts";
import { cutText, packWords, splitText } from "../../lib/irc/wrap.ts";

const packed: [words: string[], maxBytes: number, lines: string[]][] = [
  [[], 10, []],
  [["ann"], 10, ["ann"]],
  [["ann", "bob", "cat"], 7, ["ann bob", "cat"]],
  [["ann", "bob", "cat"], 6, ["ann", "bob", "cat"]],
  [["ann", "bob", "cat"], 99, ["ann bob cat"]],
  [["ann", "much-too-long", "cat"], 5, ["ann", "much-too-long", "cat"]],
  [["zoë", "ann"], 7, ["zoë", "ann"]],
  [["zoë", "ann"], 8, ["zoë ann"]],
  [["\u{1F375}", "\u{1F375}"], 9, ["\u{1F375} \u{1F375}"]],
];

Deno.test("packWords() fills lines in order", () => {
  for (const [words, maxBytes, lines] of packed) assertEquals(packWords(words, maxBytes), lines);
  assertEquals(packWords(new Set(["ann", "bob", "cat"]), 7, ","), ["ann,bob", "cat"]);
});

Deno.test("packWords() loses no word and uses as few lines as possible", () => {
  const words = fc.array(fc.stringMatching(/^[a-zé茶]{1,8}$/));
  fc.assert(fc.property(words, fc.integer({ min: 24, max: 80 }), (words, maxBytes) => {
    const lines = packWords(words, maxBytes);
    assertEquals(lines.flatMap((line) => line.split(" ")), words);
    for (const [i, line] of lines.entries()) {
      assert(utf8Bytes(line) <= maxBytes);
      const next = lines[i + 1]?.split(" ")[0];
      assert(next === undefined || utf8Bytes(`${line} ${next}`) > maxBytes);
    }
  }));
});

const family = "\u{1F468}\u200d\u{1F469}\u200d\u{1F467}"; // 18 bytes, one grapheme
const flag = "\u{1F1E9}\u{1F1EA}"; // 8 bytes

const split: [text: string, maxBytes: number, pieces: string[]][] = [
  ["", 4, [""]],
  ["tea", 4, ["tea"]],
  ["green tea", 9, ["green tea"]],
  ["green tea", 8, ["green ", "tea"]],
  ["green tea", 6, ["green ", "tea"]],
  ["green tea", 5, ["green", " tea"]],
  ["abcdefghij", 4, ["abcd", "efgh", "ij"]],
  ["a bcdefgh", 4, ["a ", "bcde", "fgh"]],
  ["a  b  c  d", 4, ["a  ", "b  ", "c  d"]],
  ["      x", 4, ["    ", "  x"]],
  ["abcd    ", 6, ["abcd  ", "  "]],
  ["茶茶茶", 4, ["茶", "茶", "茶"]],
  ["茶茶茶", 7, ["茶茶", "茶"]],
  ["\u{1F375}\u{1F375}", 7, ["\u{1F375}", "\u{1F375}"]],
  ["abce\u0301f", 5, ["abc", "e\u0301f"]],
  [`hi${family}`, 19, ["hi", family]],
  [`${flag}${flag}`, 12, [flag, flag]],
  [`${family}x`, 12, ["\u{1F468}\u200d\u{1F469}", "\u200d\u{1F467}x"]],
  ["ab \u0301cd", 4, ["ab", " \u0301c", "d"]],
];

Deno.test("splitText() cuts after spaces, otherwise between graphemes", () => {
  for (const [text, maxBytes, pieces] of split) {
    assertEquals(splitText(text, maxBytes), pieces, JSON.stringify(text));
  }
});

Deno.test("splitText() gives pieces that fit and together make the whole text", () => {
  const unit = fc.constantFrom("a", "bc", " ", "é", "茶", "\u{1F375}", "\u0301", family, flag, "\ud83d");
  fc.assert(fc.property(fc.string({ unit }), fc.integer({ min: 4, max: 40 }), (text, maxBytes) => {
    const pieces = splitText(text, maxBytes);
    assertEquals(pieces.join(""), text);
    for (const piece of pieces) assert(piece !== "" || text === "");
    for (const piece of pieces) assert(new TextEncoder().encode(piece).length <= maxBytes);
  }));
});

Deno.test("splitText() does not cut a grapheme that fits", () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const graphemes = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);
  const unit = fc.constantFrom("a", " ", "e\u0301", "茶", "\u{1F375}", family, flag, "한", "\u1100\u1161");
  fc.assert(fc.property(fc.string({ unit }), fc.integer({ min: 18, max: 60 }), (text, maxBytes) => {
    assertEquals(splitText(text, maxBytes).flatMap(graphemes), graphemes(text));
  }));
});

Deno.test("splitText() refuses a budget that is too small for a character", () => {
  assertThrows(() => splitText("tea", 3), RangeError, "maxBytes must be >= 4: it is 3");
  assertThrows(() => splitText("tea", NaN), RangeError);
});

Deno.test("cutText() cuts between graphemes", () => {
  assertEquals(cutText("tea and cake", 3), "tea");
  assertEquals(cutText("ab👨‍👩‍👧", 5), "ab");
  assertEquals(cutText("cafe\u0301", 4), "caf");
  assertEquals(cutText("😀😀", 3), "😀");
  assertEquals(cutText(`e${"\u0301".repeat(9)}`, 4).length, 4);
});
