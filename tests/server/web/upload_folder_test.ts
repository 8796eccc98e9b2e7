/** The folder of shared files: on a disk that becomes full, and with many files at the start. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UploadFolder } from "../../../lib/server/web/upload_folder.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { canMount, MountedDisk } from "../../support/mounted_disk.ts";
import { granted } from "../../support/permissions.ts";

Deno.test({
  name: "a file leaves space on the disk for messages, whether its size is known or not",
  ignore: !granted("read", "write", "run", "sys") || !canMount(),
  async fn() {
    using place = temporaryFolder();
    await using disk = await MountedDisk.mount(`${place.folder}/disk`, "20m");
    const folder = new UploadFolder(`${disk.folder}/files`);
    const megabytes = (count: number) => ({
      async *[Symbol.asyncIterator]() {
        for (let at = 0; at < count * 16; at++) yield await Promise.resolve(new Uint8Array(65_536));
      },
    });
    const limits = { maxBytes: 1e9, tooLarge: "too large" };
    for (const declaredBytes of [0, 19.5 * 1024 * 1024]) {
      const id = folder.newId();
      const refusal = await assertRejects(() =>
        folder.write(id, megabytes(19.5), { ...limits, declaredBytes })
      );
      assertMatch(String(refusal), /The disk of the server is full/);
      assertEquals([...Deno.readDirSync(`${disk.folder}/files`)], []);
    }
    assertEquals(await folder.write(folder.newId(), megabytes(15), limits), 15 * 1024 * 1024);
    Deno.writeFileSync(`${disk.folder}/messages`, new Uint8Array(1024 * 1024));
  },
});

Deno.test({
  name: "many files do not hold up the start: their rows are looked up in turns",
  ignore: !granted("read", "write"),
  async fn() {
    using place = temporaryFolder();
    for (let at = 0; at < 600; at++) Deno.writeFileSync(`${place.folder}/${at}`, new Uint8Array());
    let lookedUp = 0;
    const removed = new UploadFolder(place.folder).removeUnknown((id) => {
      lookedUp++;
      return id !== "7" && id !== "70";
    });
    const atOnce = lookedUp;
    Deno.writeFileSync(`${place.folder}/new`, new Uint8Array());
    await removed;
    assertEquals([atOnce, lookedUp], [500, 600]);
    const left = [...Deno.readDirSync(place.folder)].map(({ name }) => name);
    assertEquals([left.length, left.includes("7"), left.includes("70")], [599, false, false]);
  },
});
