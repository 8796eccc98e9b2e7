import { assertEquals } from "@std/assert";
import { plain, plainName } from "../../../lib/client/text/plain.ts";

const harmful: readonly (readonly [why: string, text: string, shown: string])[] = [
  ["plain words stay", "hello, world~", "hello, world~"],
  ["letters of every script stay", "héllo 漢字 עברית नमस्ते", "héllo 漢字 עברית नमस्ते"],
  ["ESC", "\x1b[2J", "␛[2J"],
  ["newline and return", "a\r\nb", "a␍␊b"],
  ["tab", "a\tb", "a b"],
  ["bell and backspace", "\x07\b", "␇␈"],
  ["DEL", "a\x7fb", "a␡b"],
  ["C1: CSI in one character", "\x9b31m", "�31m"],
  ["OSC and its end", "\x9d0;title\x9c", "�0;title�"],
  ["direction overrides", "a\u202eb\u2066c\u2069", "a�b�c�"],
  ["direction marks", "a\u200e\u200fb", "a��b"],
  ["zero width space, word joiner, BOM", "a\u200bb\u2060c\ufeff", "a�b�c�"],
  ["line and paragraph separators", "a\u2028b\u2029", "a�b�"],
  ["tag characters", "a\u{e0061}\u{e0062}", "a��"],
  ["variation selectors that carry nothing", "a\ufe0f\u{e0100}", "a��"],
  ["half of a pair", "a\ud800b", "a�b"],
  ["a family is one emoji", "👨‍👩‍👧 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ 1️⃣", "👨‍👩‍👧 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ 1️⃣"],
  ["a joiner between Latin letters", "a\u200db", "a�b"],
  ["a non-joiner in Persian", "می\u200cخواهم", "می\u200cخواهم"],
  ["marks in spelling", "e\u0301 ก็", "e\u0301 ก็"],
  ["many marks on one letter", "e" + "\u0301".repeat(40) + "x", "e" + "\u0301".repeat(4) + "�x"],
  ["a mark with no letter", "\u0301x", "◌\u0301x"],
];

for (const [why, text, shown] of harmful) {
  Deno.test(`plain() makes text harmless: ${why}`, () => assertEquals(plain(text), shown));
}

Deno.test("plain() leaves no invisible character of the lower planes", () => {
  const left: string[] = [];
  for (let code = 0; code < 0x20000; code++) {
    const shown = plain(`a${String.fromCodePoint(code)}b`);
    if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u.test(shown)) {
      left.push(code.toString(16));
    }
  }
  assertEquals(left, []);
});

Deno.test("plainName() has no space of any kind", () => {
  assertEquals(plainName("ann\u00a0says\u3000hi there\x1b"), "ann␣says␣hi␣there␛");
});
