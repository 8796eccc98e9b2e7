/** The table of uploaded files. */
import { assertEquals } from "@std/assert";
import { row as array } from "../../../lib/server/store/conversation.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";

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

Deno.test("the saved sums of files follow each change of a row", () => {
  using store = openStore();
  const { files } = store;
  const save = (id: string, bytes: number, owner: string, origin?: string) =>
    files.save({ ...row, id, bytes, owner, ...(origin !== undefined && { origin }) });
  const expect = (...sums: [key: string, files: number, bytes: number][]) => {
    store.commit();
    assertEquals(savedSums(store), sums);
  };
  save("a", 100, "Ann[", "Near");
  save("b", 20, "ann[", "near");
  save("c", 3, "bob");
  expect(["all", 3, 123], ["origin Near", 1, 100], ["origin near", 1, 20], ["owner ann[", 2, 120], [
    "owner bob",
    1,
    3,
  ]);
  save("a", 50, "Bob", "near");
  files.save({ ...row, id: "b", bytes: 20, owner: "ann[", origin: "near", message: 7 });
  expect(["all", 3, 73], ["origin near", 2, 70], ["owner ann[", 1, 20], ["owner bob", 2, 53]);
  save("b", 20, "ann[");
  save("c", 4, "bob", "far");
  expect(["all", 3, 74], ["origin far", 1, 4], ["origin near", 1, 50], ["owner ann[", 1, 20], [
    "owner bob",
    2,
    54,
  ]);
  for (const id of ["a", "b", "c"]) files.remove(id);
  expect(["all", 0, 0]);
});

Deno.test("the sums of many owners stay right when most of them leave memory", () => {
  using store = openStore();
  const { files } = store;
  const owners = Array.from({ length: 1500 }, (_, i) => `~${i}`);
  for (const owner of owners) files.save({ ...row, id: owner, bytes: 2, owner, origin: owner });
  files.remove("~3");
  // These are not written yet.
  assertEquals([files.sumOfOwner("~3").files, files.sumOfOwner("~4").files, files.totalBytes], [0, 1, 2998]);
  store.commit();
  assertEquals(owners.reduce((sum, owner) => sum + files.sumOfOwner(owner).bytes, 0), 2998);
  files.save({ ...row, id: "more", bytes: 5, owner: "~3", origin: "~4" });
  assertEquals([files.sumOfOwner("~3").bytes, files.sumOfOrigin("~4").bytes, files.totalBytes], [5, 7, 3003]);
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

function savedSums(store: Store): unknown[] {
  return store.database.prepareArrays("SELECT key, files, bytes FROM file_sum ORDER BY key").all().map(array);
}
