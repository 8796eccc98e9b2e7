import { assertEquals } from "@std/assert";
import { pause } from "../../../lib/server/store/steps.ts";

Deno.test("of several long reads one continues in each round of the event loop, in their order", async () => {
  const done: number[] = [];
  const reads = [0, 1, 2].map((read) => pause().then(() => done.push(read)));
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    rounds.push(done.length);
  }
  await Promise.all(reads);
  assertEquals(done, [0, 1, 2]);
  assertEquals(rounds, [1, 2, 3]);
});
