import { assertEquals } from "@std/assert";
import { readFormatting } from "../../../lib/client/text/formatting.ts";
import { nickInk, nickShades } from "../../../lib/client/text/palette.ts";
import { plain, plainName } from "../../../lib/client/text/plain.ts";
import { spanText, styleText } from "../../../lib/client/text/text.ts";

const nobody = { own: "me", inkOf: () => undefined };

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
  ["marks that climb", "e" + "\u0301".repeat(40) + "x", "e" + "\u0301".repeat(4) + "�x"],
  ["a mark with no letter", "\u0301x", "◌\u0301x"],
];

for (const [why, text, shown] of harmful) {
  Deno.test(`plain() makes text harmless: ${why}`, () => assertEquals(plain(text), shown));
}

Deno.test("plain() leaves nothing unseen in any character of the lower planes", () => {
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

const formatted: readonly (readonly [string, unknown])[] = [
  ["\x02bold\x02 not", [{ bold: true, text: "bold" }, { bold: false, text: " not" }]],
  ["\x1ditalic\x0f plain", [{ italic: true, text: "italic" }, { text: " plain" }]],
  ["\x0304,01red", [{ ink: "#ff0000", paper: "#000000", text: "red" }]],
  ["\x034red\x03 back", [{ ink: "#ff0000", text: "red" }, { text: " back" }]],
  ["\x0312345", [{ ink: "#0000fc", text: "345" }]],
  ["\x0399,99none", [{ text: "none" }]],
  ["\x03,5no", [{ text: ",5no" }]],
  ["\x04ff8800hex", [{ ink: "#ff8800", text: "hex" }]],
  ["\x1b[31m", [{ text: "␛[31m" }]],
  ["\x02", []],
];

for (const [text, spans] of formatted) {
  Deno.test(`readFormatting() reads ${JSON.stringify(text)}`, () =>
    assertEquals<unknown>(readFormatting(text), spans));
}

const linked: readonly (readonly [string, string | undefined])[] = [
  ["see https://example.org/a?b=c.", "https://example.org/a?b=c"],
  ["(https://example.org/wiki/Tea_(drink))", "https://example.org/wiki/Tea_(drink)"],
  ["<http://example.org>", "http://example.org"],
  ["irc://127.0.0.1:6667/#tea, come", "irc://127.0.0.1:6667/#tea"],
  ["javascript:alert(1)", undefined],
  ["nohttp://x", undefined],
];

for (const [text, link] of linked) {
  Deno.test(`styleText() marks the link in ${text}`, () => {
    assertEquals(styleText(text, nobody).find((span) => span.link !== undefined)?.link, link);
  });
}

Deno.test("styleText() shows what a look-alike host really is", () => {
  assertEquals(
    spanText(styleText("https://gооgle.com/x", nobody)),
    "https://gооgle.com/x (xn--ggle-55da.com)",
  );
});

Deno.test("styleText() colours the names of people in the room, and ours as ours", () => {
  const spans = styleText("hi Bob, me and bobby", {
    own: "ME",
    inkOf: (nick) => nick.toLowerCase() === "bob" ? "nick-3" : undefined,
  });
  assertEquals(spans.filter((span) => span.ink).map(({ text, ink }) => [text, ink]), [
    ["Bob", "nick-3"],
    ["me", "own"],
  ]);
});

Deno.test("nickInk() is the same for every spelling of a nick, and follows the account", () => {
  assertEquals(nickInk("Ann"), nickInk("aNN"));
  assertEquals(nickInk("ann_", "ann"), nickInk("ann"));
});

Deno.test("nickShades are legible on the dark and on the light background", () => {
  for (const { dark, light } of nickShades) {
    assertEquals([contrast(dark, "#121212") >= 4.5, contrast(light, "#ffffff") >= 4.5], [true, true]);
  }
});

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
