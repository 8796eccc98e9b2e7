/** mask_test.ts compares MaskedText with matchMask() on short texts. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { matchMask } from "../../lib/irc/mask.ts";
import { MaskedText } from "../../lib/irc/masked_text.ts";

Deno.test("MaskedText agrees with matchMask() on texts of more characters than a word has bits", () => {
  const part = fc.constantFrom("*", "?", "a", "B", "a?", "aaaaaaaa", "????????", "\\*", "\\", "\u{1F375}");
  const mask = fc.string({ unit: part, minLength: 2, maxLength: 20 });
  const unit = fc.constantFrom("A", "aaaaaaaa", "b", "*", "\\", "\u{1F375}", "a".repeat(31));
  const text = fc.string({ unit, maxLength: 12 });
  fc.assert(
    fc.property(mask, text, (mask, text) => {
      assertEquals(new MaskedText(text).matches(mask), matchMask(mask, text));
    }),
    { numRuns: 1000 },
  );
});
