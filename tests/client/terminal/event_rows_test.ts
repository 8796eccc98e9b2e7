import { assertEquals } from "@std/assert";
import { clock, noteRows } from "../../../lib/client/terminal/event_rows.ts";

Deno.test("clock() shows local time in the form of --timestamps", () => {
  const at = new Date(2026, 2, 1, 9, 5, 7).getTime();
  assertEquals([clock(at, "short"), clock(at, "seconds"), clock(at, "off")], ["09:05", "09:05:07", ""]);
  assertEquals(clock(Date.UTC(2026, 2, 1), "iso"), "2026-03-01T00:00:00.000Z");
});

/** The text of the rows for the answer to a command. */
function noteTexts(text: string, columns: number): string[] {
  return noteRows([{ text }], columns).map((row) => row.map((span) => span.text).join(""));
}

Deno.test("noteRows() continues a table row in its second column, or below the first one when it is narrow", () => {
  const row = "  /quote LINE                Sends a raw IRC line to the server";
  assertEquals(noteTexts(row, 79), [`  ${row}`]);
  assertEquals(noteTexts(row, 63), [
    "    /quote LINE                Sends a raw IRC line to the",
    "                               server",
  ]);
  assertEquals(noteTexts(row, 40), ["    /quote LINE", "      Sends a raw IRC line to the server"]);
});
