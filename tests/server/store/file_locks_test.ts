/** While a server uses the database, no other program may: it would remove the log, which the server writes. */
import { assertEquals } from "@std/assert";
import { openFolder } from "../../../lib/server/store/open.ts";
import { migrations } from "../../../lib/server/store/schema.ts";
import { openStore, Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted, programPermissions } from "../../support/permissions.ts";

const permissions = { all: "inherit", narrow: { read: true, write: true, run: true } } as const;

for (const [name, granting] of Object.entries(permissions)) {
  Deno.test({
    name: `with ${name} permissions no other program opens the database, also after copies of it`,
    ignore: !granted(...programPermissions),
    permissions: granting,
    async fn() {
      using place = temporaryFolder();
      openStore(place).close();
      const steps = [...migrations, "CREATE TABLE more (id INTEGER)"];
      using store = new Store(openFolder(place.folder, "normal", steps));
      await store.backup("backup-2026-01-01T00-00-00");
      store.savedValues.save("one", "x".repeat(600_000));
      await store.database.checkpoint();
      store.savedValues.save("two", "2");
      store.commit();
      assertEquals(await tryToRead(`${place.folder}/parley.db`), "database is locked");
      const names = [...Deno.readDirSync(place.folder)].map(({ name }) => name);
      assertEquals(names.filter((name) => /backup|version|wal/.test(name)).length, 3, `${names}`);
    },
  });
}

/** The error, in a program of its own. */
async function tryToRead(path: string): Promise<string> {
  const code = `import { DatabaseSync } from "node:sqlite";
    try { new DatabaseSync(${
    JSON.stringify(path)
  }).prepare("SELECT * FROM block").all(); console.log("read") }
    catch (error) { console.log(error.message) }`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  return new TextDecoder().decode(stdout).trim();
}
