/** Copies of the database: who can read them, and how long they stay. */
import { assertEquals } from "@std/assert";
import { Copies } from "../../../lib/server/store/copies.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { Clock } from "../../../lib/irc/clock.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const onDisk = { ignore: !granted("read", "write") };
const dayMs = 86_400_000;

/** Files that were written so many days ago. */
function place(folder: string, files: Readonly<Record<string, number>>): void {
  for (const [name, days] of Object.entries(files)) {
    Deno.writeTextFileSync(`${folder}/${name}`, "x", { mode: 0o644 });
    const date = new Date(100 * dayMs - days * dayMs);
    Deno.utimeSync(`${folder}/${name}`, date, date);
  }
}

const noValues = { find: () => undefined };

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("old copies and all but the newest of BACKUP are removed; other files stay", onDisk, () => {
  using folder = temporaryFolder();
  place(folder.folder, {
    "backup-1970-04-09T00-00-00.db": 1,
    "backup-1970-04-08T00-00-00.db": 2,
    "backup-1970-04-07T00-00-00.db": 3,
    "parley-version-3.db": 31,
    "parley-version-7.db": 4,
    "parley-before-mending.db": 40,
    "parley.db": 90,
    "backup-mine.db": 90,
    "notes.txt": 90,
  });
  new Copies(`${folder.folder}/parley.db`, { ageMs: 30 * dayMs, count: 2 }, noValues).removeOld(
    100 * dayMs,
  );
  assertEquals(names(folder.folder), [
    "backup-1970-04-08T00-00-00.db",
    "backup-1970-04-09T00-00-00.db",
    "backup-mine.db",
    "notes.txt",
    "parley-version-7.db",
    "parley.db",
  ]);
  const mode = (name: string) => (Deno.statSync(`${folder.folder}/${name}`).mode ?? 0) & 0o777;
  assertEquals([mode("parley-version-7.db"), mode("backup-mine.db")], [0o600, 0o644]);
});

Deno.test("copies from before the limits count as made at the upgrade", onDisk, () => {
  using folder = temporaryFolder();
  const before = ["backup-1970-02-01T00-00-00.db", "backup-1970-03-01T00-00-00.db", "parley-version-3.db"];
  place(folder.folder, Object.fromEntries(before.map((name) => [name, 60])));
  const newer = ["backup-1970-04-08T00-00-00.db", "backup-1970-04-09T00-00-00.db"];
  place(folder.folder, Object.fromEntries(newer.map((name) => [name, 1])));
  const upgradedMs = 80 * dayMs;
  const limits = { ageMs: 30 * dayMs, count: 1 };
  const copies = new Copies(`${folder.folder}/parley.db`, limits, { find: () => String(upgradedMs) });
  copies.removeOld(100 * dayMs);
  assertEquals(names(folder.folder).filter((name) => before.includes(name)), before);
  assertEquals(names(folder.folder).length, 4);
  copies.removeOld(111 * dayMs);
  assertEquals(names(folder.folder).filter((name) => before.includes(name)), []);
});

Deno.test(
  "each BACKUP removes the copies over the limit, and upkeep those that became old",
  onDisk,
  async () => {
    using folder = temporaryFolder();
    let nowMs = Date.now();
    const clock = new Clock({ now: () => nowMs, monotonic: () => nowMs });
    using store = openStore({ folder: folder.folder, clock, copies: { ageMs: 2 * dayMs, count: 2 } });
    for (const second of [1, 2, 3]) {
      const path = await store.backup(`backup-2026-01-01T00-00-0${second}`);
      Deno.utimeSync(path ?? "", second, nowMs / 1000 - 10 + second);
    }
    const backups = () => names(folder.folder).filter((name) => name.startsWith("backup-"));
    assertEquals(backups(), ["backup-2026-01-01T00-00-02.db", "backup-2026-01-01T00-00-03.db"]);
    nowMs += 3 * dayMs;
    await store.upkeep();
    assertEquals(backups(), []);
  },
);
