import { Clock } from "../../../lib/irc/clock.ts";
import { assertEquals, assertThrows } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { openMemory } from "../../../lib/server/store/open.ts";
import { openStore, Store } from "../../../lib/server/store/store.ts";

Deno.test("a full disk is reported once, and messages are saved when there is space again", () => {
  using disk = smallDisk();
  const { store } = disk;
  for (let stamp = 1; stamp <= 200; stamp++) tell(store, stamp);
  disk.fill();
  for (let stamp = 201; stamp <= 220; stamp++) tell(store, stamp);
  assertEquals(store.database.failing, true);
  assertEquals(stamps(store).length < 210, true);
  disk.freeSpace();
  assertEquals(store.commit(), false, "it is not tried again at once");
  disk.later(1000);
  tell(store, 221);
  assertEquals(stamps(store).length, 221);
  assertEquals(disk.said, [
    "Cannot save messages: the disk is full; the chat continues, and the server keeps trying to save",
    "Messages are saved again; messages and events that waited in memory: 18, lost: 0",
  ]);
});

Deno.test("while the disk is full, messages to new conversations stay in memory too", () => {
  using disk = smallDisk();
  const { store } = disk;
  tell(store, 1, "#den");
  disk.fill();
  for (let stamp = 2; stamp <= 99; stamp++) tell(store, stamp, `#${stamp}`);
  assertEquals(store.database.failing, true);
  disk.freeSpace();
  disk.later(1000);
  tell(store, 100, "#99");
  assertEquals(stamps(store, "#99"), [99, 100]);
});

Deno.test("if not even memory can take a change, it waits, is made in its order, and hides its record at once", () => {
  using disk = smallDisk();
  const { store } = disk;
  for (let stamp = 1; stamp <= 100; stamp++) tell(store, stamp);
  disk.fill();
  for (let stamp = 101; stamp <= 130; stamp++) tell(store, stamp);
  store.markers.save("ann", "x".repeat(9000), 5);
  const view = { conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 };
  for (const stamp of [50, 130]) store.eraser.redact([view], stamp);
  assertEquals(stamps(store).includes(50), false);
  disk.later(1000);
  assertEquals(store.commit(), false);
  disk.freeSpace();
  disk.later(9000);
  assertEquals(store.commit(), true);
  const expected = Array.from({ length: 130 }, (_, at) => at + 1).filter((stamp) =>
    stamp !== 50 && stamp !== 130
  );
  assertEquals(stamps(store), expected);
  assertEquals(store.markers.load("ann", "x".repeat(9000)), 5);
});

Deno.test("rows are changed only where the database keeps the change", () => {
  using store = openStore();
  assertThrows(() => store.database.prepareArrays("DELETE FROM marker"), Error, "Only prepareWrite()");
  const statement = store.database.prepareWrite("DELETE FROM marker");
  assertThrows(() => statement.run(), Error, "outside of change()");
});

Deno.test("a change that cannot be written returns false, and is reported with the same sentence", () => {
  using disk = smallDisk();
  disk.fill();
  for (let at = 0; at < 200; at++) disk.store.markers.save("ann", `#${at}`.padEnd(5000, "x"), 5);
  assertEquals(disk.store.commit(), false);
  assertEquals(disk.said.length, 1);
});

/** A store whose database cannot grow while it is "full". */
function smallDisk() {
  const opened = openMemory();
  let now = 1_000_000;
  const store = new Store(opened, { clock: new Clock({ monotonic: () => now }) });
  const said: string[] = [];
  store.database.onProblem = (sentence) => said.push(sentence);
  const { db }: { db: DatabaseSync } = opened;
  return {
    store,
    said,
    fill: () => db.exec("PRAGMA max_page_count = 1"),
    freeSpace: () => db.exec("PRAGMA max_page_count = 1000000"),
    later: (ms: number) => void (now += ms),
    [Symbol.dispose]: () => store.close(),
  };
}

function tell(store: Store, stamp: number, channel = "#tea", text = "x".repeat(500)): void {
  store.history.append(
    store.conversations.channel(channel, channel),
    0,
    stamp,
    `:ann PRIVMSG ${channel} :${text}`,
  );
  store.commit();
}

function stamps(store: Store, channel = "#tea"): number[] {
  const conversation = store.conversations.find(channel)?.id ?? 0;
  const range = { limit: 1000, from: "start", events: true } as const;
  return store.history.read([{ conversation, since: 0 }], range).map(({ stamp }) => stamp);
}
