/** The sent texts that ↑ and ↓ bring back. */
import { assertEquals } from "@std/assert";
import { InputHistory } from "../../../lib/client/timeline/input_history.ts";

Deno.test("recall() goes back to the oldest text, and forward to an empty box", () => {
  const history = new InputHistory();
  for (const text of ["one", "two"]) history.add(text);
  const recalled = [-1, -1, -1, 1, 1, 1].map((step) => history.recall(step));
  assertEquals(recalled, ["two", "one", undefined, "two", "", undefined]);
});

Deno.test("add() keeps the newest hundred texts, and recall() starts at the newest again", () => {
  const history = new InputHistory();
  for (let at = 1; at <= 101; at++) history.add(String(at));
  assertEquals(history.recall(-1), "101");
  for (let steps = 0; steps < 99; steps++) history.recall(-1);
  assertEquals(history.recall(-1), undefined);
  assertEquals(history.recall(1), "3");
  history.add("new");
  assertEquals(history.recall(-1), "new");
});
