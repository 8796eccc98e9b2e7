import { assertEquals } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";

Deno.test("a marker only moves forward, and belongs to one account", () => {
  using store = openStore();
  for (const ms of [20, 10, 30]) store.markers.save("ann", "#tea", ms);
  assertEquals([store.markers.load("ann", "#tea"), store.markers.load("bob", "#tea")], [30, undefined]);
  store.markers.remove("ann");
  assertEquals(store.markers.load("ann", "#tea"), undefined);
});

Deno.test("an account has a limited number of markers: the one of now, and those of the newest messages", () => {
  using store = openStore();
  for (let ms = 1; ms <= 2010; ms++) store.markers.save("ann", `#${ms}`, ms);
  store.markers.save("bob", "#1", 1);
  assertEquals([store.markers.load("ann", "#10"), store.markers.load("ann", "#11")], [undefined, 11]);
  assertEquals(store.markers.load("bob", "#1"), 1);
  store.markers.save("ann", "#old", 1);
  assertEquals([store.markers.load("ann", "#old"), store.markers.load("ann", "#11")], [1, undefined]);
});
