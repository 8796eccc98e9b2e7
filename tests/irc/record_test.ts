import { assertEquals } from "@std/assert";
import { formatRecord, parseRecord, type TextLine, wholeText } from "../../lib/irc/record.ts";

Deno.test("a record of one line is that line", () => {
  const line = "@account=ann;+draft/reply=x :ann!~a@host PRIVMSG #tea :hi there";
  assertEquals(formatRecord(line, []), line);
  const { message, more } = parseRecord(line) ?? {};
  assertEquals(message?.params, ["#tea", "hi there"]);
  assertEquals(message?.tags.get("account"), "ann");
  assertEquals(more, []);
});

Deno.test("a record contains every line of a multiline message", () => {
  const more: TextLine[] = [{ text: "" }, { text: " two" }, { text: "+half", concat: true }, { text: "" }];
  const parsed = parseRecord(formatRecord(":ann PRIVMSG #tea :one", more));
  assertEquals(parsed?.message.params, ["#tea", "one"]);
  assertEquals(parsed?.more, more);
  assertEquals(wholeText("one", more), "one\n\n two+half\n");
});

Deno.test("parseRecord() refuses text that is not a record", () => {
  for (const text of ["", "\r x", ":ann"]) assertEquals(parseRecord(text), undefined, JSON.stringify(text));
});
