/** A database with messages of the future: `--mend-times` brings them to the present, in their order. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { fold } from "../../../lib/irc/names.ts";
import { firstStamp, messageId, stampMs } from "../../../lib/irc/stamp.ts";
import { banMender } from "../../../lib/server/chat/server_ban.ts";
import { positionMender } from "../../../lib/server/cluster/machine_store.ts";
import { mendTimes } from "../../../lib/server/store/mend_times.ts";
import { type OpenedDatabase, openFolder, openMemory } from "../../../lib/server/store/open.ts";
import { isFailure } from "../../../lib/server/store/sqlite_errors.ts";
import { openStore, Store } from "../../../lib/server/store/store.ts";
import { Clock } from "../../../lib/irc/clock.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";
import { onSmallDisk, smallDisk } from "../../support/small_disk.ts";

const onDisk = { ignore: !granted("read", "write") };

const minuteMs = 60_000;
const yearMs = 365 * 24 * 60 * minuteMs;
const nowMs = Date.parse("2026-01-31T12:00:00.000Z");
const aheadMs = nowMs + yearMs;
/** Before the jump of the clock, during it, and after it: these have all the same millisecond. */
const [hello, late, reply, more, last] = [
  firstStamp(nowMs - 60 * minuteMs),
  firstStamp(aheadMs),
  firstStamp(aheadMs + 5 * minuteMs),
  firstStamp(aheadMs + 5 * minuteMs) + 1,
  firstStamp(aheadMs + 5 * minuteMs) + 2,
];

/** A database with these messages in #tea and #den, and the functions to look at it. */
function mended(...messages: readonly (readonly [channel: string, stamp: number, record: string])[]) {
  const place = temporaryFolder();
  const { folder } = place;
  const before = openStore({ folder });
  for (const [name, stamp, record] of messages) {
    before.history.append(before.conversations.channel(name, fold(name)), 0, stamp, record);
    before.commit();
  }
  before.markers.save("ann", "#tea", stampMs(reply));
  const tea = before.conversations.find(fold("#tea"))?.id ?? 0;
  before.deletions.save(tea, reply, { stamp: last, account: fold("ann"), record: ":ann REDACT", reason: "" });
  const bans = [{ target: "10.1.1.1", reason: "", by: "ann", atMs: aheadMs, untilMs: aheadMs + minuteMs }];
  before.savedValues.save("server bans", JSON.stringify(bans));
  before.savedValues.save("stream position", `7 ${last} one`);
  before.savedValues.save("stream start", "{}");
  before.close();
  const clock = new Clock({ now: () => nowMs });
  const store = openStore({ folder, clock, mend: { ...banMender, ...positionMender } });
  const read = (name: string) => {
    const views = [{ conversation: store.conversations.find(fold(name))?.id ?? 0, since: 0 }];
    return store.history.read(views, { limit: 9, from: "start", events: false });
  };
  const close = () => {
    store.close();
    place[Symbol.dispose]();
  };
  return { folder, store, read, tea, [Symbol.dispose]: close };
}

Deno.test(
  "messages of the future move to the present, keep their order, and are found by their old msgids",
  onDisk,
  () => {
    using database = mended(
      ["#tea", hello, ":ann PRIVMSG #tea :hello"],
      ["#tea", late, ":ann PRIVMSG #tea :late"],
      ["#tea", reply, `@+draft/reply=${messageId(late)};+x=1 :bob PRIVMSG #tea :reply`],
      ["#den", more, ":bob PRIVMSG #den :more"],
      ["#tea", last, ":ann PRIVMSG #tea :last"],
    );
    const { folder, store, read, tea } = database;
    const copy = `${folder}/parley-before-mending.db`;
    assertEquals(store.mended, { records: 4, aheadMs: yearMs + 5 * minuteMs, copy });
    assert(Deno.statSync(copy).isFile);
    const shift = last - firstStamp(nowMs);
    assertEquals(read("#tea"), [
      { stamp: hello, record: ":ann PRIVMSG #tea :hello" },
      { stamp: late - shift, record: ":ann PRIVMSG #tea :late" },
      {
        stamp: reply - shift,
        record: `@+draft/reply=${messageId(late - shift)};+x=1 :bob PRIVMSG #tea :reply`,
      },
      { stamp: firstStamp(nowMs), record: ":ann PRIVMSG #tea :last" },
    ]);
    assertEquals(read("#den").map(({ stamp }) => stamp), [more - shift]);
    assertEquals(store.history.newestStamp, firstStamp(nowMs));
    assertEquals([late, hello, last + 5].map((stamp) => store.history.presentStamp(stamp)), [
      late - shift,
      hello,
      firstStamp(nowMs),
    ]);
    assertEquals(store.markers.load("ann", "#tea"), stampMs(firstStamp(nowMs)));
    const deletions = store.deletions.read([{ conversation: tea, since: 0 }], {
      after: 0,
      before: Infinity,
      limit: 9,
      from: "start",
    });
    assertEquals(deletions, [{ stamp: firstStamp(nowMs), record: ":ann REDACT" }]);
    assertEquals(JSON.parse(store.savedValues.find("server bans") ?? ""), [
      { target: "10.1.1.1", reason: "", by: "ann", atMs: nowMs, untilMs: nowMs + minuteMs },
    ]);
    assertEquals(store.savedValues.find("stream position"), `7 ${firstStamp(nowMs)} one`);
    assertEquals(store.savedValues.find("stream start"), undefined);
  },
);

Deno.test("mended messages keep their order and stay after a message with a right time", onDisk, () => {
  const begun = firstStamp(nowMs) - 5;
  using database = mended(
    ["#tea", begun, ":ann PRIVMSG #tea :hello"],
    ["#tea", late, ":ann PRIVMSG #tea :late"],
    ["#tea", last, ":ann PRIVMSG #tea :last"],
  );
  const { store, read } = database;
  const stamps = read("#tea").map(({ stamp }) => stamp);
  assertEquals(stamps, [begun, begun + 1, firstStamp(nowMs)]);
  store.history.append(
    store.conversations.channel("#tea", fold("#tea")),
    0,
    firstStamp(nowMs) + 1,
    ":ann PRIVMSG #tea :new",
  );
  assert(store.commit());
  assertEquals(read("#tea").length, 4);
});

Deno.test("messages that are mended twice are found by all their old msgids", onDisk, () => {
  using once = mended(["#tea", late, ":ann PRIVMSG #tea :late"]);
  const { folder, store, read } = once;
  const [first = 0] = read("#tea").map(({ stamp }) => stamp);
  store.close();
  const earlierMs = nowMs - 24 * 60 * minuteMs;
  using again = openStore({ folder, clock: new Clock({ now: () => earlierMs }), mend: {} });
  const [second = 0] = again.history.read([{ conversation: once.tea, since: 0 }], {
    limit: 9,
    from: "start",
    events: false,
  }).map(({ stamp }) => stamp);
  assert(stampMs(second) <= earlierMs);
  assertEquals([late, first].map((stamp) => again.history.presentStamp(stamp)), [second, second]);
});

Deno.test("the acts and certificates of an account move to the present too", () => {
  using store = new Store(withAccount([nowMs - 5, nowMs + yearMs]), { mend: {}, clock });
  using expected = new Store(withAccount([nowMs - 5, nowMs]));
  assertEquals(store.accounts.all(), expected.accounts.all());
});

const clock = new Clock({ now: () => nowMs });

/** A database with an account that has an act and a certificate of each time. */
function withAccount(times: readonly number[]): OpenedDatabase {
  const opened = openMemory();
  const acts = times.map((ms) => ({ ms, by: "eve", did: "set a new password" }));
  const certificates = times.map((addedMs) => ({ fingerprint: "ab".repeat(32), addedMs }));
  opened.db.prepare(
    "INSERT INTO account (key, name, verifier, role, created_ms, acts, certificates) VALUES (?, ?, ?, ?, ?, ?, ?)",
  ).run("ann", "ann", "v", "", 1, JSON.stringify(acts), JSON.stringify(certificates));
  return opened;
}

Deno.test(
  "a disk that becomes full while times are mended changes nothing, and is one sentence",
  onSmallDisk,
  () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    const before = openStore({ folder: place.folder });
    before.history.append(before.conversations.channel("#tea", "#tea"), 0, late, ":ann PRIVMSG #tea :late");
    before.close();
    const opened = openFolder(place.folder, "normal");
    disk.fill();
    const error = assertThrows(() => mendTimes(opened.db, nowMs, {}));
    assert(isFailure(error), String(error));
    disk.freeSpace();
    assertEquals(mendTimes(opened.db, nowMs, {}).records, 1);
    opened.db.close();
    opened.release();
  },
);
