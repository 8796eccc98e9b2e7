import { assertEquals } from "@std/assert";
import type { Editor } from "../../../lib/client/terminal/editor.ts";
import { emptyEditor } from "../../../lib/client/terminal/editor.ts";
import {
  addLine,
  emptyLineHistory,
  foundLine,
  goBack,
  search,
  searchOlder,
} from "../../../lib/client/terminal/line_history.ts";

/** "say| it" is the text "say it" with the cursor after "say". */
function drawn(text: string): Editor {
  const cursor = text.indexOf("|");
  return { ...emptyEditor, text: text.replace("|", ""), cursor };
}

function draw({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const entered = ["one", "two", "two", "three", ""].reduce(addLine, emptyLineHistory);

Deno.test("goBack() keeps the line that is being typed", () => {
  const first = goBack(entered, drawn("dra|ft"), 1);
  assertEquals(draw(first.editor), "three|");
  const second = goBack(first.history, first.editor, 1);
  assertEquals(draw(second.editor), "two|");
  const now = goBack(second.history, second.editor, -2);
  assertEquals(draw(now.editor), "draft|");
});

Deno.test("goBack() stops at the oldest line and at the line that is being typed", () => {
  assertEquals(goBack(entered, drawn("|"), 99).editor.text, "one");
  assertEquals(goBack(entered, drawn("x|"), -1).editor.text, "x");
});

Deno.test("C-r finds the newest line with the text, then older lines", () => {
  const newest = search(entered, "T");
  assertEquals(foundLine(entered, newest), "three");
  const older = searchOlder(entered, newest);
  assertEquals(foundLine(entered, older), "two");
  assertEquals(foundLine(entered, searchOlder(entered, older)), "two");
  assertEquals(foundLine(entered, search(entered, "xyz")), "");
  // A keyboard of macOS types the accent as a character of its own.
  const french = { ...entered, lines: ["le café"] };
  assertEquals(foundLine(french, search(french, "CAFE\u0301")), "le café");
});
