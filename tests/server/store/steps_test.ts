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
  let asked = 0;
  const results = await Promise.all([
    runInTurns(read("a"), { person: "ann" }),
    runInTurns(read("b"), { person: "bob", isStopped: () => asked++ > 1 }),
  ]);
  assertEquals(results, ["a", undefined]);
  assertEquals(log.indexOf("b1") < log.indexOf("a3"), true);
  assertEquals(log.toSorted(), ["a1", "a2", "a3", "b1", "b2"]);
});
