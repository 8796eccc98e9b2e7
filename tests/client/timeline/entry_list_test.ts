/** The list of entries: order of time, each key once, and fast with many entries. */
import { assert, assertEquals } from "@std/assert";
import { EntryList } from "../../../lib/client/timeline/entry_list.ts";
import type { TimelineEntry } from "../../../lib/client/timeline/timeline_entry.ts";

function line(key: string, at: number): TimelineEntry {
  return { kind: "note", key, at, spans: [] };
}

function keys(list: EntryList): string {
  return list.entries.map(({ key }) => key).join("");
}

Deno.test("entries of the same time keep the order in which they came, older ones before", () => {
  const list = new EntryList();
  for (const [key, at] of [["b", 2], ["d", 4], ["c", 2]] as const) assert(list.insert(line(key, at)));
  assert(list.insert(line("a", 2), true));
  assert(!list.insert(line("a", 9)));
  assertEquals(keys(list), "abcd");
  assertEquals(["a", "c", "d", "x"].map((key) => list.indexOf(key)), [0, 2, 3, -1]);
  assertEquals([1, 2, 4].map((at) => list.firstAfter(at)), [0, 3, 4]);
});

Deno.test("an entry is replaced in its place, and kept entries are found", () => {
  const list = new EntryList(["a", "b", "c", "d"].map((key, at) => line(key, at)));
  list.replace("b", (entry) => ({ ...entry, kind: "warning" } as TimelineEntry));
  assertEquals(list.find("b")?.kind, "warning");
  list.keep(1, 3);
  assertEquals([keys(list), list.find("a"), list.indexOf("c")], ["bc", undefined, 1]);
  assert(list.insert(line("a", 0)));
  assertEquals(keys(list), "abc");
});

Deno.test("a hundred thousand entries are added and found without a delay that a person feels", () => {
  const list = new EntryList();
  const begun = performance.now();
  for (let at = 0; at < 100_000; at++) list.insert(line(`line-${at}`, at));
  for (let at = 0; at < 100_000; at += 10) assertEquals(list.indexOf(`line-${at}`), at);
  assert(performance.now() - begun < 1_000);
});
