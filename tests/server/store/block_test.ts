import { assertEquals } from "@std/assert";
import { decodeBlock, encodeBlock, firstRecord, laterRecord } from "../../../lib/server/store/block.ts";

Deno.test("a decoded block has its records with their stamps", () => {
  const first = 1_790_000_000_000_000;
  const text = firstRecord(":ann PRIVMSG #tea :one  two") + laterRecord(first, first + 1, "x") +
    laterRecord(first, first + 99_999, ":bob PRIVMSG #tea :a\r b\r+c");
  const records = decodeBlock(first, text);
  assertEquals(records, [
    { stamp: first, record: ":ann PRIVMSG #tea :one  two" },
    { stamp: first + 1, record: "x" },
    { stamp: first + 99_999, record: ":bob PRIVMSG #tea :a\r b\r+c" },
  ]);
  assertEquals(encodeBlock(first, records), text);
});

Deno.test("an erased record keeps its place in the block", () => {
  const records = [{ stamp: 5, record: "a" }, { stamp: 6, record: "" }, { stamp: 7, record: "c" }];
  assertEquals(decodeBlock(5, encodeBlock(5, records)), records);
});
