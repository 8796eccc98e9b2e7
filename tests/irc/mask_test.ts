/** Vectors: https://github.com/ircdocs/parser-tests (CC0), mask-match, as JSON. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compileMask } from "../../lib/irc/compiled_mask.ts";
import { isMask, matchMask } from "../../lib/irc/mask.ts";
import { MaskedText } from "../../lib/irc/masked_text.ts";
import { fold } from "../../lib/irc/names.ts";
import masks from "../vectors/mask-match.json" with { type: "json" };

Deno.test("isMask() finds a wildcard without a backslash", () => {
  for (const mask of ["*", "a?b", "\\**", "a\\b*"]) assertEquals(isMask(mask), true, mask);
  for (const text of ["", "ann", "\\*", "a\\?b", "\\\\*", "a\\", "ann!a@h"]) {
    assertEquals(isMask(text), false, text);
  }
});

/** The two functions that compare a mask: with one text, and with many texts. */
const matchers = {
  matchMask,
  compileMask: (mask: string, text: string) => compileMask(mask)(fold(text)),
  MaskedText: (mask: string, text: string) => new MaskedText(text).matches(mask),
};

Deno.test("matchMask() and compileMask() pass every public vector", () => {
  for (const { mask, matches, fails } of masks) {
    for (const match of Object.values(matchers)) {
      for (const text of matches) assertEquals(match(mask, text), true, `${mask} ${text}`);
      for (const text of fails) assertEquals(match(mask, text), false, `${mask} ${text}`);
    }
  }
});

const matching: [mask: string, text: string, matches: boolean][] = [
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["**", "", true],
  ["?", "", false],
  ["*a*b*", "xxaxxbxx", true],
  ["*ab", "aab", true],
  ["a*?", "a", false],
  ["ANN!*@*", "ann!x@y", true],
  ["É", "é", false],
  ["?", "\u{1F375}", true],
  ["??", "\u{1F375}", false],
  ["*?", "\u{1F375}", true],
  ["*??", "\u{1F375}", false],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["\\?", "?", true],
  ["\\?", "x", false],
  ["*\\*", "ab*", true],
  ["a\\b", "a\\b", true],
  ["a\\", "a\\", true],
  ["a\\\\", "a\\\\", true],
];

Deno.test("matchMask() and compileMask() apply wildcards, escapes and ASCII case", () => {
  for (const [mask, text, matches] of matching) {
    for (const match of Object.values(matchers)) assertEquals(match(mask, text), matches, `${mask} ${text}`);
  }
});

/** Slow and simple: the mask as a regular expression. */
function matchReference(mask: string, text: string): boolean {
  const pattern = mask.replace(/\\[*?]|[\s\S]/gu, (token) => {
    if (token === "*") return "[^]*";
    if (token === "?") return "[^]";
    const character = token.length === 2 && token.startsWith("\\") ? token.slice(1) : token;
    return /[A-Za-z]/.test(character)
      ? `[${character.toLowerCase()}${character.toUpperCase()}]`
      : character.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&");
  });
  return new RegExp(`^${pattern}$`, "u").test(text);
}

Deno.test("matchMask() and compileMask() agree with a regular expression", () => {
  const mask = fc.string({
    unit: fc.constantFrom("*", "*", "?", "\\", "a", "B", "é", "\u{1F375}"),
    maxLength: 8,
  });
  const text = fc.string({
    unit: fc.constantFrom("a", "A", "b", "*", "?", "\\", "é", "\u{1F375}"),
    maxLength: 10,
  });
  fc.assert(
    fc.property(mask, text, (mask, text) => {
      const wanted = matchReference(mask, text);
      assertEquals(Object.values(matchers).map((matches) => matches(mask, text)), [wanted, wanted, wanted]);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("matchMask() stays fast for a hostile mask", () => {
  const started = performance.now();
  for (const mask of ["*a".repeat(200) + "b", `*${"a".repeat(200)}b`]) matchMask(mask, "a".repeat(4000));
  assertEquals(performance.now() - started < 1000, true);
});

Deno.test("masks from any text never throw", () => {
  const text = fc.string({ unit: fc.constantFrom(..."!@*?\\:.ma1é") });
  fc.assert(fc.property(text, text, (mask, source) => {
    matchMask(mask, source);
  }));
});
