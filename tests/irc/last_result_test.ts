import { assertEquals } from "@std/assert";
import { lastResult } from "../../lib/irc/last_result.ts";

Deno.test("lastResult() asks its function again only for another text", () => {
  const asked: string[] = [];
  const length = lastResult((text) => {
    asked.push(text);
    return text === "" ? undefined : text.length;
  });
  assertEquals(["ann", "ann", "", "", "bo", "ann"].map(length), [3, 3, undefined, undefined, 2, 3]);
  assertEquals(asked, ["ann", "", "bo", "ann"]);
});
