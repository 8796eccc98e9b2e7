import { Clock } from "../../../lib/irc/clock.ts";
import { assertEquals } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { openMemory } from "../../../lib/server/store/open.ts";
import { Store } from "../../../lib/server/store/store.ts";

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
    "Messages are saved again",
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

Deno.test("memory is limited while the disk is full: the oldest unsaved messages are dropped", () => {
  using disk = smallDisk();
  const { store } = disk;
  disk.fill();
  for (let stamp = 1; stamp <= 40; stamp++) {
    disk.later(1000);
    tell(store, stamp, "#tea", "x".repeat(1_000_000));
  }
  disk.freeSpace();
  disk.later(1000);
  store.commit();
  assertEquals(stamps(store).at(-1), 40);
  assertEquals(stamps(store).length < 20, true);
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
