import { assertEquals } from "@std/assert";
import { foldText, foldWithPlaces } from "../../lib/irc/folded_text.ts";
import { contentsOf } from "../../lib/irc/message_contents.ts";
import { parseSearch } from "../../lib/irc/search_operators.ts";
import { foundRanges, matchesText, parseTextQuery } from "../../lib/irc/search_text.ts";
import { searchCases } from "../support/search_cases.ts";

Deno.test("a message matches a search in each script, with symbols, in code and in quotes", () => {
  const wrong = searchCases.filter(([, text, query, found]) => matches(text, query) !== found);
  assertEquals(wrong, []);
});

Deno.test("the places of folded text fit to the same folded text", () => {
  for (const [, text, query] of searchCases) {
    for (const one of [text, query, text.normalize("NFD")]) {
      assertEquals(foldWithPlaces(one).text, foldText(one), one);
    }
  }
});

const marked: readonly (readonly [text: string, query: string, marked: string])[] = [
  ["Fasting is fast", "fast", "[Fast]ing is [fast]"],
  ["die Straße", "strasse", "die [Straße]"],
  ["die Straße", "stras", "die [Straß]e"],
  ["un cafe\u0301 noir", "café", "un [cafe\u0301] noir"],
  ["I like C++, you C", "C++", "I like [C++], you C"],
  ["the exact words", '"exact words"', "the [exact words]"],
  ["今日は日本語", "日本", "今日は[日本]語"],
  ["ｶﾞｽ代", "ガス", "[ｶﾞｽ]代"],
  ["ok 👍🏽!", "👍🏽", "ok [👍🏽]!"],
  ["aaa", "a aa", "[aa]a"],
  ["nothing here", "tea", "nothing here"],
  ["nice:) x->y", ":)", "nice[:)] x->y"],
  ["a - b-c", "-", "a [-] b-c"],
  ["यह हिन्दी है", "हिंदी", "यह [हिन्दी] है"],
];

Deno.test("the found parts of a text are those that a person typed, also when folding changed their length", () => {
  for (const [text, query, wanted] of marked) {
    let end = 0;
    let shown = "";
    for (const range of foundRanges(text, parse(query))) {
      shown += `${text.slice(end, range.start)}[${text.slice(range.start, range.end)}]`;
      end = range.end;
    }
    assertEquals(shown + text.slice(end), wanted);
  }
});

Deno.test("a search text without anything to search for matches nothing", () => {
  for (const text of ["", "  ", '"', '""', "。", "„“"]) assertEquals(parseTextQuery(text), undefined, text);
});

Deno.test("a word that is written twice is searched once", () => {
  assertEquals(parse('tea Tea "tea" TEA').phrases.length, 2);
});

Deno.test("a long search text is read in linear time", () => {
  const startMs = performance.now();
  for (
    const one of [
      "!",
      "*",
      "https://x/!",
      ".png",
      "(",
      '"',
      ")",
      "[({",
      "a.",
      "* ",
      "é.",
      "日",
      "🇩",
      "\u0301",
      "न्",
      "न\u00ad",
      "->",
      '("',
      "天。",
      "**a",
    ]
  ) {
    matches("a".repeat(4000), one.repeat(8000 / one.length));
    matches(one.repeat(8000 / one.length), "a.b c");
    matches("a", `${one.repeat(8000 / one.length)}x`);
    contentsOf(`https://x.example/${one.repeat(8000 / one.length)}x`);
    foundRanges(one.repeat(8000 / one.length), parse(one));
    parseSearch(`on:"${one.repeat(8000 / one.length)}x`, { nowMs: 0 });
    parseSearch(`from:"${one.repeat(8000 / one.length)}x`, { nowMs: 0 });
  }
  assertEquals(performance.now() - startMs < 5000, true);
});

function matches(text: string, query: string): boolean {
  const parsed = parseTextQuery(query);
  return parsed !== undefined && matchesText(text, parsed);
}

function parse(query: string) {
  return parseTextQuery(query) ?? { phrases: [], symbols: [] };
}
