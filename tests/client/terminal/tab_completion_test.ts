import { assertEquals } from "@std/assert";
import { emoji } from "../../../lib/client/text/emoji.ts";
import { sampleSources } from "../slash/sample_sources.ts";
import {
  applyCompletion,
  cycleCandidate,
  startCompletion,
} from "../../../lib/client/terminal/tab_completion.ts";
import { emptyEditor } from "../../../lib/client/terminal/editor.ts";
import { textWidth } from "../../../lib/client/terminal/width.ts";

/** The text after a number of presses of Tab; "|" is the cursor. */
function tab(drawn: string, presses = 1): string {
  const editor = { ...emptyEditor, text: drawn.replace("|", ""), cursor: drawn.indexOf("|") };
  let completion = startCompletion(editor, sampleSources);
  for (let press = 1; press < presses && completion; press++) completion = cycleCandidate(completion, 1);
  const { text, cursor } = completion ? applyCompletion(editor, completion) : editor;
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const rows: readonly (readonly [before: string, after: string, presses?: number])[] = [
  ["b|", "bob: |"],
  ["b|", "Bea: |", 2],
  ["b|", "b|", 3],
  ["b|", "bob: |", 4],
  ["|", "bob: |"],
  ["hello a|", "hello ann |"],
  ["hello a| there", "hello ann | there".replace("n | t", "n |t")],
  ["@a|", "@ann |"],
  ["bob: a|", "bob, ann: |"],
  ["bob, ann: c|", "bob, ann, cat: |"],
  ["hello: a|", "hello: ann |"],
  ["/j|", "/join |"],
  ["/join |", "/join #tea |"],
  ["/join te|", "/join #teapot |", 2],
  ["/msg a|", "/msg ann |"],
  ["/msg ann hi b|", "/msg ann hi bob |"],
  ["/help k|", "/help kick |"],
  ["//b|", "//b|"],
  ["see #d|", "see #den |"],
  ["nice :tad|", "nice 🎉 |"],
  ["xyz|", "xyz|"],
  ["hello |", "hello |"],
];

for (const [before, after, presses = 1] of rows) {
  Deno.test(`Tab, ${presses} times, makes "${after}" of "${before}"`, () => {
    assertEquals(tab(before, presses), after);
  });
}

Deno.test("every short name of an emoji is one emoji of two cells", () => {
  assertEquals([...emoji].filter(([name, one]) => !/^\w+$/.test(name) || textWidth(one) !== 2), []);
});
