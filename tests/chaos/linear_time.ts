/**
 * Pairs of special characters in all shapes, for each function that reads text of others: none may cost more than
 * linear time. `PARLEY_FUZZ_SECONDS=600` tries all pairs, and `PARLEY_SEED` repeats a run.
 */

import { assertEquals } from "@std/assert";
import { growthFault, pieces, shapes } from "../support/growth.ts";
import { print } from "../support/print.ts";
import { textReaders } from "../support/text_readers.ts";

const limitMs = Number(Deno.env.get("PARLEY_FUZZ_SECONDS") ?? 8) * 1000;
const seed = Number(Deno.env.get("PARLEY_SEED") ?? Date.now() % 1e6);

Deno.test(`no pair of special characters makes a text slow (seed ${seed})`, () => {
  const begun = performance.now();
  const faults: string[] = [];
  const readers = Object.entries(textReaders);
  const pairs = pieces.flatMap((one) => pieces.map((other) => [one, other] as const));
  let tried = 0;
  // In an order that spreads over all functions and pairs, however early the time is over.
  for (let at = 0; at < pairs.length && performance.now() - begun < limitMs; at++) {
    const [one, other] = pairs[(seed + at) * 7919 % pairs.length] ?? ["", ""];
    for (const [name, read] of readers) {
      const shape = shapes[(seed + at + name.length) % shapes.length];
      const fault = shape && growthFault(read, (length) => shape(length, one, other));
      tried++;
      if (fault !== undefined) faults.push(`${name} of ${JSON.stringify([one, other])}: ${fault}`);
    }
  }
  print(`${tried} texts, ${faults.length} slow`);
  assertEquals(faults, []);
});
