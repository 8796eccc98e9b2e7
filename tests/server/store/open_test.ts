import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../../lib/server/store/store_error.ts";
import { openFolder } from "../../../lib/server/store/open.ts";
import { row } from "../../../lib/server/store/conversation.ts";
import { migrations } from "../../../lib/server/store/schema.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const onDisk = { ignore: !granted("read", "write") };

Deno.test(
  "a data folder is created for its owner only, and has the saved data when it is opened again",
  onDisk,
  () => {
    using place = temporaryFolder();
    const folder = `${place.folder}/new/data`;
    {
      using store = openStore({ folder });
      store.history.append(store.conversations.channel("#tea", "#tea"), 0, 1234, ":ann PRIVMSG #tea :hi");
    }
    using store = openStore({ folder });
    assertEquals(store.history.newestStamp, 1234);
    if (Deno.build.os === "windows") return;
    for (const path of [folder, `${folder}/parley.db`, `${folder}/parley.db-wal`]) {
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o077, 0, path);
    }
  },
);

Deno.test("a data folder serves one server at a time", onDisk, () => {
  using place = temporaryFolder();
  const first = openStore(place);
  assertStringIncludes(refusal(place.folder), "another server uses it");
  first.close();
  openStore(place).close();
});

Deno.test("a start removes the parts of copies that a killed server left, and nothing else", onDisk, () => {
  using place = temporaryFolder();
  const kept = ["backup-1.db", "notes.part", "parley-version-8.db"];
  const parts = ["backup-2.db.part", "parley-version-7.db.part", "parley-rescued.db.part", "parley.db-probe"];
  for (const name of [...kept, ...parts]) Deno.writeTextFileSync(`${place.folder}/${name}`, "words");
  openStore(place).close();
  assertEquals(
    [...Deno.readDirSync(place.folder)].map(({ name }) => name).sort(),
    [
      ...kept,
      "parley.db",
      "parley.lock",
    ].sort(),
  );
});

Deno.test("a database of a newer Parley is refused and not changed", onDisk, () => {
  using place = temporaryFolder();
  openStore(place).close();
  change(place.folder, `PRAGMA user_version = ${migrations.length + 1}`);
  const before = Deno.readFileSync(`${place.folder}/parley.db`);
  assertStringIncludes(refusal(place.folder), "a newer version of Parley wrote it");
  assertEquals(Deno.readFileSync(`${place.folder}/parley.db`), before);
});

Deno.test("a database of another program is refused", onDisk, () => {
  using place = temporaryFolder();
  change(place.folder, "CREATE TABLE theirs (id INTEGER)");
  assertStringIncludes(refusal(place.folder), "it is not a database of Parley");
});

Deno.test("a file that is not a database is refused and not changed", onDisk, () => {
  using place = temporaryFolder();
  const bytes = new TextEncoder().encode("This was my shopping list, not a database. ".repeat(50));
  Deno.writeFileSync(`${place.folder}/parley.db`, bytes);
  assertStringIncludes(refusal(place.folder), "the file was not changed");
  assertEquals(Deno.readFileSync(`${place.folder}/parley.db`), bytes);
});

Deno.test("a damaged database is refused and not changed", onDisk, () => {
  using place = temporaryFolder();
  const path = `${place.folder}/parley.db`;
  openStore(place).close();
  const bytes = Deno.readFileSync(path);
  bytes.fill(0xaa, 4096, 5 * 4096);
  Deno.writeFileSync(path, bytes);
  assertStringIncludes(refusal(place.folder), "the file was not changed");
  assertEquals(Deno.readFileSync(path), bytes);
});

Deno.test("a folder that cannot be created is refused with advice", onDisk, () => {
  using place = temporaryFolder();
  Deno.writeTextFileSync(`${place.folder}/file`, "");
  const words = refusal(`${place.folder}/file/data`);
  assertStringIncludes(words, "Cannot write to the data folder");
  assertStringIncludes(words, "--ephemeral");
});

Deno.test("an older database is copied before it is changed", onDisk, () => {
  using place = temporaryFolder();
  openStore(place).close();
  change(place.folder, "CREATE TABLE old (id INTEGER)");
  const { db, release } = openFolder(place.folder, "normal", [
    ...migrations,
    "ALTER TABLE old ADD COLUMN new TEXT",
  ]);
  db.close();
  release();
  using copy = new DatabaseSync(`${place.folder}/parley-version-${migrations.length}.db`, { readOnly: true });
  assertEquals(copy.prepare("SELECT count(*) AS columns FROM pragma_table_info('old')").get()?.columns, 1);
  using now = new DatabaseSync(`${place.folder}/parley.db`, { readOnly: true });
  assertEquals(now.prepare("SELECT count(*) AS columns FROM pragma_table_info('old')").get()?.columns, 2);
});

Deno.test("private conversations of an older version are found from both sides", onDisk, () => {
  using place = temporaryFolder();
  const before = openFolder(
    place.folder,
    "normal",
    migrations.slice(0, migrations.findIndex((step) => step.includes("CREATE TABLE person"))),
  );
  before.db.exec(`
    INSERT INTO conversation (id, key, name) VALUES (1, 'ann ~bob', ''), (2, 'ann ann', '');
    INSERT INTO side (identity, conversation, name) VALUES ('ann', 1, 'Ann'), ('~bob', 1, 'Bob'), ('ann', 2, 'Ann');
  `);
  before.db.close();
  before.release();
  using store = openStore({ folder: place.folder });
  const { conversations } = store;
  assertEquals(conversations.privateOf("ann").map((one) => [one.id, one.with.name]), [[2, "Ann"], [
    1,
    "Bob",
  ]]);
  assertEquals([conversations.idsBetween("~bob", "ann"), conversations.knownAs("bob", "ann")], [[1], [
    "~bob",
  ]]);
});

Deno.test(
  "after an update search works at once, and the index is built in the background",
  onDisk,
  async () => {
    using place = temporaryFolder();
    const before = openFolder(
      place.folder,
      "normal",
      migrations.slice(0, migrations.findIndex((step) => step.includes("CREATE TABLE search_section"))),
    );
    before.db.exec(`
    INSERT INTO conversation (id, key, name, messages) VALUES (1, '#tea', '#tea', 2);
    INSERT INTO block (id, log, first, count, records) VALUES
      (1, 2, 1024, 1, '0 :ann!a@h PRIVMSG #tea :I like C++'), (2, 2, 2048, 1, '0 :ann!a@h PRIVMSG #tea :cats');
    INSERT INTO words (rowid, keys, text) VALUES (1024, 'l2 n616e6e', 'I like C++'), (2048, 'l2 n616e6e', 'cats');
    INSERT INTO progress VALUES ('followed', 2);
  `);
    before.db.close();
    before.release();
    const found = (store: Store, text: string) =>
      store.index.search({ logs: [2], text, limit: 9, from: "end" }).map(({ stamp }) => stamp);
    {
      using store = openStore({ folder: place.folder });
      assertEquals([found(store, "C++"), found(store, "cat")], [[1024], [2048]]);
      // Then the program ends: only the first block is in the index.
      store.database.attempt(() => store.index.advance(performance.now()));
    }
    using store = openStore({ folder: place.folder });
    assertEquals(found(store, "C++"), [1024]);
    await store.updateIndex();
    assertEquals([found(store, "C++"), found(store, "cat")], [[1024], [2048]]);
    assertEquals(row(store.database.prepareArrays("SELECT messages FROM conversation").get()), [2]);
  },
);

Deno.test("an index with words of another version is built again", onDisk, async () => {
  using place = temporaryFolder();
  {
    using store = openStore({ folder: place.folder });
    store.history.append(store.conversations.channel("#tea", "#tea"), 0, 1024, ":ann!a@h PRIVMSG #tea :cats");
    await store.updateIndex();
  }
  change(place.folder, "UPDATE progress SET value = value - 1 WHERE name = 'words'");
  using store = openStore({ folder: place.folder });
  const count = () =>
    row(store.database.prepareArrays("SELECT count(*) FROM words WHERE words MATCH '00000cats'").get());
  assertEquals(count(), [0]);
  await store.updateIndex();
  assertEquals(count(), [1]);
});

Deno.test("accounts of an older version are found by names that look like them", onDisk, () => {
  using place = temporaryFolder();
  const older = migrations.slice(0, migrations.findIndex((step) => step.includes("TABLE look_alike")));
  const before = openFolder(place.folder, "normal", older);
  before.db.exec(`INSERT INTO account (key, name, verifier, role, created_ms) VALUES
    ('ann[', 'Ann[', 'SCRAM-SHA-256$4096:c2FsdA==$a:b', '', 1), ('paui', 'PauI', '', 'owner', 1), ('bob', 'bob', '', '', 1)`);
  before.db.close();
  before.release();
  using store = openStore({ folder: place.folder });
  assertEquals(["ann{", "paul", "b\u043eb"].map((name) => store.accounts.findAlike(name)[0]?.name), [
    "Ann[",
    "PauI",
    "bob",
  ]);
  assertEquals([store.accounts.countRounds(), store.accounts.findAlike("tom")], [[[4096, 1]], []]);
});

Deno.test("files of older versions are counted for all, for owners and for origins", onDisk, () => {
  for (const sign of ["TABLE look_alike", "TABLE file_sum"]) {
    using place = temporaryFolder();
    const older = migrations.slice(0, migrations.findIndex((step) => step.includes(sign)));
    const before = openFolder(place.folder, "normal", older);
    before.db.exec(`INSERT INTO file (id, name, type, bytes, owner, created_ms, origin) VALUES
      ('a', 'a', '', 100, 'Ann', 1, 'near'), ('b', 'b', '', 20, 'ann', 2, NULL), ('c', 'c', '', 3, '~bob', 3, 'near')`);
    before.db.close();
    before.release();
    using store = openStore({ folder: place.folder });
    const { files } = store;
    files.remove("a");
    assertEquals([files.totalBytes, files.sumOfOwner("ANN"), files.sumOfOrigin("near")], [
      23,
      { files: 1, bytes: 20 },
      { files: 1, bytes: 3 },
    ]);
  }
});

Deno.test("a failed migration does not change the database", onDisk, () => {
  using place = temporaryFolder();
  openStore(place).close();
  const steps = [...migrations, "CREATE TABLE half (id INTEGER)", "ALTER TABLE missing ADD COLUMN new TEXT"];
  assertThrows(() => openFolder(place.folder, "normal", steps), StoreError, "no such table");
  using store = openStore(place);
  const found = store.database.prepareArrays("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").all();
  assertEquals(found, [[0]] as unknown as typeof found);
});

function refusal(folder: string): string {
  const error = assertThrows(() => openStore({ folder }), StoreError);
  assert(!error.message.includes("\n"));
  return error.message;
}

function change(folder: string, sql: string): void {
  using db = new DatabaseSync(`${folder}/parley.db`);
  db.exec(sql);
}
