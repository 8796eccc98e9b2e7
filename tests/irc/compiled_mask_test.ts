/** mask_test.ts compares compileMask() with matchMask() on short masks. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compileMask } from "../../lib/irc/compiled_mask.ts";
import { matchMask } from "../../lib/irc/mask.ts";
import { fold } from "../../lib/irc/names.ts";

Deno.test("compileMask() agrees with matchMask() on masks of more tokens than a word has bits", () => {
  const unit = fc.constantFrom("*", "?", "a", "b", "a?", "aaaaaaaa", "????????", "\u{1F375}");
  const mask = fc.string({ unit, minLength: 4, maxLength: 30 });
  const text = fc.string({ unit: fc.constantFrom("a", "aaaaaaaa", "b", "\u{1F375}"), maxLength: 40 });
  fc.assert(
    fc.property(mask, text, (mask, text) => {
      assertEquals(compileMask(mask)(fold(text)), matchMask(mask, text));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("compileMask() stays fast for a hostile mask and texts", () => {
  const text = fold("a".repeat(200));
  const seconds = (mask: string) => {
    const started = performance.now();
    const matches = compileMask(mask);
    for (let count = 0; count < 20_000; count++) matches(text);
    return (performance.now() - started) / 1000;
  };
  // matchMask() takes 0.8 seconds for one of these; a mask of one letter takes 0.01 seconds.
  const worst = Math.max(...[`*${"aa?".repeat(33)}ab*`, `*${"?".repeat(99)}b`].map(seconds));
  assertEquals(worst < 0.4, true, `${worst} s`);
});
