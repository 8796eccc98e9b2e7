import { assert, assertEquals } from "@std/assert";
import { firstTermOf, readSegments } from "../../../lib/server/store/index_pages.ts";
import { openStore, type Store, type StoreOptions } from "../../../lib/server/store/store.ts";
import { Clock } from "../../../lib/irc/clock.ts";
import { firstStamp } from "../../../lib/irc/stamp.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const onDisk = { ignore: !granted("read", "write") };
const noun = (at: number) => `cup${100_000 + at}`;

/** Each message has words that are in no other: neighbours that differ in the last letter only, and long ones. */
function wordsOf(at: number): string[] {
  return [noun(at), `tea${noun(at)}`, `${7_000_000 + at}`, "e".repeat(at % 50 === 0 ? 99 : 1) + noun(at)];
}

for (const [way, erase] of Object.entries({ "deleted one by one": redact, "of a deleted account": forget })) {
  Deno.test(`the index keeps no word, and no start of a word, of messages ${way}`, () => {
    using store = openSmallPages();
    fillAndMerge(store, 300);
    const gone = writersOf(separators(store).map(({ term }) => term));
    assert(gone.size > 8, `${gone.size} words are separators`);
    for (let at = 0; at < 300; at += 9) gone.add(at);
    erase(store, gone);
    checkIndex(store, gone, 300);
  });
}

Deno.test("the index keeps no word of a deleted message while a merge is unfinished", () => {
  using store = openSmallPages();
  const count = 8 * 20;
  for (let at = 0; at < count; at += 20) fill(store, at, at + 20);
  while (!exhausted(store).some((pages) => pages.length > 0)) {
    let more = false;
    store.database.attempt(() => more = store.index.merge.stepParts());
    assert(more, "the merge ended before it had read a segment to its end");
  }
  const pages = exhausted(store).flat().map((page) => new TextDecoder("latin1").decode(page)).join(" ");
  const gone = new Set([...Array(count).keys()].filter((at) => pages.includes(noun(at))));
  assert(gone.size > 0);

  redact(store, gone);
  assertEquals(keptWords(store, gone), []);
  runUpkeep(store);
  checkIndex(store, gone, count);
});

Deno.test("traces from older versions are removed once, in small steps", () => {
  using store = openSmallPages();
  fillAndMerge(store, 300);
  const { traces } = store.index.entries;
  const remove = traces.remove;
  traces.remove = () => {};
  const gone = writersOf(separators(store).map(({ term }) => term));
  redact(store, gone);
  traces.remove = remove;
  assert(keptWords(store, gone).length > 4);
  const forgetSweep = store.database.prepareWrite("DELETE FROM progress WHERE name = 'swept'");
  store.database.attempt(() => forgetSweep.run());
  traces.load();
  runUpkeep(store);
  checkIndex(store, gone, 300);
  assertEquals(traces.sweepStep(), false);
});

Deno.test(
  "a deleted word leaves the files also while people write much, and after a crash",
  onDisk,
  async () => {
    using place = temporaryFolder();
    using store = openSmallPages(place);
    fill(store, 0, 200);
    await store.upkeep();
    const gone = new Set([7, 70, 170]);
    redact(store, gone);
    using crashed = temporaryFolder();
    for (const name of ["parley.db", "parley.db-wal"]) {
      Deno.copyFileSync(`${place.folder}/${name}`, `${crashed.folder}/${name}`);
    }
    assert(wordsInFiles(crashed.folder, gone) > 0);

    fill(store, 200, 400);
    await store.upkeep();
    assertEquals(wordsInFiles(place.folder, gone), 0);

    using again = openStore(crashed);
    await again.upkeep();
    assertEquals(wordsInFiles(crashed.folder, gone), 0);
  },
);

Deno.test(
  "a day after messages became too old, no file has their words",
  onDisk,
  () => {
    using place = temporaryFolder();
    const hourMs = 3_600_000;
    let nowMs = hourMs;
    const clock = new Clock({ now: () => nowMs, monotonic: () => nowMs });
    const options = { ...place, clock, retention: { ageMs: hourMs, count: 0 } };
    const old = new Set(Array(200).keys());
    {
      using store = openSmallPages(options);
      fill(store, 0, 200);
      fill(store, 200, 220, firstStamp(3 * hourMs));
      nowMs = 3 * hourMs;
      runUpkeep(store);
      assertEquals([199, 200].map((at) => found(store, noun(at))), [[], [firstStamp(3 * hourMs) + 200]]);
    }
    // The time is known after a restart.
    using store = openStore(options);
    nowMs += 25 * hourMs;
    runUpkeep(store);
    assertEquals(wordsInFiles(place.folder, old), 0);
  },
);

/** The index has many small pages, so every fourth word is a separator. */
function openSmallPages(options: StoreOptions = {}): Store {
  const store = openStore(options);
  const configure = store.database.prepareWrite("INSERT INTO words (words, rank) VALUES ('pgsz', 128)");
  store.database.attempt(() => configure.run());
  runUpkeep(store);
  return store;
}

/** Messages from a number on, in blocks of different sizes. */
function fill(store: Store, from: number, until: number, stamp = 1): void {
  const conversation = store.conversations.channel("#tea", "#tea");
  for (let at = from; at < until; at++) {
    const account = at % 2 === 0 ? "ann" : "bob";
    const record = `@account=${account} :${account}!~x@host PRIVMSG #tea :${wordsOf(at).join(" ")}`;
    store.history.append(conversation, 0, stamp + at, record);
    if (at % 5 < 2) store.commit();
  }
  store.commit();
  for (let more = true; more;) store.database.attempt(() => more = store.index.advance(Infinity));
  store.commit();
}

/** Merging in small steps makes separators of whole words. */
function fillAndMerge(store: Store, count: number): void {
  for (let at = 0; at < count; at += 25) {
    fill(store, at, at + 25);
    for (let more = true; more;) store.database.attempt(() => more = store.index.merge.stepParts());
  }
}

function redact(store: Store, gone: ReadonlySet<number>): void {
  for (const at of gone) assert(store.eraser.redact(views(store), at + 1), `${at} is missing`);
  store.commit();
}

function forget(store: Store, gone: Set<number>): void {
  for (let at = 0; at < 300; at += 2) gone.add(at);
  redact(store, new Set([...gone].filter((at) => at % 2 === 1)));
  store.eraser.scheduleErasure("ann", 300);
  runUpkeep(store);
}

/** Nothing of the deleted messages is left, every other one is found, and FTS5 finds no fault. */
function checkIndex(store: Store, gone: ReadonlySet<number>, count: number): void {
  assertEquals(keptWords(store, gone), []);
  for (const { term, first } of separators(store)) {
    assert(first?.startsWith(term), `"${term}" separates the page that begins with "${first}"`);
  }
  const check = store.database.prepareWrite("INSERT INTO words (words) VALUES ('integrity-check')");
  store.database.attempt(() => check.run());
  const kept = [...Array(count).keys()].filter((at) => !gone.has(at));
  for (const at of kept.filter((at) => at % 7 === 0)) {
    for (const text of wordsOf(at)) assertEquals(found(store, text), [at + 1], text);
  }
}

/** The stamps of the messages that a search finds. */
function found(store: Store, text: string): number[] {
  const logs = views(store).map(({ conversation }) => conversation * 2);
  return store.index.search({ logs, text, from: "start", limit: 9 }).map(({ stamp }) => stamp);
}

/** The deleted words that are in some row of the tables of FTS5. */
function keptWords(store: Store, gone: ReadonlySet<number>): string[] {
  const rows = ["SELECT block FROM words_data", "SELECT term FROM words_idx"].flatMap((sql) =>
    store.database.prepareArrays(sql).all() as unknown as [Uint8Array][]
  );
  const kept = rows.map(([bytes]) => new TextDecoder().decode(bytes)).join(" ");
  return [...gone].flatMap(wordsOf).filter((word) => kept.includes(word));
}

/** The number of deleted words in the files of a folder. */
function wordsInFiles(folder: string, gone: ReadonlySet<number>): number {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => Deno.readFileSync(`${folder}/${name}`));
  const text = files.map((bytes) => new TextDecoder("latin1").decode(bytes)).join(" ");
  return [...gone].flatMap(wordsOf).filter((word) => text.includes(word)).length;
}

/** All separators of pages, and the first words of their pages. */
function separators(store: Store): { term: string; first: string | undefined }[] {
  const rows = store.database.prepareArrays(
    "SELECT term, block FROM words_idx JOIN words_data ON id = (segid << 37) + (pgno >> 1) WHERE length(term) > 0",
  ).all() as unknown as [Uint8Array, Uint8Array][];
  const text = (bytes?: Uint8Array) => bytes && new TextDecoder("latin1").decode(bytes);
  return rows.map(([term, page]) => ({ term: text(term) ?? "", first: text(firstTermOf(page)) }));
}

/** The messages whose words are separators. */
function writersOf(terms: readonly string[]): Set<number> {
  const numbers = terms.map((term) => Number(/(?:cup10|700)(\d{4})$/.exec(term)?.[1] ?? NaN));
  return new Set(numbers.filter((at) => !isNaN(at)));
}

/** The pages of each segment that an unfinished merge has read to its end. */
function exhausted(store: Store): Uint8Array[][] {
  const [structure] = store.database.prepareArrays("SELECT block FROM words_data WHERE id = 10")
    .get() as unknown as [Uint8Array];
  const pages = store.database.prepareArrays("SELECT block FROM words_data WHERE id >> 37 = ?");
  return readSegments(structure).filter(({ isExhausted }) => isExhausted)
    .map(({ id }) => (pages.all(id) as unknown as [Uint8Array][]).map(([page]) => page));
}

function runUpkeep(store: Store): void {
  while (store.upkeepStep());
}

function views(store: Store): { conversation: number; since: number }[] {
  return [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
}
