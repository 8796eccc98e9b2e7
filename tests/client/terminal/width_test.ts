import { assertEquals } from "@std/assert";
import { textWidth } from "../../../lib/client/terminal/width.ts";

const widths: readonly (readonly [string, number])[] = [
  ["hello", 5],
  ["漢字", 4],
  ["e\u0301", 1],
  ["👍🏽", 2],
  ["👨‍👩‍👧", 2],
  ["❤️", 2],
  ["🇩🇪", 2],
  ["한국어", 6],
  ["ก็", 1],
  ["␛", 1],
  ["\u200b", 0],
  ["", 0],
];

for (const [text, width] of widths) {
  Deno.test(`textWidth() counts ${width} cells for ${JSON.stringify(text)}`, () =>
    assertEquals(textWidth(text), width));
}
