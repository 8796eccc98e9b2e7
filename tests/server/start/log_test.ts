import { assertEquals } from "@std/assert";
import { makeLog } from "../../../lib/server/start/log.ts";

Deno.test("a log on a full disk does not end the server, and counts the lines that it drops", () => {
  const lines: string[] = [];
  let isFull = true;
  const log = makeLog((line) => {
    if (isFull) throw new Error("No space left on device (os error 28)");
    lines.push(line);
  });
  log("info", "one");
  log("error", "two");
  isFull = false;
  log("info", "three\u0007");
  log("info", "four");
  assertEquals(lines, ["error 2 lines of the log could not be written", "info three\ufffd", "info four"]);
});
