import { assert, assertEquals, assertThrows } from "@std/assert";
import { Clock } from "../../../lib/irc/clock.ts";
import { lossSentence } from "../../../lib/server/start/end_process.ts";
import { row } from "../../../lib/server/store/conversation.ts";
import { copyBefore, openFolder, openMemory } from "../../../lib/server/store/open.ts";
import { StoreError } from "../../../lib/server/store/store_error.ts";
import { writeWholeFile } from "../../../lib/net/whole_file.ts";
import { openStore, Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { onSmallDisk, smallDisk } from "../../support/small_disk.ts";

const refused =
  "Cannot save messages: the disk refuses to write: an error, a quota, or a limit of the file size; the chat continues, and the server keeps trying to save";
const channels = ["#tea", "#den", "#new"];
const people = ["ann", "bob", "cat"];

Deno.test(
  "rows that wait while the disk is full are read like saved rows, and are on disk later",
  onSmallDisk,
  async () => {
    for (let seed = 1; seed <= 2; seed++) {
      using place = temporaryFolder();
      using disk = smallDisk();
      using healthy = openStore();
      {
        using faulty = onClock(place.folder);
        const random = randomNumbers(seed);
        for (let stamp = 1; stamp <= 150; stamp++) {
          if (stamp % 25 === 5) disk.fill();
          if (stamp % 25 === 15) faulty.later(3000);
          if (stamp % 50 === 40) {
            disk.freeSpace();
            faulty.later(3000);
          }
          const act = randomAct(random, stamp);
          for (const store of [faulty.store, healthy]) act(store);
          if (random(3) === 0) { for (const store of [faulty.store, healthy]) store.commit(); }
          if (random(8) === 0) await assertSame(faulty.store, healthy, random);
        }
        await assertSame(faulty.store, healthy, random);
        disk.freeSpace();
        assert(faulty.said.includes(refused));
      }
      using reopened = openStore({ folder: place.folder });
      await assertSame(reopened, healthy, randomNumbers(seed + 1000));
    }
  },
);

Deno.test(
  "the end of a full disk is told with the number of messages that were saved, and of those that were lost",
  onSmallDisk,
  () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    using faulty = onClock(place.folder, 160_000);
    const { store } = faulty;
    tell(store, 1, "#tea", "ann", "before");
    store.commit();
    disk.fill();
    const text = "x".repeat(10_000);
    for (let stamp = 2; stamp <= 21; stamp++) {
      tell(store, stamp, "#tea", "ann", text);
      store.commit();
    }
    const { database } = store;
    assertEquals(database.isFull, true);
    assert(database.unsavedBytes < 160_000 + 2 * text.length);
    assertEquals(database.records, { unsaved: 16, lost: 4 });
    assertEquals(stamps(store, "#tea"), Array.from({ length: 17 }, (_, at) => at + 1));
    disk.freeSpace();
    faulty.later(60_000);
    assertEquals(store.commit(), true);
    assertEquals(faulty.said, [
      refused,
      "Messages are saved again; messages and events that waited in memory: 16, lost: 4",
    ]);
    assertEquals(database.records, { unsaved: 0, lost: 4 });
    assertEquals(database.isFull, false);
  },
);

Deno.test(
  "a message that is deleted while the disk is full leaves no words in any file",
  onSmallDisk,
  async () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    using faulty = onClock(place.folder);
    const { store } = faulty;
    tell(store, 1, "#tea", "ann", "topsecretword");
    await store.updateIndex();
    store.commit();
    disk.fill();
    tell(store, 2, "#tea", "bob", "othersecretword");
    store.commit();
    for (const stamp of [1, 2]) assertEquals(store.eraser.redact(views(store, "#tea"), stamp), true);
    tell(store, 3, "#tea", "cat", "hello");
    assertEquals(stamps(store, "#tea"), [3]);
    assertEquals(await found(store, "topsecretword"), []);
    disk.freeSpace();
    faulty.later(3000);
    await store.upkeep();
    for (const { name } of Deno.readDirSync(place.folder)) {
      const text = new TextDecoder().decode(Deno.readFileSync(`${place.folder}/${name}`));
      assertEquals([name, text.includes("secretword")], [name, false]);
    }
  },
);

Deno.test(
  "a store that is closed while the disk is full says how much is lost, and the rest stays",
  onSmallDisk,
  () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    {
      using faulty = onClock(place.folder);
      tell(faulty.store, 1, "#tea", "ann", "saved");
      faulty.store.commit();
      disk.fill();
      for (const stamp of [2, 3]) tell(faulty.store, stamp, "#tea", "ann", "lost");
      faulty.store.close();
      assertEquals(faulty.store.database.records.unsaved, 2);
      assertEquals(
        lossSentence(faulty.store.database, false),
        "2 messages and events could not be saved, and are lost",
      );
    }
    disk.freeSpace();
    using reopened = openStore({ folder: place.folder });
    assertEquals(stamps(reopened, "#tea"), [1]);
  },
);

Deno.test(
  "a stop while the disk is full also tells the loss of rows that are no messages",
  onSmallDisk,
  () => {
    using disk = smallDisk();
    const losses = [
      (store: Store) => void store.eraser.redact(views(store, "#tea"), 1),
      (store: Store) => store.markers.save("ann", "#tea", 1),
      (store: Store) => {
        store.database.attempt(() => store.index.advance(Infinity));
      },
    ].map((act) => {
      using place = temporaryFolder();
      const { store } = onClock(place.folder, 1000);
      tell(store, 1, "#tea", "ann", "saved");
      store.commit();
      disk.fill();
      act(store);
      store.commit();
      const isFailing = store.database.failing;
      store.close();
      disk.freeSpace();
      return [isFailing, lossSentence(store.database, false)];
    });
    const sentence = "Deletions or other changes could not be saved, and are lost";
    assertEquals(losses, [[true, sentence], [true, sentence], [true, undefined]]);
  },
);

Deno.test(
  "a search while the disk is full finds everything, and its index does not wait in memory",
  onSmallDisk,
  async () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    using faulty = onClock(place.folder);
    const { store } = faulty;
    tell(store, 1, "#tea", "ann", "green tea");
    store.commit();
    disk.fill();
    tell(store, 2, "#tea", "ann", "black tea");
    store.commit();
    tell(store, 3, "#tea", "ann", "white tea");
    assertEquals(await found(store, "tea"), [1, 2, 3]);
    assertEquals(store.database.prepareArrays("SELECT count(*) FROM search_section").all().map(row), [[0]]);
    disk.freeSpace();
    faulty.later(60_000);
    assertEquals(store.commit(), true);
    await store.updateIndex();
    assertEquals(await found(store, "tea"), [1, 2, 3]);
    assertEquals(store.database.prepareArrays("SELECT count(*) FROM search_section").all().map(row), [[1]]);
  },
);

/** A store in a folder, with a clock that only the test moves. */
function onClock(folder: string, unsavedLimit?: number) {
  let now = 1_000_000;
  const store = new Store(openFolder(folder, "normal"), {
    clock: new Clock({ monotonic: () => now }),
    ...(unsavedLimit !== undefined && { unsavedLimit }),
  });
  const said: string[] = [];
  store.database.onProblem = (sentence) => said.push(sentence);
  return { store, said, later: (ms: number) => void (now += ms), [Symbol.dispose]: () => store.close() };
}

type Random = (below: number) => number;

function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => (state = (state * 48271) % 2147483647) % below;
}

/** Something that people do, the same for every store that it is given. */
function randomAct(random: Random, stamp: number): (store: Store) => void {
  const channel = channels[random(3)] ?? "";
  const [who, other] = [people[random(3)] ?? "", people[random(3)] ?? ""];
  const older = random(stamp);
  const kind = random(20);
  const side = (identity: string) => ({ identity, name: identity });
  if (kind < 9) return (store) => tell(store, stamp, channel, who, `word${stamp % 7} ${stamp}`);
  if (kind < 12) {
    const record = `@account=${who} :${who}!u@h PRIVMSG ${other} :private${stamp % 5}`;
    return (store) =>
      store.history.append(store.conversations.between(side(who), side(other)), 0, stamp, record);
  }
  if (kind === 12) {
    return (store) =>
      store.history.append(
        store.conversations.channel(channel, channel),
        1,
        stamp,
        `:${who}!u@h JOIN ${channel}`,
      );
  }
  if (kind === 13) return (store) => store.markers.save(who, channel, stamp);
  if (kind === 14) return (store) => store.conversations.rename({ ...side(who), nick: `${who}${stamp}` });
  if (kind === 15) return (store) => store.eraser.scheduleErasure(who, older);
  if (kind === 16) return (store) => store.savedValues.save("bans", `${stamp}`);
  if (kind === 17) {
    const row = {
      name: who,
      verifier: `v${stamp}`,
      role: "",
      suspended: undefined,
      createdMs: stamp,
    } as const;
    return (store) => store.accounts.save(row);
  }
  const deletion = {
    stamp,
    account: undefined,
    record: `:${who}!u@h REDACT ${channel} ${older}`,
    reason: "",
  };
  return (store) => void store.eraser.redact(views(store, channel), older, deletion);
}

/** Compares everything that people can ask for. */
async function assertSame(one: Store, other: Store, random: Random): Promise<void> {
  const channel = channels[random(3)] ?? "";
  const [after, before] = [random(150), random(150)];
  const answers = [one, other].map(async (store) => ({
    ranges: (["start", "end"] as const).flatMap((from) =>
      [{ limit: 5 }, { limit: 200 }, { after, limit: 7 }, { before, limit: 7 }, { after, before, limit: 9 }]
        .map(
          (range) => store.history.read(views(store, ...channels), { ...range, from, events: true }),
        )
    ),
    one: store.history.find(views(store, channel), after),
    deletions: store.deletions.read(views(store, channel), { after: 0, before: 1000, limit: 9, from: "end" }),
    found: await found(store, `word${after % 7}`),
    privates: await found(store, `private${after % 5}`),
    export: (await store.export("ann", { limit: 1000 })).items,
    conversations: people.map((who) => store.conversations.privateOf(who).map((pair) => pair.with)),
    markers: people.map((who) => store.markers.load(who, channel)),
    accounts: store.accounts.all(),
    bans: store.savedValues.find("bans"),
    newest: store.history.newestStamp,
  }));
  const [left, right] = await Promise.all(answers);
  assertEquals(left, right);
}

function tell(store: Store, stamp: number, channel: string, who: string, text: string): void {
  const record = `@account=${who} :${who}!u@h PRIVMSG ${channel} :${text}`;
  store.history.append(store.conversations.channel(channel, channel), 0, stamp, record);
}

function views(store: Store, ...names: string[]) {
  return names.flatMap((name) => {
    const id = store.conversations.find(name)?.id;
    return id === undefined ? [] : [{ conversation: id, since: 0 }];
  });
}

function stamps(store: Store, channel: string): number[] {
  const range = { limit: 1000, from: "start", events: true } as const;
  return store.history.read(views(store, channel), range).map(({ stamp }) => stamp);
}

async function found(store: Store, text: string): Promise<number[]> {
  const logs = new Map(Array.from({ length: 40 }, (_, log) => [log, 0]));
  const hits = await store.search({ logs, text, limit: 100, from: "end", isVisible: () => true });
  return hits.map(({ stamp }) => stamp);
}

Deno.test(
  "a file that cannot be written whole leaves nothing: no known host, no copy of the database",
  onSmallDisk,
  () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    const path = `${place.folder}/known_hosts`;
    writeWholeFile(path, "before");
    using store = openStore({ folder: place.folder });
    store.commit();
    const { db, release } = openMemory();
    using file = Deno.openSync("/dev/zero");
    disk.fill();
    assertThrows(() => writeWholeFile(path, "x".repeat(1000)), Error, "File too large");
    assertThrows(
      () => copyBefore({ db, path: `${place.folder}/parley.db`, file }, "version-1"),
      StoreError,
      "before changing it",
    );
    disk.freeSpace();
    db.close();
    release();
    const names = [...Deno.readDirSync(place.folder)].map(({ name }) => name).filter((name) =>
      !name.includes("-shm")
    );
    assertEquals(names.sort(), ["known_hosts", "parley.db", "parley.db-wal", "parley.lock"]);
    assertEquals(Deno.readTextFileSync(path), "before");
  },
);
