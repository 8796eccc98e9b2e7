import { assertEquals } from "@std/assert";
import { searchCases } from "../../support/search_cases.ts";
import {
  compileSearch,
  entryOf,
  inSection,
  type SearchTerms,
} from "../../../lib/server/store/index_words.ts";

const entries: readonly (readonly [record: string, keys: string, text: string])[] = [
  [":ann!~ann@host PRIVMSG #tea :Hello there", "l8 n616e6e", "hello there"],
  ["@account=Ann;+draft/reply=x :Ann!~a@h NOTICE #tea :hi", "l8 n616e6e a616e6e", "hi"],
  [":ann!a@h PRIVMSG #tea :\x01ACTION waves\x01", "l8 n616e6e", "waves"],
  [":ann!a@h PRIVMSG #tea :\x0304,12red\x03 \x02bold\x0f", "l8 n616e6e", "red bold"],
  [":ann!a@h PRIVMSG #tea :one\r two\r+half", "l8 n616e6e", "one twohalf"],
  [":ann!a@h PRIVMSG #tea :日本 yes", "l8 n616e6e", "日 本 yes"],
  [":ann!a@h PRIVMSG #tea :ok🎉 C++ :) - :)", "l8 n616e6e s2b2b s3a29 s2d", "ok 🎉 c"],
  [
    ":ann!a@h PRIVMSG #tea :https://x.example/cat.png",
    "l8 n616e6e s3a2f2f s2f2f hlink himage",
    "https x example cat png",
  ],
  ["@account=ann :ann!a@h JOIN #tea ann Ann", "l8 n616e6e a616e6e", ""],
];

Deno.test("a record is indexed by log, sender, account, symbols, contents and text", () => {
  for (const [record, keys, text] of entries) {
    const entry = entryOf(8, record);
    assertEquals([entry?.keys.join(" "), entry?.text.join(" ")], [keys, text], record);
  }
  assertEquals(inSection("7", ["a", "b"]), "7a 7b");
  assertEquals(inSection("7", []), "");
});

Deno.test("the index of a message of random symbols is not many times as long as the message", () => {
  const signs = "!#$%&'()*+,-./:;<=>?@[]^_{|}~!";
  const text = Array.from({ length: 4000 }, (_, at) => signs[(Math.imul(at, at + 0x9e3779b1) >>> 7) % 30]);
  const keys = entryOf(8, `:ann!a@h PRIVMSG #tea :${text.join("")}`)?.keys ?? [];
  assertEquals(keys.join(" ").length < 2 * 4000, true);
});

const queries: readonly (readonly [terms: Partial<SearchTerms>, query: string | undefined])[] = [
  [{ logs: [8] }, "keys : (7l8)"],
  [{ logs: [8], text: "fast" }, 'keys : (7l8) AND text : ("7fast"*)'],
  [{ text: "two words" }, 'text : ("7two"* AND "7words"*)'],
  [{ text: '"two words" or' }, 'text : ("7two 7words" AND "7or"*)'],
  [{ text: "wild OR* NEAR(a b" }, 'text : ("7wild"* AND "7or"* AND "7near 7a"* AND "7b")'],
  [{ text: "日本" }, 'text : ("7日 7本"*)'],
  [{ text: "日本語日本語日本語" }, 'text : ("7日 7本 7語 7日 7本 7語 7日 7本")'],
  [{ text: ":)" }, "keys : (7s3a29*)"],
  [{ text: "!!!" }, "keys : (7s212121*)"],
  [{ text: '""' }, undefined],
  [{ logs: [8, 10], sender: "Ann" }, "keys : ((7l8 OR 7l10) AND 7n616e6e)"],
  [{ account: "ann", has: ["file"] }, "keys : (7a616e6e AND 7hfile)"],
];

Deno.test("a search asks a section for its words, and none of them is syntax", () => {
  for (const [terms, query] of queries) {
    assertEquals(compileSearch({ logs: [], ...terms })?.query("7"), query, JSON.stringify(terms));
  }
});

Deno.test("a search can be matched against a record without the index", () => {
  const record = "@account=ann :robin!a@h PRIVMSG #tea :I like C++";
  const matches = (terms: Partial<SearchTerms>) => compileSearch({ logs: [8], ...terms })?.matches(8, record);
  assertEquals([
    matches({}),
    matches({ text: "c++" }),
    matches({ text: "c#" }),
    matches({ sender: "Robin" }),
    matches({ sender: "ann" }),
    matches({ sender: "ann", senderAccount: "ann" }),
    matches({ logs: [9] }),
    matches({ has: ["file"] }),
  ], [true, true, false, true, false, true, false, false]);
  assertEquals(compileSearch({ logs: [8], text: "tea" })?.matches(8, ":ann!a@h TOPIC #tea :tea"), false);
  assertEquals(
    compileSearch({ logs: [8], text: "twohalf" })?.matches(8, ":a!a@h PRIVMSG #tea :two\r+half"),
    true,
  );
  for (const [, text, query, found] of searchCases) {
    const search = compileSearch({ logs: [8], text: query });
    assertEquals(search?.matches(8, `:ann!a@h PRIVMSG #tea :${text}`) ?? false, found, query);
  }
});
