import { assertEquals } from "@std/assert";
import { runInTurns } from "../../../lib/server/store/steps.ts";

Deno.test("reads in turns run step by step in between, and end when nobody waits for them", async () => {
  const log: string[] = [];
  function* read(name: string): Generator<void, string> {
    for (let step = 1; step <= 3; step++) {
      log.push(`${name}${step}`);
      yield;
    }
    return name;
  }
  let isGone = false;
  const results = await Promise.all([
    runInTurns(read("a"), { person: "ann" }),
    runInTurns(read("b"), { person: "bob", isStopped: () => isGone || !(isGone = true) }),
  ]);
  assertEquals(results, ["a", undefined]);
  assertEquals(log, ["a1", "b1", "a2", "b2", "a3"]);
});
