/** Vectors: https://github.com/ircdocs/parser-tests (CC0), userhost-split, as JSON. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cleanUsername, fold, isChannelName, isNick, parseSource } from "../../lib/irc/names.ts";
import sources from "../vectors/userhost-split.json" with { type: "json" };

Deno.test("fold() lower-cases A to Z only", () => {
  const names = [["Ann", "ann"], ["#TEA", "#tea"], ["[Bob]\\", "[bob]\\"], ["ÉAnn", "Éann"], ["İK", "İk"], [
    "",
    "",
  ]];
  for (const [name = "", folded] of names) assertEquals<string>(fold(name), folded ?? "");
});

Deno.test("fold() makes names equal only if they differ in ASCII case", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    const folded: string = fold(name);
    assertEquals(folded, name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
    assertEquals<string>(fold(folded), folded);
  }));
});

const nicks = [
  "ann",
  "A",
  "a1-2",
  "_ann",
  "[bob]",
  "\\`^{}|_",
  "|",
  "zoë",
  "Жанна",
  "慧",
  "עברית",
  "ann²",
  "हिन्दी",
];
const notNicks = [
  ["empty", ""],
  ["digit first", "1ann"],
  ["hyphen first", "-ann"],
  ["space", "ann bob"],
  ["controls", "a\x07b", "a\x7fb", "a\x85b"],
  [
    "marks of masks and targets",
    "a*",
    "a?",
    "a!b",
    "a@b",
    "a,b",
    "a.b",
    "a:b",
    "#tea",
    "$ann",
    "&a",
    "~a",
    "%a",
    "+a",
  ],
  ["other ASCII", 'a"', "a'", "a/", "a;", "a<", "a=", "a>", "a(", "a)"],
  ["not in NFC", "zoe\u0308", "\u212b"],
  ["mark first", "\u0308ann"],
  ["zero width", "an\u200bn", "an\u200dn", "an\u2060n", "\ufeffann", "ann\u00ad"],
  ["bidi", "ann\u202e", "\u2066ann", "ann\u200f"],
  ["blank letters", "\u3164", "a\u115f", "\uffa0", "a\u034f"],
  ["emoji", "ann\u{1F375}", "☕", "a1\ufe0f\u20e3", "\u{1F1E6}"],
  ["Unicode spaces", "ann\u00a0bob", "ann\u3000"],
  ["half of a pair", "ann\ud83d"],
  ["tag characters", "ann\u{E0061}"],
];

Deno.test("isNick() accepts visible letters, marks and numbers", () => {
  for (const nick of nicks) assertEquals(isNick(nick, 30), true, nick);
});

Deno.test("isNick() refuses invisible, misleading and line-breaking characters", () => {
  for (const [why, ...texts] of notNicks) {
    for (const text of texts) assertEquals(isNick(text, 30), false, `${why}: ${JSON.stringify(text)}`);
  }
});

Deno.test("isNick() and isChannelName() count UTF-16 units", () => {
  assertEquals(isNick("abc", 3), true);
  assertEquals(isNick("abcd", 3), false);
  assertEquals(isNick("a\u{20000}", 3), true);
  assertEquals(isNick("a\u{20000}", 2), false);
  assertEquals(isChannelName("#abc", 4), true);
  assertEquals(isChannelName("#abc", 3), false);
});

Deno.test("isChannelName() accepts # and any visible characters", () => {
  for (
    const name of ["#tea", "#", "##", "#1", "#a:b", "#a*", "#a!b@c", "#grün", "#\u{1F375}", "#茶", "#a\\b"]
  ) {
    assertEquals(isChannelName(name, 50), true, name);
  }
});

Deno.test("isChannelName() refuses separators, control characters and invisible characters", () => {
  const names = [
    "",
    "tea",
    "&tea",
    "@#tea",
    "#a b",
    "#a,b",
    "#a\x07",
    "#a\x00",
    "#a\x7f",
    "#a\x85",
    "#a\u00a0b",
  ];
  for (const name of [...names, "#a\u200b", "#\u202ea", "#a\u2028", "#\ud83d", "#gru\u0308n"]) {
    assertEquals(isChannelName(name, 50), false, JSON.stringify(name));
  }
});

Deno.test("cleanUsername() keeps the characters that a username can contain", () => {
  const texts = [["ann", "ann"], ["~a b!c@d", "abcd"], ["", "user"], ["Zoë", "Zoe"], ["Юля", "Yulya"], [
    "慧",
    "user",
  ], [
    "a.b_c-d",
    "a.b_c-d",
  ]];
  for (const [text = "", clean] of texts) assertEquals(cleanUsername(text), clean);
  assertEquals(cleanUsername("a".repeat(99)), "a".repeat(16));
  assertEquals(cleanUsername("abcdef", 3), "abc");
});

Deno.test("parseSource() passes every public vector", () => {
  for (const { source, ...parts } of sources) assertEquals(parseSource(source), parts);
});

Deno.test("sources from any text never throw", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."!@*?\\:.ma1é") }), (source) => {
    parseSource(source);
  }));
});
