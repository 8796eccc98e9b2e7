import { assertEquals } from "@std/assert";
import { clock, dayRow, noteRows } from "../../../lib/client/terminal/event_rows.ts";
import { granted } from "../../support/permissions.ts";

Deno.test("clock() shows local time in the form of --timestamps", () => {
  const at = new Date(2026, 2, 1, 9, 5, 7).getTime();
  assertEquals([clock(at, "short"), clock(at, "seconds"), clock(at, "off")], ["09:05", "09:05:07", ""]);
});

Deno.test({
  name: "the times of --timestamps iso and the days have one time zone, which the time names",
  ignore: !granted("env"),
  fn() {
    const before = Deno.env.get("TZ");
    const at = Date.UTC(2026, 1, 28, 20, 15, 7);
    const shown = (zone: string) => {
      Deno.env.set("TZ", zone);
      return [clock(at, "iso"), dayRow(at)[0]?.text];
    };
    try {
      assertEquals(shown("Asia/Kolkata"), ["2026-03-01T01:45:07.000+05:30", "── Sunday 1 March 2026 ──"]);
      assertEquals(shown("America/New_York"), [
        "2026-02-28T15:15:07.000-05:00",
        "── Saturday 28 February 2026 ──",
      ]);
      assertEquals(shown("UTC"), ["2026-02-28T20:15:07.000Z", "── Saturday 28 February 2026 ──"]);
    } finally {
      if (before === undefined) Deno.env.delete("TZ");
      else Deno.env.set("TZ", before);
    }
  },
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
