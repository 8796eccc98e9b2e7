/** Shared files: an upload can end after its account was removed. */
import { assertEquals } from "@std/assert";
import { registered } from "../../support/account.ts";
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
