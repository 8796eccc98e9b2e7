/** The table of uploaded files. */
import { assertEquals } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";

Deno.test("the bytes of all files are counted while files are saved, changed and removed", () => {
  using store = openStore();
  const file = (id: string, bytes: number) =>
    store.files.save({ id, name: id, type: "text/plain", bytes, owner: "ann", createdMs: 0 });
  file("a", 100);
  assertEquals(store.files.totalBytes, 100);
  file("b", 20);
  file("a", 50);
  store.files.remove("never");
  assertEquals(store.files.totalBytes, 70);
  store.commit();
  store.files.remove("b");
  assertEquals([store.files.totalBytes, store.files.all().length], [50, 1]);
});
