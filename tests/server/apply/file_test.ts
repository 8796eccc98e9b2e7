/** Shared files: an upload can end after its account was removed. */
import { assertEquals } from "@std/assert";
import { registered } from "../../support/account.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { story } from "../../support/story.ts";

story("a file whose account was removed during the upload is deleted", async (chat) => {
  await registered(chat, "ann");
  const removed: string[] = [];
  const files = chat.state.store?.files;
  if (files !== undefined) files.onRemoved = (id) => removed.push(id);
  const file = { name: "tea.txt", type: "text/plain", bytes: 1, createdMs: Date.now() };
  for (const owner of ["ann", "~guest.localhost", "bob"]) {
    await chat.hub.commit({ kind: "file added", file: { ...file, id: owner, owner } });
  }
  assertEquals(files?.all().map(({ id }) => id), ["ann", "~guest.localhost"]);
  assertEquals(removed, ["bob"]);
});

Deno.test("two machines that receive files at the same time keep the limit together", async () => {
  using near = openStore();
  using far = openStore();
  const machines = startMachines([near, far]);
  const owner = "~ann";
  const add = ({ chat, commit }: typeof machines[number], id: string) => {
    const file = { id, name: "tea", type: "text/plain", bytes: 60, owner, createdMs: 0, origin: "near" };
    return commit({ kind: "file added", file, limits: { ...chat.uploads.limitsOf(owner), ownerBytes: 100 } });
  };
  await Promise.all([add(machines[0], "a"), add(machines[1], "b"), add(machines[0], "c")]);
  for (const { files } of [near, far]) {
    assertEquals(files.all().map(({ id }) => id), ["a"]);
    assertEquals(
      [files.sumOfOwner(owner), files.sumOfOrigin("near")],
      Array(2).fill({ files: 1, bytes: 60 }),
    );
  }
});
