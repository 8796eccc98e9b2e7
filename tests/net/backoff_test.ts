import { assertEquals } from "@std/assert";
import { backoff } from "../../lib/net/backoff.ts";

Deno.test("backoff() doubles from one second to a minute", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map((attempt) => backoff(attempt, () => 0));
  assertEquals(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

Deno.test("backoff() subtracts up to a half at random", () => {
  assertEquals([0, 0.5, 1].map((chance) => backoff(3, () => chance)), [8_000, 6_000, 4_000]);
});
