/** The table of uploaded files. */
import { assertEquals } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";

const row = { name: "tea", type: "text/plain", createdMs: 0 };

Deno.test("the files of all, of each owner and of each origin are counted while they are saved and removed", () => {
  using store = openStore();
  const { files } = store;
  const file = (id: string, bytes: number, owner = "ann", origin = "near") =>
    files.save({ ...row, id, bytes, owner, origin });
  file("a", 100);
  assertEquals(files.totalBytes, 100);
  file("b", 20);
  file("a", 50);
  files.remove("never");
  assertEquals(files.totalBytes, 70);
  store.commit();
  file("c", 5, "Ann", "far");
  assertEquals(files.sumOfOwner("ANN"), { files: 3, bytes: 75 });
  assertEquals([files.sumOfOrigin("near"), files.sumOfOrigin("far")], [
    { files: 2, bytes: 70 },
    { files: 1, bytes: 5 },
  ]);
  files.remove("b");
  files.remove("c");
  assertEquals([files.totalBytes, files.all().length], [50, 1]);
  assertEquals([files.sumOfOrigin("far"), files.sumOfOwner("bob")], Array(2).fill({ files: 0, bytes: 0 }));
});

Deno.test("files are found by owner and by age, also those that are not written yet", () => {
  using store = openStore();
  const { files } = store;
  for (const [id, owner, createdMs] of [["b", "ann", 2], ["a", "ANN", 3], ["c", "bob", 1]] as const) {
    files.save({ ...row, id, owner, createdMs, bytes: 1 });
  }
  assertEquals(files.ofOwner("Ann").map(({ id }) => id), ["b", "a"]);
  assertEquals(files.olderThan(3, 10), ["c", "b"]);
  assertEquals(files.page("a", 1).map(({ id }) => id), ["b"]);
  const removed: string[] = [];
  files.onRemoved = (id) => removed.push(id);
  files.remove("b");
  assertEquals([files.ofOwner("ann").length, files.olderThan(9, 1)], [1, ["c"]]);
  files.removeOf("ANN");
  store.commit();
  assertEquals([removed, files.ofOwner("ann"), files.sumOfOwner("ann").files, files.totalBytes], [
    ["b", "a"],
    [],
    0,
    1,
  ]);
});
