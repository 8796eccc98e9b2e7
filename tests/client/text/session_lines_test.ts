/** The answer to SESSIONS as lines for people. */
import { assertEquals } from "@std/assert";
import { parse } from "../../../lib/irc/message.ts";
import { sessionLines } from "../../../lib/client/text/session_lines.ts";

function linesOf(...lines: string[]): string[] {
  return sessionLines(lines.flatMap((line) => parse(line) ?? []));
}

Deno.test("devices are lines with their ids, and the last line says how to log them out", () => {
  assertEquals(
    linesOf(
      ":chat.test NOTE SESSIONS LISTED 3 192.0.2.1 2026-01-31T09:00:00.000Z :Parley page, from 192.0.2.1; this device",
      ":chat.test NOTE SESSIONS LISTED a-12 192.0.2.2 2026-01-31T10:00:00.000Z :IRC \x02app, from 192.0.2.2",
      ":chat.test NOTE SESSIONS LIST_END 2 :2 devices",
    ),
    [
      "3     Parley page, from 192.0.2.1; this device",
      "a-12  IRC app, from 192.0.2.2",
      "2 devices: /sessions end ID logs one out, /sessions end others all others",
    ],
  );
  assertEquals(linesOf(":chat.test NOTE SESSIONS ENDED 1 :1 device is logged out"), [
    "1 device is logged out",
  ]);
});
