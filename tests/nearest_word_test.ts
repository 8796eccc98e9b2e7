import { assertEquals } from "@std/assert";
import { nearestWord } from "../lib/nearest_word.ts";

const names = ["join", "ban", "names", "j", "history"];

const rows: readonly (readonly [written: string, nearest: string | undefined])[] = [
  ["jion", "join"],
  ["bam", "ban"],
  ["nmaes", "names"],
  ["histroy", "history"],
  ["hisory", "history"],
  ["x", undefined],
  ["bxx", undefined],
  ["xyzzy", undefined],
];

for (const [written, nearest] of rows) {
  Deno.test(`nearestWord() finds ${nearest} for ${written}`, () => {
    assertEquals(nearestWord(written, names), nearest);
  });
}
