/** The window of rows: bounded at both ends, and the rows in sight stay. */
import { assertEquals } from "@std/assert";
import { EntryList } from "../../../lib/client/timeline/entry_list.ts";
import {
  endRows,
  maxKeptRows,
  maxRows,
  RowWindow,
  stepRows,
} from "../../../lib/client/timeline/row_window.ts";

function listOf(count: number): EntryList {
  return new EntryList(
    Array.from({ length: count }, (_, at) => ({ kind: "note", key: `line-${at}`, at, spans: [] })),
  );
}

Deno.test("the window follows the newest entries, and keeps its first row when it is held", () => {
  const [window, list] = [new RowWindow(), listOf(1_000)];
  assertEquals(window.range(list), { start: 1_000 - endRows, end: 1_000 });
  window.hold();
  for (let at = 1_000; at < 1_050; at++) list.insert({ kind: "note", key: `line-${at}`, at, spans: [] });
  assertEquals(window.range(list), { start: 1_000 - endRows, end: 1_000 + stepRows });
  window.hold();
  assertEquals(window.range(list), { start: 1_000 - endRows, end: 1_050 });
  for (let at = 1_050; at < 9_000; at++) list.insert({ kind: "note", key: `line-${at}`, at, spans: [] });
  for (let end = 1_050; end < 1_000 - endRows + maxRows; end = window.range(list).end) {
    assertEquals(window.range(list).end - end <= stepRows, true);
    window.hold();
  }
  window.hold();
  assertEquals(window.range(list), { start: 1_000 - endRows, end: 1_000 - endRows + maxRows });
  window.follow();
  assertEquals(window.range(list), { start: 9_000 - endRows, end: 9_000 });
});

Deno.test("the window moves up and down with never more than its limit of rows", () => {
  const [window, list] = [new RowWindow(), listOf(2_000)];
  for (let steps = 0; steps < 60; steps++) {
    const { start, end } = window.range(list);
    assertEquals(end - start <= maxRows, true);
    window.moveUp(list, { start, end: start + 20 });
  }
  assertEquals(window.range(list), { start: 0, end: maxRows });
  for (let steps = 0; steps < 60; steps++) {
    const { start, end } = window.range(list);
    assertEquals(end - start <= maxRows, true);
    window.moveDown(list, { start: end - 20, end });
  }
  assertEquals(window.range(list).end, 2_000);
});

Deno.test("rows that must stay, such as selected ones, make the window larger up to a limit", () => {
  for (const selected of [3_999, 3_990]) moveAwayFrom(selected);
});

function moveAwayFrom(selected: number): void {
  const [window, list] = [new RowWindow(), listOf(4_000)];
  let most = 0;
  for (let steps = 0; steps < 110; steps++) {
    const { start } = window.range(list);
    window.moveUp(list, { start, end: selected + 1 });
    const { start: from, end } = window.range(list);
    most = Math.max(most, end - from);
    if (from >= 3_000) assertEquals(end > selected, true);
  }
  assertEquals([window.range(list).start, most], [0, maxKeptRows]);
}

Deno.test("the window shows the rows around an entry, and survives that the list loses its first entries", () => {
  const [window, list] = [new RowWindow(), listOf(2_000)];
  window.showAround(list, 1_000);
  assertEquals(window.range(list), { start: 950, end: 1_050 });
  list.keep(1_500);
  assertEquals(window.range(list), { start: 500 - endRows, end: 500 });
});
