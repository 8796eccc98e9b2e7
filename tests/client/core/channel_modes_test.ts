/** What a change of modes is called. */
import { assertEquals } from "@std/assert";
import { describeMode } from "../../../lib/client/core/channel_modes.ts";

const changes: readonly (readonly [letter: string, argument: string | undefined, words: string])[] = [
  ["q", "ann", "makes ann a founder"],
  ["o", "ann", "makes ann an operator"],
  ["m", undefined, "lets only those with a voice speak"],
  ["Z", "ann", "sets mode +Z ann"],
];

for (const [letter, argument, words] of changes) {
  Deno.test(`+${letter} ${words.replace("ann ", "")}`, () => {
    assertEquals(describeMode({ added: true, letter, ...(argument !== undefined && { argument }) }), words);
  });
}
