import { assertEquals } from "@std/assert";
import { clock } from "../../../lib/client/terminal/event_rows.ts";

Deno.test("clock() shows local time in the form of --timestamps", () => {
  const at = new Date(2026, 2, 1, 9, 5, 7).getTime();
  assertEquals([clock(at, "short"), clock(at, "seconds"), clock(at, "off")], ["09:05", "09:05:07", ""]);
  assertEquals(clock(Date.UTC(2026, 2, 1), "iso"), "2026-03-01T00:00:00.000Z");
});
