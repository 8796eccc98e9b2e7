import { assertEquals } from "@std/assert";
import { entryOf, queryOf } from "../../../lib/server/store/search_words.ts";

const entries: readonly (readonly [record: string, keys: string, text: string])[] = [
  [":ann!~ann@host PRIVMSG #tea :hello there", "l8 n616e6e", "hello there"],
  ["@account=Ann;+draft/reply=x :Ann!~a@h NOTICE #tea :hi", "l8 n616e6e a616e6e", "hi"],
  [":ann!a@h PRIVMSG #tea :\x01ACTION waves\x01", "l8 n616e6e", "waves"],
  [":ann!a@h PRIVMSG #tea :\x0304,12red\x03 \x02bold\x0f", "l8 n616e6e", "red bold"],
  [":ann!a@h PRIVMSG #tea :one\r two\r+half", "l8 n616e6e", "one\ntwohalf"],
  [":ann!a@h PRIVMSG #tea :日本 yes", "l8 n616e6e", " 日  本  yes"],
  [":ann!a@h PRIVMSG #tea :ok🎉", "l8 n616e6e", "ok u1f389 "],
  ["@account=ann :ann!a@h JOIN #tea ann Ann", "l8 n616e6e a616e6e", ""],
];

Deno.test("a record is indexed by log, sender, account and text", () => {
  for (const [record, keys, text] of entries) assertEquals(entryOf(8, record), { keys, text }, record);
});

const queries: readonly (readonly [text: string | undefined, query: string | undefined])[] = [
  [undefined, "keys : ((l8))"],
  ["fast", 'keys : ((l8)) AND text : ("fast"*)'],
  ["two words", 'keys : ((l8)) AND text : ("two"* AND "words"*)'],
  ['wild OR* "quo"ted -x', 'keys : ((l8)) AND text : ("wild"* AND "OR*"* AND "quo ted"* AND "-x"*)'],
  ["日本", 'keys : ((l8)) AND text : ("日  本"*)'],
  ["!!! ...", undefined],
];

Deno.test("a search looks for its words, and none of them is syntax", () => {
  for (const [text, query] of queries) assertEquals(queryOf({ logs: [8], text }), query, text);
});

Deno.test("a search can name several logs, a sender and an account", () => {
  assertEquals(queryOf({ logs: [8, 10], sender: "Ann" }), "keys : ((l8 OR l10) AND n616e6e)");
  assertEquals(queryOf({ logs: [], account: "ann" }), "keys : (a616e6e)");
});
