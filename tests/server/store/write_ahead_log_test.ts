import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { DiskFile } from "../../../lib/server/store/disk_file.ts";
import { LogCopier } from "../../../lib/server/store/log_copier.ts";
import { type OpenedDatabase, openFolder } from "../../../lib/server/store/open.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { WriteAheadLog } from "../../../lib/server/store/write_ahead_log.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("read", "write", "net", "env", "run", "sys", "ffi") || Deno.build.os === "windows";

testLog(
  "other threads wait for the disk while the log is copied, and people write meanwhile",
  async ({ opened, folder }) => {
    const log = new WriteAheadLog(opened);
    write(opened, 200);
    const copied = log.shorten();
    write(opened, 1);
    await copied;
    const { log: length, rest } = pages(opened);
    assert(length > 400 && rest > 0 && rest < 10, `${rest} of ${length} pages are left`);
    assertEquals([log.empty(), blocks(opened.path)], [true, 201]);
    log.close();
    opened.db.close();
    assertEquals(names(folder), ["parley.db", "parley.lock"]);
  },
);

testLog("a log can be copied and emptied at once while another copy of it runs", async ({ opened }) => {
  const log = new WriteAheadLog(opened);
  for (const act of [() => log.empty(), () => log.copy()]) {
    for (let turns = 0; turns < 4; turns++) {
      write(opened, 50);
      const copied = log.shorten();
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
      assert(act());
      await copied;
      assertEquals(pages(opened).rest, 0);
    }
  }
  log.close();
});

for (const isSaved of [true, false]) {
  testLog(
    `the log does not begin again ${
      isSaved ? "before the disk has" : "when the disk does not take"
    } its copy`,
    async ({ opened }) => {
      const { copier, copied, synced } = await startCopy(opened);
      const { log } = pages(opened);
      write(opened, 1);
      assert(pages(opened).log > log, "all of the log is copied, but not on the disk");
      synced.resolve(isSaved);
      await copied;
      opened.db.exec("PRAGMA wal_checkpoint(PASSIVE)");
      write(opened, 1);
      assertEquals([copier.isBroken, pages(opened).log < log], [!isSaved, isSaved]);
      copier.close();
    },
  );
}

testLog("a database can be closed while its log is copied", async ({ opened, folder }) => {
  const log = new WriteAheadLog(opened);
  write(opened, 200);
  const copied = log.shorten();
  log.close();
  opened.db.close();
  await copied;
  assertEquals([names(folder), blocks(opened.path)], [["parley.db", "parley.lock"], 200]);
});

for (const isSaved of [true, false]) {
  testLog(
    `a log of which the disk ${isSaved ? "takes" : "refuses"} the last copy is ${
      isSaved ? "removed" : "kept"
    } at the end`,
    async ({ opened, folder }) => {
      let waits = 0;
      const { copier, copied, synced } = await startCopy(opened, () => ++waits > 0 && isSaved);
      copier.close();
      opened.db.close();
      assertEquals([waits, names(folder).includes("parley.db-wal")], [1, !isSaved]);
      synced.resolve(true);
      await copied;
    },
  );
}

testLog("a copy can be interrupted when it has just ended", async ({ opened }) => {
  const { copier, copied, synced } = await startCopy(opened);
  const interrupted = synced.promise.then(() => [copier.running !== undefined, copier.interrupt()]);
  synced.resolve(true);
  assertEquals(
    await interrupted,
    [true, undefined],
    "between the end of the copy and the code that waits for it",
  );
  await copied;
  assertEquals([copier.running, copier.isBroken], [undefined, false]);
  copier.close();
});

Deno.test({
  name: "the database file can be a symbolic link",
  ignore,
  fn() {
    using place = temporaryFolder();
    using other = temporaryFolder();
    Deno.writeTextFileSync(`${other.folder}/chat.db`, "");
    Deno.symlinkSync(`${other.folder}/chat.db`, `${place.folder}/parley.db`);
    openStore(place).close();
    assertEquals([names(place.folder), names(other.folder)], [["parley.db", "parley.lock"], ["chat.db"]]);
  },
});

testLog(
  "a log begins again while much is written, and is empty while a copy of the file is made",
  async ({ opened }) => {
    const log = new WriteAheadLog(opened);
    let [count, longest, length] = [0, 0, 0];
    while (longest < 8000 || length === longest) {
      write(opened, 1, 60_000);
      log.committed();
      if (++count % 4 === 0) await new Promise((resolve) => setTimeout(resolve));
      // However slow the disk is, the copy that makes the log begin again ends.
      if (longest >= 8000) await log.prepare();
      length = pages(opened).log;
      longest = Math.max(longest, length);
      assert(longest < 32_000, "it begins again");
    }
    await log.prepare();
    const isDone = await log.whileEmptied(() => true, async () => {
      assertEquals(pages(opened).log, 0);
      write(opened, 200);
      await log.shorten();
      const refused = [log.copy(), log.empty(), await log.whileEmptied(() => true, async () => {})];
      assertEquals(refused, [false, false, false]);
      assertEquals(blocks(opened.path), count, "the file has not changed");
    });
    assertEquals(isDone, true);
    await log.shorten();
    assertEquals(pages(opened).rest, 0);
    log.close();
  },
);

Deno.test({
  name: "without all permissions this thread copies the log",
  ignore,
  permissions: { read: true, write: true },
  async fn() {
    using place = temporaryFolder();
    using opened = open(place.folder);
    assertEquals(opened.shared, undefined);
    const log = new WriteAheadLog(opened);
    write(opened, 50);
    await log.prepare();
    await log.shorten();
    assertEquals(pages(opened).rest, 0);
    log.close();
  },
});

/** A test with an open database in a folder of its own. */
function testLog(
  name: string,
  act: (place: { readonly opened: Opened; readonly folder: string }) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      using place = temporaryFolder();
      using opened = open(place.folder);
      await act({ opened, folder: place.folder });
    },
  });
}

type Opened = OpenedDatabase & { readonly path: string } & Disposable;

function open(folder: string): Opened {
  const opened = openFolder(folder, "normal");
  opened.db.exec("PRAGMA wal_autocheckpoint = 0");
  const dispose = () => {
    if (opened.db.isOpen) opened.db.close();
    opened.release();
  };
  return { ...opened, path: `${folder}/parley.db`, [Symbol.dispose]: dispose };
}

/** Starts a copy of a log, and waits until all pages are in the file. The copy ends when the test resolves `synced`. */
async function startCopy(opened: Opened, syncNow?: () => boolean): Promise<{
  readonly copier: LogCopier;
  readonly copied: Promise<void>;
  readonly synced: PromiseWithResolvers<boolean>;
}> {
  assert(opened.shared !== undefined);
  const synced = Promise.withResolvers<boolean>();
  const disk = { sync: () => synced.promise, syncNow } as unknown as DiskFile;
  const copier = new LogCopier(opened.path, { ...opened.shared, disk });
  write(opened, 50);
  const copied = copier.copy();
  while (pages(opened).rest > 0) await new Promise((resolve) => setTimeout(resolve));
  return { copier, copied, synced };
}

let stamp = 0;

function write({ db }: Opened, rows: number, length = 5000): void {
  const insert = db.prepare("INSERT INTO block (log, first, count, records) VALUES (2, ?, 1, ?)");
  for (let row = 0; row < rows; row++) insert.run(++stamp, "x".repeat(length));
}

function pages({ db }: Opened): { log: number; rest: number } {
  const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
  return { log: Number(log), rest: Number(log) - Number(checkpointed) };
}

/** The rows in the file without its log. */
function blocks(path: string): number {
  using place = temporaryFolder();
  Deno.copyFileSync(path, `${place.folder}/copy.db`);
  using db = new DatabaseSync(`${place.folder}/copy.db`);
  return Number(db.prepare("SELECT count(*) AS count FROM block").get()?.["count"]);
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
