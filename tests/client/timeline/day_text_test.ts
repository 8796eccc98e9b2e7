/** The names of days: with a year when it is not this one. */
import { assertEquals, assertMatch } from "@std/assert";
import { dayText } from "../../../lib/client/timeline/day_text.ts";

Deno.test("the day of another year has its year, so no two days have one name", () => {
  const [lastYear, now] = [new Date(2025, 10, 27, 12).getTime(), new Date(2026, 10, 27, 12).getTime()];
  assertMatch(dayText(lastYear, now), /27.*2025|2025.*27/);
  assertEquals(dayText(now, now).includes("2026"), false);
  assertEquals(dayText(now, lastYear).includes("2026"), true);
});
