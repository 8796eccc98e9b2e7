import { assertEquals } from "@std/assert";
import { cutGraphemes, excerpt, markedExcerpt, messageTitle } from "../../../lib/client/text/excerpt.ts";
import { sampleMessage } from "../state/sample_message.ts";

const family = "👨‍👩‍👧";

const cases: readonly (readonly [why: string, text: string, max: number, shown: string])[] = [
  ["a short text stays", "tea?", 4, "tea?"],
  ["a long text ends in an ellipsis", "tea and cake", 5, "tea…"],
  ["a family of three people is one grapheme", `${family}${family}${family}`, 2, `${family}…`],
  ["a family that fits is whole", `ab${family}`, 3, `ab${family}`],
  ["a flag, a skin tone and a keycap stay whole", "🇫🇷👍🏽1️⃣xx", 4, "🇫🇷👍🏽1️⃣…"],
  ["an accent stays on its letter", "cafe\u0301 noir", 5, "cafe\u0301…"],
  ["a pair of surrogates stays whole", "😀😀😀", 2, "😀…"],
  ["codes are removed before the cut", "\x0304,01red\x03 \x02bold\x02 \x0fplain", 14, "red bold plain"],
  ["a hex colour is removed", "\x04ff0000red\x04", 9, "red"],
  ["lines become one", "one\r\ntwo\n\nthree", 20, "one two three"],
  ["an empty first line is left out", "\n\nwords", 20, "words"],
  ["what a screen would act on is made visible", "a\x1b[2Jb", 20, "a␛[2Jb"],
];

for (const [why, text, max, shown] of cases) {
  Deno.test(`excerpt(): ${why}`, () => assertEquals(excerpt(text, max), shown));
}

Deno.test("markedExcerpt() shows the text around the first marked part, in pieces", () => {
  const tea = (text: string) =>
    [...text.matchAll(/tea/g)].map(({ index }) => ({ start: index, end: index + 3 }));
  assertEquals(markedExcerpt("\x02green\x02 tea, tea", 40, tea), ["green ", "tea", ", ", "tea", ""]);
  assertEquals(markedExcerpt("no cake", 40, tea), ["no cake"]);
  const [before = "", marked, after = ""] = markedExcerpt(
    `${"word ".repeat(90)}tea ${"end ".repeat(90)}`,
    40,
    tea,
  );
  assertEquals([before, marked, after.slice(0, 8), after.at(-1)], ["…word word ", "tea", " end end", "…"]);
});

Deno.test("cutGraphemes() takes linear time", () => {
  const begun = performance.now();
  cutGraphemes(`e${"\u0301".repeat(200_000)}`, 10);
  assertEquals(performance.now() - begun < 1_000, true);
});

Deno.test("messageTitle() names the channel, and a person only once", () => {
  assertEquals(messageTitle({ ...sampleMessage, buffer: "#tea", to: "@#tea" }), "ann in #tea");
  assertEquals(messageTitle({ ...sampleMessage, buffer: "ann", to: "bob", direct: true }), "ann");
});
