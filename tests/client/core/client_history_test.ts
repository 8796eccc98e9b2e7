/** The client asks for history until it has all, whatever the limits of the server are. */

import { assertEquals } from "@std/assert";
import type { HistoryTarget } from "../../../lib/client/core/history_requests.ts";
import { TargetSearch } from "../../../lib/client/core/target_search.ts";
import { HistoryClient, type HistoryServerOptions, type StoredMessage } from "./history_server.ts";

const hour = 3_600_000;
/** One message of each of `count` people; two neighbours have the same time. */
const people = (count: number): StoredMessage[] =>
  Array.from({ length: count }, (_, at) => ({
    target: `p${at}`,
    at: hour + Math.floor(at / 2) * 1000,
    id: `m${at}`,
  }));
const lines = (count: number, perTime = 1): StoredMessage[] =>
  Array.from({ length: count }, (_, at) => ({
    target: "#tea",
    at: hour + Math.floor(at / perTime) * 1000,
    id: `m${at}`,
  }));

const servers: readonly (readonly [why: string, options: HistoryServerOptions])[] = [
  ["begins with the first time", {}],
  ["begins with the oldest", { targetsFrom: "oldest" }],
  ["knows no times in reverse order", { targetsFrom: "oldest, forwards only" }],
  ["gives one half of what we ask for", { page: 5 }],
];
for (const [why, options] of servers) {
  Deno.test(`conversations() finds all 61 people on a server that ${why}, the latest first`, async () => {
    await using wired = await HistoryClient.enter({ messages: people(61), ...options }, {
      conversations: false,
    });
    const found = await wired.client.history.conversations();
    assertEquals(found.length, 61);
    assertEquals(found[0]?.name, "p60");
    assertEquals(wired.server.asked.length < 30, true);
  });
}

Deno.test("TargetSearch ends on a server that repeats itself, and on one that makes up times", () => {
  for (const at of [1, 5, 500, 999]) {
    const search = new TargetSearch(0, 1000);
    const answer: HistoryTarget[] = [{ name: "ann", at }, { name: "bob", at }];
    let requests = 0;
    for (; search.next !== undefined && requests < 100; requests++) search.add(answer);
    assertEquals([search.found.length, requests < 20], [2, true]);
  }
});

Deno.test("latest() has the wanted number of messages where the server gives fewer at a time", async () => {
  await using wired = await HistoryClient.enter({ messages: lines(300), page: 7 }, { conversations: false });
  const { events, more } = await wired.client.history.latest("#tea", { limit: 200 });
  assertEquals([events.length, more], [200, true]);
  const all = await wired.client.history.latest("#tea", { limit: 1000 });
  assertEquals([all.events.length, all.more], [300, false]);
});

Deno.test("pages() passes every message once where the server names messages by their time", async () => {
  await using wired = await HistoryClient.enter({ messages: lines(41, 3), page: 10, withoutIds: true }, {
    conversations: false,
  });
  const texts: string[] = [];
  const position = { at: "after", reference: "timestamp=1970-01-01T00:00:00.000Z" } as const;
  for await (const { events } of wired.client.history.pages("#tea", position, 10)) {
    for (const event of events) if (event.kind === "said") texts.push(event.text);
  }
  assertEquals(texts, Array.from({ length: 41 }, (_, at) => `m${at}`));
});

Deno.test("pages() asks for the next page of later messages before a page is used, and of earlier ones after it", async () => {
  await using wired = await HistoryClient.enter({ messages: lines(32) }, {
    backlog: 0,
    conversations: false,
  });
  for (
    const [at, reference, counts] of [["after", "m0", [2, 3, 4, 5, 5]], ["before", "m31", [
      1,
      2,
      3,
      4,
      5,
    ]]] as const
  ) {
    wired.server.asked.length = 0;
    const found: number[] = [];
    for await (
      const _page of wired.client.history.pages("#tea", { at, reference: `msgid=${reference}` }, 10)
    ) {
      found.push(wired.server.asked.length);
    }
    assertEquals(found, [...counts]);
  }
});

Deno.test("pages() ends on a server that gives the same page again and again", async () => {
  await using wired = await HistoryClient.enter({ messages: lines(10), page: 5, repeats: true }, {
    conversations: false,
  });
  let count = 0;
  const position = { at: "after", reference: "timestamp=1970-01-01T00:00:00.000Z" } as const;
  for await (const page of wired.client.history.pages("#tea", position, 10)) count += page.events.length;
  assertEquals(count, 5);
});

Deno.test("a search gives all results in pages, the newest first, and says when there are no older ones", async () => {
  await using wired = await HistoryClient.enter({ messages: lines(25, 2) }, { conversations: false });
  const search = wired.client.history.search("m");
  const sizes: number[] = [];
  const texts = new Set<string>();
  for (let page = await search.next(); page.length > 0; page = await search.next()) {
    sizes.push(page.length);
    for (const { text } of page) texts.add(text);
    assertEquals(await search.hasMore(), texts.size < 25);
  }
  assertEquals([texts.size, sizes[0]], [25, 10]);
});

Deno.test("a search leaves out what is too old, and what has no file where the server cannot tell", async () => {
  const file = "http://chat.example/files/abcdefghijklmnopqrstuv/m.txt";
  const messages = lines(30, 1).map((one, at) => ({ ...one, text: at % 9 === 0 ? file : "m" }));
  await using wired = await HistoryClient.enter({ messages }, { conversations: false });
  const after = new Date(messages[5]?.at ?? 0).toISOString();
  const search = wired.client.history.search(`"m" has:file after:${after}`);
  const found = [await search.next(), await search.next(), await search.next(), await search.next()];
  assertEquals(found.map((page) => page.map(({ at }) => at)), [
    [messages[27]?.at],
    [messages[18]?.at],
    [messages[9]?.at],
    [],
  ]);
  assertEquals(wired.server.asked.find((line) => line.startsWith("SEARCH")), "SEARCH limit=50;text=m");
});
