/** Conditional and partial requests, by the rules of RFC 9110 §13 and §14. */
import { assertEquals } from "@std/assert";
import { answerTo, type ConditionalHeaders } from "../../../lib/server/web/conditional_request.ts";

const modifiedMs = Date.parse("2026-11-23T15:04:05.678Z");
const content = { etag: '"abc"', modifiedMs, size: 10 };
const same = "Mon, 23 Nov 2026 15:04:05 GMT";
const earlier = "Mon, 23 Nov 2026 15:04:04 GMT";
const later = "Mon, 23 Nov 2026 15:04:06 GMT";
const whole = { status: 200 };
const fresh = { status: 304 };
const failed = { status: 412 };
const outside = { status: 416 };
const part = (first: number, last: number) => ({ status: 206, first, last });

const table: readonly (readonly [name: string, headers: ConditionalHeaders, answer: unknown])[] = [
  ["no header", {}, whole],
  ["the tag", { "if-none-match": '"abc"' }, fresh],
  ["the weak tag", { "if-none-match": 'W/"abc"' }, fresh],
  ["a list with the tag", { "if-none-match": '"x", W/"y,z" ,"abc"' }, fresh],
  ["a list without it", { "if-none-match": '"x", "abcd", "ab"' }, whole],
  ["a tag inside another one", { "if-none-match": '"x,abc"' }, whole],
  ["any tag", { "if-none-match": " * " }, fresh],
  ["a tag without quotes", { "if-none-match": "abc" }, whole],
  ["an empty list", { "if-none-match": "" }, whole],
  ["another tag, before a date", { "if-none-match": '"x"', "if-modified-since": same }, whole],
  ["the date", { "if-modified-since": same }, fresh],
  ["a later date", { "if-modified-since": later }, fresh],
  ["an earlier date", { "if-modified-since": earlier }, whole],
  ["no date", { "if-modified-since": "yesterday" }, whole],
  ["the tag must match", { "if-match": '"x", "abc"' }, whole],
  ["another tag must match", { "if-match": '"x"' }, failed],
  ["a weak tag must match", { "if-match": 'W/"abc"' }, failed],
  ["any tag must match", { "if-match": "*" }, whole],
  ["not changed since the date", { "if-unmodified-since": same }, whole],
  ["not changed since an earlier date", { "if-unmodified-since": earlier }, failed],
  ["a matching tag, before a date", { "if-match": '"abc"', "if-unmodified-since": earlier }, whole],
  ["a part", { range: "bytes=2-4" }, part(2, 4)],
  ["one byte", { range: "bytes=0-0" }, part(0, 0)],
  ["from a byte on", { range: "bytes=7-" }, part(7, 9)],
  ["beyond the end", { range: "bytes=7-99" }, part(7, 9)],
  ["the last bytes", { range: "bytes=-3" }, part(7, 9)],
  ["more than all bytes", { range: "bytes=-99" }, part(0, 9)],
  ["no byte", { range: "bytes=-0" }, outside],
  ["outside", { range: "bytes=10-" }, outside],
  ["reversed", { range: "bytes=4-2" }, whole],
  ["several parts", { range: "bytes=0-1,4-5" }, whole],
  ["another unit", { range: "lines=1" }, whole],
  ["the unit in capitals", { range: "Bytes=2-4" }, part(2, 4)],
  ["no numbers", { range: "bytes=-" }, whole],
  ["a part of this content", { range: "bytes=2-4", "if-range": '"abc"' }, part(2, 4)],
  ["a part of other content", { range: "bytes=2-4", "if-range": '"old"' }, whole],
  ["a part with a weak tag", { range: "bytes=2-4", "if-range": 'W/"abc"' }, whole],
  ["a part with the date", { range: "bytes=2-4", "if-range": same }, part(2, 4)],
  ["a part with another date", { range: "bytes=2-4", "if-range": later }, whole],
  ["outside, but of other content", { range: "bytes=10-", "if-range": '"old"' }, whole],
  ["a part that is there already", { range: "bytes=2-4", "if-none-match": '"abc"' }, fresh],
];

Deno.test("each kind of conditional or partial request gets the answer of RFC 9110", () => {
  for (const [name, headers, answer] of table) {
    assertEquals(answerTo(headers, content) as unknown, answer, name);
  }
  assertEquals(answerTo({ range: "bytes=2-4" }, content, "HEAD"), { status: 200 });
  assertEquals(answerTo({ range: "bytes=0-" }, { ...content, size: 0 }), { status: 416 });
});
