import { assertEquals, assertMatch } from "@std/assert";
import { Clock } from "../../../lib/irc/clock.ts";
import { openFolder } from "../../../lib/server/store/open.ts";
import { openStore, Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const onDisk = { ignore: !granted("read", "write") };

Deno.test(
  "a database whose file is deleted is told and written again, and is complete after a stop",
  onDisk,
  async () => {
    using place = temporaryFolder();
    const { store, said } = open(place.folder);
    tell(store, 1);
    store.commit();
    Deno.removeSync(`${place.folder}/parley.db`);
    await store.upkeep();
    assertMatch(said.join("\n"), /was deleted while .* its content is in ".*parley-rescued.db"/);
    tell(store, 2);
    store.close();
    assertEquals(said.length, 1);
    assertEquals(stampsIn(place.folder), [1, 2]);
  },
);

Deno.test(
  "a server that is killed after its database was deleted starts with the copy, not with its old log",
  onDisk,
  async () => {
    using place = temporaryFolder();
    using killed = temporaryFolder();
    const { store } = open(place.folder);
    tell(store, 1);
    store.commit();
    Deno.removeSync(`${place.folder}/parley.db`);
    await store.upkeep();
    tell(store, 2);
    store.commit();
    for (const { name } of Deno.readDirSync(place.folder)) {
      if (name !== "parley.lock") Deno.copyFileSync(`${place.folder}/${name}`, `${killed.folder}/${name}`);
    }
    store.close();
    assertEquals(stampsIn(killed.folder), [1]);
  },
);

Deno.test("a database that another file has replaced stays beside it", onDisk, () => {
  using place = temporaryFolder();
  const { store, said } = open(place.folder);
  tell(store, 1);
  store.commit();
  Deno.writeTextFileSync(`${place.folder}/other`, "another file");
  Deno.renameSync(`${place.folder}/other`, `${place.folder}/parley.db`);
  store.close();
  assertMatch(said.join("\n"), /was replaced while .* delete ".*parley.db", and start the server$/);
  assertEquals(Deno.readTextFileSync(`${place.folder}/parley.db`), "another file");
  Deno.removeSync(`${place.folder}/parley.db`);
  assertEquals(stampsIn(place.folder), [1]);
});

Deno.test("a database whose folder was renamed for some time keeps no copy", onDisk, async () => {
  using place = temporaryFolder();
  const folder = `${place.folder}/data`;
  const { store, said } = open(folder);
  tell(store, 1);
  store.commit();
  Deno.renameSync(folder, `${folder}-2`);
  await store.upkeep();
  // A copy from the time before.
  Deno.writeTextFileSync(`${folder}-2/parley-rescued.db`, "words that are deleted later");
  Deno.renameSync(`${folder}-2`, folder);
  await store.upkeep();
  store.close();
  assertMatch(said.join("\n"), /copy cannot be written: .*\n.*parley.db" is back$/);
  assertEquals([store.isLost, [...Deno.readDirSync(folder)].map(({ name }) => name).sort()], [
    false,
    ["parley.db", "parley.lock"],
  ]);
  assertEquals(stampsIn(folder), [1]);
});

Deno.test("a database whose folder is deleted is complete after a stop", onDisk, () => {
  using place = temporaryFolder();
  const folder = `${place.folder}/data`;
  const { store } = open(folder);
  tell(store, 1);
  store.commit();
  Deno.removeSync(folder, { recursive: true });
  tell(store, 2);
  store.close();
  assertEquals(store.isLost, false);
  assertEquals(stampsIn(folder), [1, 2]);
});

Deno.test("a store that cannot copy its deleted file knows that it is lost", onDisk, () => {
  using place = temporaryFolder();
  const folder = `${place.folder}/data`;
  const { store } = open(folder);
  tell(store, 1);
  Deno.removeSync(folder, { recursive: true });
  Deno.writeTextFileSync(folder, "no folder");
  store.close();
  assertEquals(store.isLost, true);
});

function open(folder: string) {
  const store = new Store(openFolder(folder, "normal"), { clock: new Clock() });
  const said: string[] = [];
  store.database.onProblem = (sentence) => said.push(sentence);
  return { store, said };
}

function tell(store: Store, stamp: number): void {
  store.history.append(store.conversations.channel("#tea", "#tea"), 0, stamp, ":ann PRIVMSG #tea :hello");
}

function stampsIn(folder: string): number[] {
  using store = openStore({ folder });
  const view = { conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 };
  return store.history.read([view], { limit: 9, from: "start", events: true }).map(({ stamp }) => stamp);
}
