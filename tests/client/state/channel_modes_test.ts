/** Changes of modes in words. */
import { assertEquals } from "@std/assert";
import { describeLetters, describeMode, describeRank } from "../../../lib/client/state/channel_modes.ts";

const changes: readonly (readonly [letter: string, argument: string | undefined, words: string])[] = [
  ["q", "ann", "makes ann the founder of this channel"],
  ["o", "ann", "makes ann an operator"],
  ["m", undefined, "lets only people with voice write"],
  ["Z", "ann", "sets mode +Z ann"],
];

for (const [letter, argument, words] of changes) {
  Deno.test(`+${letter} ${words.replace("ann ", "")}`, () => {
    assertEquals(describeMode({ added: true, letter, ...(argument !== undefined && { argument }) }), words);
  });
}

Deno.test("describeLetters() leaves out letters without words, and letters with a value", () => {
  assertEquals(describeLetters("+nrRl"), [
    "lets only members write",
    "lets only people with an account join",
  ]);
});

Deno.test("describeRank() says what a person is after a change by the server", () => {
  const change = { letter: "q", argument: "ann" };
  assertEquals(describeRank({ ...change, added: true }), "ann is now the founder of this channel");
  assertEquals(describeRank({ ...change, added: false }), "ann is no longer the founder of this channel");
  assertEquals(describeRank({ added: true, letter: "m" }), undefined);
});
