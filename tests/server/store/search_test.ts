import { assert, assertEquals } from "@std/assert";
import { row } from "../../../lib/server/store/conversation.ts";
import { wordsPerSection } from "../../../lib/server/store/search_sections.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";
import { searchCases as cases } from "../../support/search_cases.ts";

Deno.test("the index finds what a person searches for in each script, with symbols, in code and in quotes", async () => {
  using store = openStore();
  await tell(store, "#tea", cases.map(([, text], at) => [at + 1, text]));
  const wrong = cases.filter(([, , query, found], at) =>
    search(store, { text: query, limit: cases.length }).includes(at + 1) !== found
  );
  assertEquals(wrong, []);
});

Deno.test("a block of which the index has some records is searched, erased from and deleted as a whole", async () => {
  using store = openStore();
  const channel = store.conversations.channel("#tea", "#tea");
  for (let at = 1; at <= 9; at++) {
    store.history.append(channel, 0, at, `:ann!a@h PRIVMSG #tea :same word${at}`);
  }
  store.commit();
  const step = () => store.database.attempt(() => store.index.advance(performance.now()));
  const all = () => search(store, { text: "same", limit: 20, from: "start" });
  for (let count = 0; count < 5; count++) step();
  assertEquals(all(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const views = [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
  for (const stamp of [2, 8]) store.eraser.redact(views, stamp);
  assertEquals(all(), [1, 3, 4, 5, 6, 7, 9]);
  // A rollback reads the progress again.
  store.index.rolledBack();
  step();
  await store.updateIndex();
  assertEquals([all(), search(store, { text: "word8", limit: 9 })], [[1, 3, 4, 5, 6, 7, 9], []]);
  const check = store.database.prepareWrite("INSERT INTO words (words) VALUES ('integrity-check')");
  store.database.attempt(() => check.run());
});

Deno.test("a search finds the same with and without the index, in both directions", async () => {
  using store = openStore();
  const count = 600;
  await tell(store, "#tea", [[1, "the first word"]]);
  for (let at = 2; at <= count; at++) {
    const channel = store.conversations.channel("#tea", "#tea");
    store.history.append(channel, 0, at, `:ann!a@h PRIVMSG #tea :word${at % 7} C${at % 3 ? "" : "++"}`);
    if (at % 20 === 0) store.commit();
  }
  const searches = [
    { text: "word1", limit: 50 },
    { text: "word1", limit: 50, from: "start" },
    { text: "word", limit: 20, before: 500 },
    { text: "word", limit: 20, from: "start", after: count - 9 },
    { text: "C++ word2", limit: count },
    { text: "word2", limit: 5, isVisible: ({ stamp }: { stamp: number }) => stamp < 100 },
    { text: "absent", limit: 5 },
  ] as const;
  const run = () => searches.map((one) => search(store, one));
  const withoutIndex = run();
  endSection(store);
  store.database.attempt(() => store.index.advance(performance.now()));
  endSection(store);
  const withBoth = run();
  await store.updateIndex();
  assertEquals(row(store.database.prepareArrays("SELECT count(*) FROM search_section").get()), [3]);
  assertEquals(run(), withoutIndex);
  assertEquals(withBoth, withoutIndex);
  assertEquals(withoutIndex.map((stamps) => stamps.length), [50, 50, 20, 9, 29, 5, 0]);
});

Deno.test("a section of the index ends with its last record, and the others are found as before", async () => {
  using store = openStore();
  for (let section = 0; section < 6; section++) {
    await tell(store, "#tea", [1, 2, 3].map((at) => [section * 10 + at, `word${section * 10 + at}`]));
    endSection(store);
  }
  const numbers = () =>
    store.database.prepareArrays("SELECT number FROM search_section ORDER BY number").all().flatMap(row);
  const before = numbers();
  const views = [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
  const found = (...gone: number[]) => {
    for (const stamp of gone) store.eraser.redact(views, stamp);
    store.commit();
    return search(store, { text: "word" });
  };

  const rest = [31, 32, 33, 41, 42, 43, 51, 52, 53];
  assertEquals(found(1, 2, 22, 23, 21), [3, 11, 12, 13, ...rest]);
  assertEquals(numbers(), before.toSpliced(2, 1));
  assertEquals(found(13, 12, 11, 3), rest);
  assertEquals(numbers(), before.slice(3));
  store.index.rolledBack();
  assertEquals([found(), found(42)], [rest, rest.toSpliced(4, 1)]);
  await tell(store, "#tea", [[61, "word61"]]);
  assertEquals(search(store, { text: "word", limit: 2 }), [53, 61]);
});

Deno.test("a message that is deleted while a search runs is not in its result", async () => {
  using store = openStore();
  for (const stamp of [1, 2, 3]) await tell(store, "#tea", [[stamp, "word"]]);
  const conversation = store.conversations.find("#tea")?.id ?? 0;
  const stamps: number[] = [];
  for (
    const hit of store.index.candidates({ logs: [conversation * 2], text: "word", from: "start", limit: 9 })
  ) {
    if (hit !== undefined) stamps.push(hit.stamp);
    if (hit?.stamp === 1) store.eraser.redact([{ conversation, since: 0 }], 2);
  }
  assertEquals(stamps, [1, 3]);
});

Deno.test("search finds words, starts of words, and words without their accents", async () => {
  using store = openStore();
  await tell(store, "#tea", [[1, "Fasting is hard"], [2, "That was fäst!"], [3, "steadfast"]]);
  assertEquals(search(store, { text: "fast" }), [1, 2]);
});

Deno.test("search finds words of scripts without spaces, and pictographs", async () => {
  using store = openStore();
  await tell(store, "#tea", [[1, "今日は日本語のテスト"], [2, "well done🎉"], [3, "本日"]]);
  assertEquals(search(store, { text: "日本" }), [1]);
  assertEquals(search(store, { text: "🎉" }), [2]);
});

Deno.test("search treats all text as words, never as the query language of the index", async () => {
  using store = openStore();
  await tell(store, "#tea", [[1, "a NEAR b AND c"], [2, "don't"]]);
  for (const text of ['"', "AND", "NEAR(", "keys : l1", "a*b", "'; DROP TABLE words", "^", "-", "{"]) {
    search(store, { text });
  }
  assertEquals(search(store, { text: "don't" }), [2]);
});

Deno.test("search respects bounds and limit, and returns the newest or the oldest", async () => {
  using store = openStore();
  await tell(store, "#tea", Array.from({ length: 40 }, (_, at) => [(at + 1) * 1024 * 60_000, "tea"]));
  const minutes = (options: Partial<Parameters<typeof store.index.search>[0]>) =>
    search(store, { text: "tea", ...options }).map((stamp) => stamp / 1024 / 60_000);
  assertEquals(minutes({ limit: 2 }), [39, 40]);
  assertEquals(minutes({ limit: 2, from: "start" }), [1, 2]);
  assertEquals(minutes({ after: 10 * 1024 * 60_000, limit: 2, from: "start" }), [11, 12]);
  assertEquals(minutes({ before: 10 * 1024 * 60_000, limit: 2 }), [8, 9]);
  assertEquals(minutes({ before: 3 * 1024 * 60_000, limit: 9 }), [1, 2]);
});

Deno.test("search finds messages by sender, for any characters in the nick", async () => {
  using store = openStore();
  await tell(store, "#tea", [[1, "one"], [2, "two"]], { nick: "ann[away]" });
  await tell(store, "#tea", [[3, "three"]]);
  assertEquals(search(store, { sender: "ANN[away]" }), [1, 2]);
  assertEquals(search(store, { sender: "ann" }), [3]);
});

Deno.test("a search ends early when nobody waits for its result", async () => {
  using store = openStore();
  await tell(store, "#tea", Array.from({ length: 20 }, (_, at) => [at + 1, "tea"]));
  let checked = 0;
  // Slow, so that a few checks are a step of the search.
  const isVisible = () => {
    for (const endMs = performance.now() + 1; performance.now() < endMs;);
    return checked++ < 0;
  };
  const logs = new Map([[(store.conversations.find("#tea")?.id ?? 0) * 2, 0]]);
  const isStopped = () => checked > 0;
  const found = await store.search({ logs, text: "tea", limit: 9, from: "end", isVisible, isStopped });
  assertEquals(found, []);
  assert(checked < 20, `${checked} checked`);
});

Deno.test("fifty searches of one person do not delay the search of another, and run one at a time", async () => {
  using store = openStore();
  await tell(store, "#tea", Array.from({ length: 8 }, (_, at) => [at + 1, "tea"]));
  const logs = new Map([[(store.conversations.find("#tea")?.id ?? 0) * 2, 0]]);
  const ended: string[] = [];
  const [running, most] = [new Set<number>(), { ann: 0 }];
  const look = (person: string, number: number) => {
    // Slow, so that each check is a step of the search.
    const isVisible = () => {
      for (const endMs = performance.now() + 4; performance.now() < endMs;);
      if (person === "ann") most.ann = Math.max(most.ann, running.add(number).size);
      return false;
    };
    return store.search({ logs, person, text: "tea", limit: 9, from: "end", isVisible }).then(() => {
      running.delete(number);
      ended.push(person);
    });
  };
  const fifty = Array.from({ length: 50 }, (_, at) => look("ann", at));
  await look("bob", 50);
  assert(ended.length <= 2, ended.join());
  assertEquals(most.ann, 1);
  store.close();
  await Promise.all(fifty);
});

Deno.test("a search that works too long ends with what it has, and says so", async () => {
  using store = openStore();
  await tell(store, "#tea", Array.from({ length: 20 }, (_, at) => [at + 1, "tea"]));
  const logs = new Map([[(store.conversations.find("#tea")?.id ?? 0) * 2, 0]]);
  let cuts = 0;
  const isVisible = ({ stamp }: { stamp: number }) => {
    for (const endMs = performance.now() + 4; performance.now() < endMs;);
    return stamp > 15;
  };
  const options = { logs, text: "tea", limit: 99, from: "end", isVisible, onCut: () => cuts++ } as const;
  const all = await store.search(options);
  assertEquals([all.length, cuts], [5, 0]);
  const found = await store.search({ ...options, budgetMs: 6 });
  assertEquals(cuts, 1);
  assert(found.length < 5, `${found.length} found`);
});

Deno.test("a search in many channels finds what it finds in each of them, from the first visible message on", async () => {
  using store = openStore();
  const count = 900;
  for (let at = 1; at <= count; at++) {
    const name = `#c${at * 7 % 30}`;
    const record = `:ann!a@h PRIVMSG ${name} :${at % 3 ? "tea" : "milk"} n${at}`;
    store.history.append(store.conversations.channel(name, name), 0, at, record);
    if (at % 90 === 0) endSection(store);
    if (at % 10 === 0) await store.updateIndex();
  }
  const ids = Array.from({ length: 20 }, (_, at) => (store.conversations.find(`#c${at}`)?.id ?? 0) * 2);
  const logs = new Map(ids.map((id, at) => [id, at % 2 ? 400 : 0]));
  const isVisible = () => true;
  for (
    const [text, from] of [["tea", "end"], ["te", "start"], [undefined, "end"], [undefined, "start"]] as const
  ) {
    const each = await Promise.all(
      [...logs].map((one) => store.search({ logs: new Map([one]), text, from, limit: count, isVisible })),
    );
    const wanted = each.flat().map(({ stamp }) => stamp).sort((one, other) => one - other);
    for (const limit of [count, 7]) {
      const found = (await store.search({ logs, text, from, limit, isVisible })).map(({ stamp }) => stamp);
      assertEquals(
        found,
        from === "start" ? wanted.slice(0, limit) : wanted.slice(-limit),
        `${text} ${from}`,
      );
    }
    assert(wanted.length > 100);
  }
});

Deno.test("search reads only the given logs", async () => {
  using store = openStore();
  await tell(store, "#tea", [[1, "secret"]]);
  await tell(store, "#den", [[2, "secret"]]);
  const { id } = store.conversations.find("#den") ?? { id: 0 };
  assertEquals(search(store, { logs: [id * 2], text: "secret" }), [2]);
});

Deno.test({
  name: "the index continues after a restart",
  ignore: !granted("read", "write"),
  async fn() {
    using place = temporaryFolder();
    {
      using store = openStore({ folder: place.folder });
      await tell(store, "#tea", [[1, "before"]]);
    }
    using store = openStore({ folder: place.folder });
    await tell(store, "#tea", [[2, "before and after"]]);
    assertEquals(search(store, { text: "before" }), [1, 2]);
  },
});

Deno.test("an export contains all messages of an account, page by page", async () => {
  using store = openStore();
  await tell(store, "#tea", [[1024, "one"], [2048, "two"], [3072, "three"]], { account: "ann" });
  await tell(store, "#tea", [[4096, "not hers"]], { nick: "bob", account: "bob" });
  const first = await store.export("ann", { limit: 2 });
  assertEquals(first.items.map(({ target, text }) => `${target} ${text}`), ["#tea one", "#tea two"]);
  const second = await store.export("ann", { afterEntry: first.next, limit: 2 });
  assertEquals(second.items.map(({ text, time }) => `${time} ${text}`), ["1970-01-01T00:00:00.003Z three"]);
  assertEquals(second.next, undefined);
});

async function tell(
  store: Store,
  channel: string,
  lines: readonly (readonly [stamp: number, text: string])[],
  { nick = "ann", account }: { nick?: string; account?: string } = {},
): Promise<void> {
  const tags = account === undefined ? "" : `@account=${account} `;
  for (const [stamp, text] of lines) {
    const record = `${tags}:${nick}!~x@host PRIVMSG ${channel} :${text}`;
    store.history.append(store.conversations.channel(channel, channel), 0, stamp, record);
    store.commit();
  }
  await store.updateIndex();
}

function search(store: Store, options: Partial<Parameters<typeof store.index.search>[0]>): number[] {
  const logs = ["#tea", "#den"].map((key) => (store.conversations.find(key)?.id ?? 0) * 2);
  return store.index.search({ logs, from: "end", limit: 50, ...options }).map(({ stamp }) => stamp);
}

/** The next record starts a new section of the index. */
function endSection(store: Store): void {
  store.commit();
  const fill = store.database.prepareWrite("UPDATE search_section SET words = ?");
  store.database.attempt(() => fill.run(wordsPerSection));
  store.commit();
  store.index.rolledBack();
}
