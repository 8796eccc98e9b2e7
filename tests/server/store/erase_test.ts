import { assert, assertEquals } from "@std/assert";
import { StatementSync } from "node:sqlite";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const onDisk = { ignore: !granted("read", "write") };

Deno.test("redacting removes one message from history and search, and no other message", async () => {
  using store = openStore();
  for (const stamp of [1, 2, 3]) tell(store, stamp, "ann", `secret ${stamp}`);
  store.commit();
  await store.updateIndex();
  assertEquals(store.eraser.redact(views(store), 2), true);
  assertEquals(stamps(store), [1, 3]);
  assertEquals(found(store, "secret"), [1, 3]);
});

Deno.test("redacting a missing or hidden message does nothing", () => {
  using store = openStore();
  tell(store, 5, "ann", "hello");
  assertEquals(store.eraser.redact(views(store), 6), false);
  assertEquals(store.eraser.redact(views(store).map((view) => ({ ...view, since: 6 })), 5), false);
  assertEquals(store.eraser.redact([], 5), false);
  assertEquals(stamps(store), [5]);
});

Deno.test("a message redacted before it was indexed is not found either", async () => {
  using store = openStore();
  tell(store, 1, "ann", "secret");
  store.eraser.redact(views(store), 1);
  await store.updateIndex();
  assertEquals(found(store, "secret"), []);
});

Deno.test("no file contains the text of a redacted message", onDisk, async () => {
  using place = temporaryFolder();
  using store = openStore(place);
  for (let stamp = 1; stamp <= 300; stamp++) {
    tell(store, stamp, "ann", stamp === 150 ? "topsecretword" : `words ${stamp}`);
    if (stamp % 7 === 0) store.commit();
  }
  await store.updateIndex();
  store.commit();
  store.database.scrub();
  assertEquals(filesWith(place.folder, "topsecretword") > 0, true);
  store.eraser.redact(views(store), 150);
  runUpkeep(store);
  assertEquals(filesWith(place.folder, "topsecretword"), 0);
  assertEquals(filesWith(place.folder, "words"), 1);
});

Deno.test("no file contains the text of a message that was deleted after messages beside it", onDisk, () => {
  using place = temporaryFolder();
  using store = openStore(place);
  for (let stamp = 1; stamp <= 600; stamp++) {
    tell(store, stamp, "ann", `word${1000 + stamp}${".".repeat(stamp * 37 % 900)}`);
    store.commit();
  }
  const gone = Array.from({ length: 599 }, (_, at) => 1 + at).filter((stamp) => stamp * 37 % 100 < 70);
  for (const stamp of gone) store.eraser.redact(views(store), stamp);
  runUpkeep(store);
  const text = bytesIn(place.folder).join(" ");
  assertEquals(gone.map((stamp) => `word${1000 + stamp}`).filter((word) => text.includes(word)), []);
});

Deno.test("forget() erases all messages of an account up to then, and nothing else", onDisk, () => {
  using place = temporaryFolder();
  using store = openStore(place);
  for (let stamp = 1; stamp <= 100; stamp++) {
    tell(store, stamp, stamp % 2 === 0 ? "ann" : "bob", stamp % 2 === 0 ? "annsword" : "bobsword");
    if (stamp % 9 === 0) store.commit();
  }
  store.eraser.scheduleErasure("ann", 90);
  runUpkeep(store);
  const odd = Array.from({ length: 50 }, (_, at) => at * 2 + 1);
  assertEquals(stamps(store), [...odd, 92, 94, 96, 98, 100].sort((one, other) => one - other));
  assertEquals(found(store, "annsword"), [92, 94, 96, 98, 100]);
  store.eraser.scheduleErasure("ann", 100);
  runUpkeep(store);
  assertEquals(filesWith(place.folder, "annsword"), 0);
});

Deno.test(
  "nobody can read records of an account from the moment their erasure is scheduled",
  onDisk,
  async () => {
    using place = temporaryFolder();
    {
      using store = openStore(place);
      for (let stamp = 1; stamp <= 100; stamp++) {
        tell(
          store,
          stamp,
          stamp % 2 === 0 ? "Ann" : "bob",
          "secret",
        );
      }
      store.eraser.scheduleErasure("ann", 90);
      assertEquals(stamps(store).filter((stamp) => stamp % 2 === 0), [92, 94, 96, 98, 100]);
      assertEquals(store.history.find(views(store), 50), undefined);
    }
    using store = openStore(place);
    assertEquals(stamps(store).filter((stamp) => stamp % 2 === 0), [92, 94, 96, 98, 100]);
    const logs = new Map(views(store).map(({ conversation }) => [conversation * 2, 0]));
    const found = await store.search({
      logs,
      text: "secret",
      from: "start",
      limit: 1000,
      isVisible: () => true,
    });
    assertEquals(found.length, 55);
  },
);

Deno.test("blocks without records are removed, and the newest block when another follows", async () => {
  using store = openStore();
  for (let stamp = 1; stamp <= 9; stamp++) {
    tell(store, stamp, "ann", "hello");
    store.commit();
    if (stamp === 5) await store.updateIndex();
    store.eraser.redact(views(store), stamp);
  }
  const blocks = () => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((id) => store.history.load(id) !== undefined);
  assertEquals(blocks(), [9]);
  assertEquals(store.history.newestStamp, 9);
  tell(store, 10, "ann", "hello");
  runUpkeep(store);
  store.eraser.redact(views(store), 10);
  assertEquals([blocks(), stamps(store)], [[10], []]);
  tell(store, 11, "ann", "again");
  await store.updateIndex();
  assertEquals(found(store, "again"), [11]);
});

Deno.test("records that are erased during a long read or search are not in its result", async () => {
  using store = openStore();
  for (let stamp = 1; stamp <= 10_000; stamp++) tell(store, stamp, "ann", stamp > 9990 ? "wanted" : "other");
  store.commit();
  await store.updateIndex();
  const isVisible = ({ record }: { record: string }) => record.endsWith("wanted");
  const range = { limit: 20, from: "end", events: false, isVisible } as const;
  const reading = store.history.readInSteps(views(store), range);
  const logs = new Map(views(store).map(({ conversation }) => [conversation * 2, 0]));
  const searching = store.search({ logs, text: "wanted", from: "end", limit: 20, isVisible });
  store.eraser.redact(views(store), 9995);
  const expected = [9991, 9992, 9993, 9994, 9996, 9997, 9998, 9999, 10_000];
  assertEquals((await reading).map(({ stamp }) => stamp), expected);
  assertEquals((await searching).map(({ stamp }) => stamp), expected);
});

Deno.test("deletions of messages that are closed to a reader do not count towards the limit", () => {
  using store = openStore();
  for (let stamp = 1; stamp <= 9; stamp++) tell(store, stamp, "ann", "hello");
  store.commit();
  for (let stamp = 1; stamp <= 9; stamp++) {
    const deletion = { stamp: 100 + stamp, account: undefined, record: "REDACT", reason: "" };
    store.eraser.redact(views(store), stamp, deletion);
  }
  const closed = [{ from: 1, until: 4 }, { from: 5, until: 9 }];
  const open = views(store).map((view) => ({ ...view, closed }));
  const read = (from: "start" | "end", limit: number) =>
    store.deletions.read(open, { after: 0, before: Infinity, limit, from }).map(({ stamp }) => stamp);
  assertEquals([read("start", 1), read("start", 2), read("end", 1), read("end", 9)], [
    [104],
    [104, 109],
    [109],
    [104, 109],
  ]);
});

Deno.test(
  "a message with many words is hidden at once, and loses its words in many small steps",
  onDisk,
  async () => {
    using place = temporaryFolder();
    const many = Array.from({ length: 2000 }, (_, at) => `secret${at}`).join(" ");
    {
      using store = openStore(place);
      tell(store, 1, "ann", "secret0 stays");
      for (const stamp of [2, 3]) tell(store, stamp, "ann", many);
      store.commit();
      await store.updateIndex();
      store.eraser.redact(views(store), 2);
      assertEquals([stamps(store), await search(store, "secret1999")], [[1, 3], [3]]);
      const exported = await store.export("ann", { limit: 10 });
      assertEquals(exported.items.length, 2);
      for (let step = 0; step < 5; step++) store.database.attempt(() => store.eraser.step());
      assertEquals([found(store, "secret0"), await search(store, "secret1999")], [[1, 3], [3]]);
    }
    using store = openStore(place);
    assertEquals([stamps(store), await search(store, "secret1999")], [[1, 3], [3]]);
    store.eraser.redact(views(store), 3);
    let steps = 0;
    for (let more = true; more; steps++) store.database.attempt(() => more = store.eraser.step());
    assert(steps > 20, `${steps} steps`);
    runUpkeep(store);
    assertEquals([filesWith(place.folder, "secret1999"), found(store, "secret")], [0, [1]]);
    checkIndex(store);
  },
);

Deno.test("a long message whose erasure has begun can be pruned, and its account can be deleted", async () => {
  for (const end of ["prune", "delete the account"]) {
    using store = openStore({ retention: { ageMs: 0, count: end === "prune" ? 1 : 0 } });
    tell(store, 1, "ann", Array.from({ length: 1000 }, (_, at) => `secret${at}`).join(" "));
    store.commit();
    for (const stamp of [2, 3]) tell(store, stamp, "bob", "hello");
    store.commit();
    await store.updateIndex();
    store.eraser.redact(views(store), 1);
    store.database.attempt(() => store.eraser.step());
    if (end !== "prune") store.eraser.scheduleErasure("ann", 3);
    runUpkeep(store);
    assertEquals([found(store, "secret"), store.history.load(1), store.eraser.isBusy], [
      [],
      undefined,
      false,
    ]);
    checkIndex(store);
  }
});

Deno.test("erasing the messages of an account reads each of them once or twice", async () => {
  using store = openStore();
  const count = 600;
  for (let stamp = 1; stamp <= count; stamp++) {
    tell(store, stamp, "ann", "hello");
    store.commit();
  }
  await store.updateIndex();
  store.eraser.scheduleErasure("ann", count);
  using rows = countRows();
  for (let more = true; more;) store.database.attempt(() => more = store.eraser.step());
  assertEquals(stamps(store), []);
  assert(rows.count < 4 * count, `${rows.count} rows`);
});

Deno.test("forget() continues after a restart", onDisk, () => {
  using place = temporaryFolder();
  {
    using store = openStore(place);
    for (let stamp = 1; stamp <= 100; stamp++) tell(store, stamp, "ann", "hello");
    store.eraser.scheduleErasure("ann", 100);
  }
  using store = openStore(place);
  runUpkeep(store);
  assertEquals(stamps(store), []);
});

function tell(store: Store, stamp: number, account: string, text: string): void {
  const record = `@account=${account} :${account}!~x@host PRIVMSG #tea :${text}`;
  store.history.append(store.conversations.channel("#tea", "#tea"), 0, stamp, record);
}

async function search(store: Store, text: string): Promise<number[]> {
  const logs = new Map(views(store).map(({ conversation }) => [conversation * 2, 0]));
  const hits = await store.search({ logs, text, from: "start", limit: 10, isVisible: () => true });
  return hits.map(({ stamp }) => stamp);
}

/** Throws if the index is damaged. */
function checkIndex(store: Store): void {
  const check = store.database.prepareWrite("INSERT INTO words (words) VALUES ('integrity-check')");
  store.database.attempt(() => check.run());
}

/** Counts the rows that queries for many rows return. */
function countRows(): { count: number } & Disposable {
  const { all } = StatementSync.prototype;
  const rows = { count: 0, [Symbol.dispose]: () => void (StatementSync.prototype.all = all) };
  StatementSync.prototype.all = function (this: StatementSync, ...values: never[]) {
    const found = all.apply(this, values as unknown as [Record<string, never>]);
    rows.count += found.length;
    return found;
  };
  return rows;
}

function runUpkeep(store: Store): void {
  while (store.upkeepStep());
}

function views(store: Store): { conversation: number; since: number }[] {
  return [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
}

function stamps(store: Store): number[] {
  const range = { limit: 1000, from: "start", events: true } as const;
  return store.history.read(views(store), range).map(({ stamp }) => stamp);
}

function found(store: Store, text: string): number[] {
  const logs = views(store).map(({ conversation }) => conversation * 2);
  return store.index.search({ logs, text, from: "start", limit: 100 }).map(({ stamp }) => stamp);
}

function filesWith(folder: string, word: string): number {
  return bytesIn(folder).filter((bytes) => bytes.includes(word)).length;
}

/** The bytes of each file as characters, one per byte. */
function bytesIn(folder: string): string[] {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => Deno.readFileSync(`${folder}/${name}`));
  return files.map((bytes) => new TextDecoder("latin1").decode(bytes));
}
