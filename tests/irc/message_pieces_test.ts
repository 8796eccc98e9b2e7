/** Splitting the text of a message into pieces: a table of cases, and any text. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { stripFormatting } from "../../lib/irc/formatting.ts";
import { utf8Bytes } from "../../lib/irc/lines.ts";
import { splitMessage } from "../../lib/irc/message_pieces.ts";

const a40 = "a".repeat(40);
const b40 = "b".repeat(40);
const c40 = "c".repeat(40);

/** A line that starts with ">" continues the one before. */
const split = (lines: readonly string[], maxBytes: number) =>
  splitMessage(
    lines.map((line) =>
      line.startsWith(">") ? { text: line.slice(1), concat: true as const } : { text: line }
    ),
    maxBytes,
  );

/** All with 64 bytes. */
const cases: readonly (readonly [what: string, lines: string[], pieces: string[]])[] = [
  ["a short line stays whole", ["hello"], ["hello"]],
  ["a piece ends after a word", [`${a40} ${b40}`], [`${a40} `, b40]],
  ["blank lines are left out", ["one", "", "  ", "two"], ["one", "two"]],
  ["a message of spaces stays one piece", [" ".repeat(100)], [" ".repeat(64)]],
  ["bold continues", [`\x02${a40} ${b40}\x02 ${c40}`], [`\x02${a40} `, `\x02${b40}\x02 `, c40]],
  ["a colour continues with two digits", [`\x034${a40} ${b40}`], [`\x034${a40} `, `\x0304${b40}`]],
  ["both colours continue", [`\x034,1${a40} 5${b40}`], [`\x034,1${a40} `, `\x0304,015${b40}`]],
  ["a comma does not become a colour", [`\x034${a40} ,5${b40}`], [`\x034${a40} `, `\x0304\x02\x02,5${b40}`]],
  ["a hex colour continues", [`\x04ff0000${a40} ${b40}`], [`\x04ff0000${a40} `, `\x04ff0000${b40}`]],
  ["formatting that is reset does not continue", [`\x02\x1d\x034${a40}\x0f ${b40}`], [
    `\x02\x1d\x034${a40}\x0f `,
    b40,
  ]],
  ["a colour that ends does not continue", [`\x034${a40}\x03 ${b40}`], [`\x034${a40}\x03 `, b40]],
  ["a code is not cut", [`${"a".repeat(62)}\x0304b`], ["a".repeat(62), "\x0304b"]],
  ["each piece of an action is one", [`\x01ACTION ${a40} ${b40}\x01`], [
    `\x01ACTION ${a40} \x01`,
    `\x01ACTION ${b40}\x01`,
  ]],
  ["an action can have several lines", ["\x01ACTION one", "two\x01"], [
    "\x01ACTION one\x01",
    "\x01ACTION two\x01",
  ]],
  ["lines that continue stay as their sender cut them", [`${a40} `, `>${b40}`, c40], [`${a40} `, b40, c40]],
  ["a paragraph with a line that is too long is cut anew", [`${a40} ${b40} `, `>xx ${c40}`], [
    `${a40} `,
    `${b40} xx `,
    c40,
  ]],
  ["another CTCP message is cut, not split", [`\x01VERSION ${"x".repeat(100)}\x01`], [
    `\x01VERSION ${"x".repeat(54)}\x01`,
  ]],
];

for (const [what, lines, pieces] of cases) {
  Deno.test(`splitMessage(): ${what}`, () => assertEquals(split(lines, 64), pieces));
}

Deno.test("splitMessage() loses no character, tears none, and keeps to the limit, for any text", () => {
  const word = fc.oneof(
    fc.stringMatching(/^[a-z]{1,90}$/),
    fc.constantFrom(
      "\x02",
      "\x034",
      "\x0312,5",
      "\x04a0b1c2",
      "\x0f",
      "👨‍👩‍👧",
      "🇩🇪",
      "e\u0301".repeat(30),
      "茶",
      " ",
      ",",
    ),
  );
  const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(""));
  fc.assert(fc.property(text, fc.integer({ min: 64, max: 300 }), (line, maxBytes) => {
    const pieces = split([line], maxBytes);
    for (const piece of pieces) assert(utf8Bytes(piece) <= maxBytes && piece.isWellFormed());
    const whole = pieces.map(stripFormatting).join("");
    assertEquals(whole.replaceAll(" ", ""), stripFormatting(line).replaceAll(" ", ""));
  }));
});

Deno.test("splitMessage() takes time in proportion to the text, for hostile text too", () => {
  for (const unit of ["e" + "\u0301".repeat(99), " \u0301", "\x034\x02", "👨‍", "x", " "]) {
    const text = unit.repeat(65_536 / unit.length);
    const start = performance.now();
    split([text], 400);
    assert(performance.now() - start < 2000, JSON.stringify(unit.slice(0, 4)));
  }
});
