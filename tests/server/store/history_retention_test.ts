import { DatabaseSync } from "node:sqlite";
import { Clock } from "../../../lib/irc/clock.ts";
import { assertEquals } from "@std/assert";
import { firstStamp } from "../../../lib/irc/stamp.ts";
import { Database } from "../../../lib/server/store/database.ts";
import { EmptyBlocks } from "../../../lib/server/store/empty_blocks.ts";
import { openMemory } from "../../../lib/server/store/open.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { IndexMerge } from "../../../lib/server/store/index_merge.ts";
import { migrations } from "../../../lib/server/store/schema.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";
import type { RetentionLimits } from "../../../lib/server/store/history_retention.ts";

Deno.test("records over the age limit are deleted, also from the search index", () => {
  using store = open({ ageMs: 50, count: 0 });
  for (let ms = 1; ms <= 100; ms++) tell(store, "#tea", ms);
  runUpkeep(store);
  assertEquals(times(store, "#tea").at(0), 50);
  assertEquals(found(store, 49), []);
  assertEquals(found(store, 50), [50]);
});

Deno.test("records over the limit of a conversation are deleted, oldest first, and other conversations stay", () => {
  using store = open({ ageMs: 0, count: 10 });
  for (let ms = 1; ms <= 30; ms++) tell(store, "#tea", ms);
  tell(store, "#den", 31);
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  assertEquals(times(store, "#den"), [31]);
  tell(store, "#tea", 32);
  runUpkeep(store);
  assertEquals(times(store, "#tea").at(0), 22);
});

Deno.test("a limit on messages does not limit the messages of one tick", () => {
  using store = open({ ageMs: 0, count: 3 });
  for (let ms = 1; ms <= 20; ms++) append(store, "#tea", ms);
  store.commit();
  for (let ms = 21; ms <= 23; ms++) tell(store, "#tea", ms);
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [21, 22, 23]);
});

Deno.test("a conversation that stays over the limit keeps no other conversation from it", () => {
  using store = open({ ageMs: 0, count: 15 });
  for (let ms = 1; ms <= 20; ms++) append(store, "#tea", ms);
  store.commit();
  for (let ms = 21; ms <= 50; ms++) tell(store, "#den", ms);
  tell(store, "#end", 51);
  runUpkeep(store);
  assertEquals([times(store, "#tea").length, times(store, "#den").length], [20, 15]);
  tell(store, "#den", 52);
  runUpkeep(store);
  assertEquals(times(store, "#den").length, 15);
});

Deno.test("deleted messages do not count towards the limit of a conversation", async () => {
  using store = open({ ageMs: 0, count: 10 });
  for (let ms = 1; ms <= 10; ms++) tell(store, "#tea", ms);
  append(store, "#tea", 11);
  append(store, "#tea", 12);
  await store.updateIndex();
  const views = [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
  for (const ms of [5, 6, 7, 12]) store.eraser.redact(views, firstStamp(ms));
  store.eraser.redact(views, firstStamp(12));
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [1, 2, 3, 4, 8, 9, 10, 11]);
  for (const ms of [13, 14, 15]) tell(store, "#tea", ms);
  store.eraser.redact(views, firstStamp(13));
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [1, 2, 3, 4, 8, 9, 10, 11, 14, 15]);
  tell(store, "#tea", 16);
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [2, 3, 4, 8, 9, 10, 11, 14, 15, 16]);
});

Deno.test("without limits everything stays", () => {
  using store = open({ ageMs: 0, count: 0 });
  for (let ms = 1; ms <= 30; ms++) tell(store, "#tea", ms);
  runUpkeep(store);
  assertEquals(times(store, "#tea").length, 30);
});

Deno.test("the newest record stays, because the next stamps must be higher", () => {
  using store = open({ ageMs: 1, count: 0 });
  tell(store, "#tea", 1);
  tell(store, "#tea", 2);
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [2]);
  assertEquals(store.history.newestStamp, firstStamp(2));
});

Deno.test("of all messages together, the largest conversations lose their oldest ones", () => {
  using store = open({ ageMs: 0, count: 0, totalBytes: 4000 });
  for (let ms = 1; ms <= 5; ms++) tell(store, "#tea", ms);
  for (let ms = 6; ms <= 300; ms++) tell(store, "#noise", ms);
  runUpkeep(store);
  assertEquals(times(store, "#tea"), [1, 2, 3, 4, 5]);
  assertEquals(times(store, "#noise").at(-1), 300);
  const { bytes, limitBytes } = store.historyFill;
  assertEquals([bytes <= 4000, bytes > 3900, limitBytes], [true, true, 4000]);
  assertEquals([found(store, 5), foundIn(store, "#noise", 6), foundIn(store, "#noise", 300)], [[5], [], [
    300,
  ]]);
});

Deno.test("a conversation has a limit of bytes, also for its deletions", () => {
  using store = open({ ageMs: 0, count: 0, bytes: 3000 });
  for (let ms = 1; ms <= 200; ms++) tell(store, "#tea", ms);
  tell(store, "#den", 201);
  runUpkeep(store);
  const [oldest = 0] = times(store, "#tea");
  assertEquals([store.historyFill.bytes <= 3100, oldest > 100, times(store, "#den")], [true, true, [201]]);
  const views = [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
  const deletion = { stamp: firstStamp(300), account: undefined, record: "REDACT", reason: "" };
  for (let ms = oldest; ms < oldest + 20; ms++) store.eraser.redact(views, firstStamp(ms), deletion);
  runUpkeep(store);
  const range = { after: -1, before: firstStamp(400), limit: 100, from: "start" } as const;
  assertEquals(store.deletions.read(views, range).length < 6, true);
});

Deno.test("a conversation without records is removed with its people, and a new message makes it again", () => {
  using store = open({ ageMs: 0, count: 0, totalBytes: 1500 });
  const [ann, bob] = [{ identity: "~!1", name: "~!1" }, { identity: "~!2", name: "~!2" }] as const;
  const between = store.conversations.between(ann, bob);
  store.history.append(between, 0, firstStamp(1), `:a!~x@host PRIVMSG b :${"hi".repeat(99)}`);
  store.commit();
  for (let ms = 2; ms <= 100; ms++) tell(store, `#t${ms}`, ms);
  runUpkeep(store);
  assertEquals(store.conversations.privateOf("~!1"), []);
  assertEquals(store.conversations.knownAs("~!2", "~!1"), []);
  assertEquals(times(store, "#t100"), [100]);
  store.history.append(between, 0, firstStamp(101), ":a!~x@host PRIVMSG b :again");
  store.commit();
  runUpkeep(store);
  assertEquals(store.conversations.privateOf("~!1").length, 1);
});

Deno.test("a large block is deleted in parts, and the index stays complete", () => {
  using store = open({ ageMs: 0, count: 0, bytes: 2000 });
  for (let ms = 1; ms <= 100; ms++) append(store, "#tea", ms, "lorem ipsum ".repeat(9));
  store.commit();
  tell(store, "#den", 101);
  for (let more = true; more && times(store, "#tea").length === 100;) more = store.upkeepStep();
  const part = times(store, "#tea");
  assertEquals([part.length > 50, part.length < 100, part.at(-1)], [true, true, 100]);
  assertEquals([found(store, 11), found(store, 100)], [[], [100]]);
  runUpkeep(store);
  checkIndex(store);
  const [oldest = 0] = times(store, "#tea");
  assertEquals([oldest > 80, oldest < 100], [true, true]);
  assertEquals([found(store, oldest - 1), found(store, oldest)], [[], [oldest]]);
  const size = store.size.bytes;
  store.size.load(1e9);
  assertEquals(store.size.bytes, size);
});

Deno.test("a row without a record is deleted when a thousand rows on both sides have none", () => {
  const opened = openMemory();
  const database = new Database(opened);
  opened.db.exec(`WITH RECURSIVE row(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM row WHERE id < 4400)
    INSERT INTO block SELECT id, 2, id, 1, '0 text' FROM row`);
  const blocks = new EmptyBlocks(database, { removeBlock() {} });
  const kept = 2000;
  database.change(() => {
    for (let id = 1; id < 4400; id++) {
      if (id === kept) continue;
      blocks.add(id);
      blocks.removeBefore(id);
    }
  });
  const ids = database.prepareArrays("SELECT id FROM block ORDER BY id").all().map((row) => Number(row[0]));
  const at = ids.indexOf(kept);
  assertEquals(ids.slice(at - 1024, at + 1025), Array.from({ length: 2049 }, (_, of) => kept - 1024 + of));
  assertEquals(ids.length < 2049 + 1024 + 20, true, `${ids.length} rows are left`);
  database.close();
});

Deno.test("a long record behind emptied ones does not stop the retention", () => {
  using store = open({ ageMs: 0, count: 0, bytes: 2000 });
  append(store, "#tea", 1);
  for (const ms of [2, 3, 4]) append(store, "#tea", ms, "lorem ipsum ".repeat(300));
  store.commit();
  tell(store, "#den", 5);
  let steps = 0;
  while (store.upkeepStep() && steps < 100) steps++;
  assertEquals([steps < 100, times(store, "#tea"), times(store, "#den")], [true, [], [5]]);
  assertEquals([1, 2, 3, 4].map((ms) => found(store, ms)), [[], [], [], []]);
  checkIndex(store);
});

Deno.test("an index is merged, in steps, once, when much was removed or a day after the first removal", () => {
  using store = openStore();
  for (let ms = 1; ms <= 12; ms++) {
    tell(store, "#tea", ms);
    runUpkeep(store);
  }
  let merge = new IndexMerge(store.database);
  let nowMs = Date.now();
  const steps = () => {
    let count = 0;
    while (count < 1000) {
      let isMore = false;
      store.database.change(() => isMore = merge.step(8_000_000, nowMs));
      count++;
      if (!isMore) return count;
    }
    return count;
  };
  merge.count(1_900_000);
  assertEquals(steps(), 1);
  merge.count(200_000);
  assertEquals(steps() > 1, true);
  assertEquals(steps(), 1);

  const dayMs = 24 * 3_600_000;
  nowMs += dayMs;
  merge.count(1);
  assertEquals(steps(), 1);
  tell(store, "#tea", 13);
  runUpkeep(store);
  // The time is known after a restart.
  merge = new IndexMerge(store.database);
  nowMs += dayMs - 1;
  assertEquals(steps(), 1);
  nowMs++;
  assertEquals(steps() > 1, true);
  assertEquals([steps(), found(store, 7)], [1, [7]]);
});

Deno.test(
  "the bytes of the history are known again after a start",
  { ignore: !granted("read", "write") },
  () => {
    using place = temporaryFolder();
    let bytes = 0;
    {
      using store = openStore({ folder: place.folder });
      for (let ms = 1; ms <= 10; ms++) tell(store, "#tea", ms);
      runUpkeep(store);
      tell(store, "#tea", 11);
      bytes = store.historyFill.bytes;
    }
    using store = openStore({ folder: place.folder });
    assertEquals(store.historyFill.bytes, bytes);
    runUpkeep(store);
    assertEquals(store.historyFill.bytes, bytes);
  },
);

Deno.test(
  "an upgrade deletes no history that is larger than the default limits, unless they are set by hand",
  { ignore: !granted("read", "write") },
  () => {
    using place = temporaryFolder();
    const limits = { ageMs: 0, count: 0, totalBytes: 1500, bytes: 1000 };
    {
      using store = openStore({ folder: place.folder });
      for (let ms = 1; ms <= 100; ms++) tell(store, "#tea", ms);
    }
    change(place.folder, limitsStep);
    const defaults = new Set(["total", "each"] as const);
    {
      using store = openStore({ folder: place.folder, retention: { ...limits, defaults } });
      runUpkeep(store);
      assertEquals(times(store, "#tea").length, 100);
      const { total, each } = store.sizeLimits;
      assertEquals([total, each], [Math.ceil(store.size.bytes * 1.25), total]);
    }
    {
      using store = openStore({ folder: place.folder, retention: { ...limits, defaults } });
      for (let ms = 101; ms <= 200; ms++) tell(store, "#tea", ms);
      runUpkeep(store);
      // New messages find their limit all the same.
      assertEquals(store.size.bytes <= store.sizeLimits.total, true);
      assertEquals(times(store, "#tea").length > 100, true);
    }
    using store = openStore({ folder: place.folder, retention: limits });
    runUpkeep(store);
    assertEquals([store.sizeLimits, store.size.bytes <= 1000], [{ total: 1500, each: 1000 }, true]);
  },
);

Deno.test("a data folder without history has the usual limits", () => {
  const retention = {
    ageMs: 0,
    count: 0,
    totalBytes: 1500,
    defaults: new Set(["total", "each"] as const),
  };
  using store = openStore({ retention });
  for (let ms = 1; ms <= 100; ms++) tell(store, "#tea", ms);
  runUpkeep(store);
  assertEquals([store.sizeLimits.total, store.size.bytes <= 1500], [1500, true]);
});

const limitsStep = migrations.find((step) => step.includes("history before limits")) ?? "";

/** Changes the database of a folder with another program. */
function change(folder: string, sql: string): void {
  using db = new DatabaseSync(`${folder}/parley.db`);
  db.exec(sql);
}

/** A store whose clock shows millisecond 100 of 1970. */
function open(retention: RetentionLimits): Store {
  return openStore({ retention, clock: new Clock({ now: () => 100 }) });
}

function tell(store: Store, channel: string, ms: number): void {
  append(store, channel, ms);
  store.commit();
}

function append(store: Store, channel: string, ms: number, more = ""): void {
  const record = `:ann!~x@host PRIVMSG ${channel} :word${ms} ${more}`.trimEnd();
  store.history.append(store.conversations.channel(channel, channel), 0, firstStamp(ms), record);
}

/** Throws if the index is damaged. */
function checkIndex(store: Store): void {
  const check = store.database.prepareWrite("INSERT INTO words (words) VALUES ('integrity-check')");
  store.database.attempt(() => check.run());
}

function runUpkeep(store: Store): void {
  while (store.upkeepStep());
}

function times(store: Store, channel: string): number[] {
  const conversation = store.conversations.find(channel)?.id ?? 0;
  const range = { limit: 1000, from: "start", events: true } as const;
  return store.history.read([{ conversation, since: 0 }], range).map(({ stamp }) => stamp / 1024);
}

function found(store: Store, ms: number): number[] {
  return foundIn(store, "#tea", ms);
}

function foundIn(store: Store, channel: string, ms: number): number[] {
  const logs = [(store.conversations.find(channel)?.id ?? 0) * 2];
  return store.index.search({ logs, text: `word${ms}`, from: "start", limit: 9 }).map(({ stamp }) =>
    stamp / 1024
  );
}
