/** LIST: filters (ELIST=CMNTU), secrecy, and lists longer than a send queue. */
import { assertEquals } from "@std/assert";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

story("LIST shows name, members and topic", async (chat) => {
  const [ann] = await chat.join("#tea", "ann", "bob");
  await ann.join("#den");
  await ask(ann, "TOPIC #tea :Green or black?");
  assertEquals(await ask(ann, "LIST"), [
    ":chat.test 321 ann Channel :Users  Name",
    ":chat.test 322 ann #tea 2 :Green or black?",
    ":chat.test 322 ann #den 1 :",
    ":chat.test 323 ann :End of /LIST",
  ]);
  assertEquals((await ask(ann, "LIST #DEN,#none")).length, 3);
  assertEquals((await ask(ann, "LIST #none")).length, 2);
});

/** #tea: two members, created 60 minutes ago, topic 30 minutes ago; #den: one, created 10 minutes ago, no topic. */
const filters: readonly (readonly [asked: string, found: string])[] = [
  ["", "#tea #den"],
  ["*e*", "#tea #den"],
  ["#t?a", "#tea"],
  ["!*t*", "#den"],
  ["!*t*,!*d*", ""],
  ["#tea,#d*", "#tea #den"],
  [">1", "#tea"],
  ["<2", "#den"],
  [">0,<3", "#tea #den"],
  ["#d* >1", ""],
  ["C>30", "#tea"],
  ["c<30", "#den"],
  ["C>0", "#tea #den"],
  ["T<31", "#tea"],
  ["T>31", ""],
  ["T>0,<9", "#tea"],
  [">1x", ""],
  [">", ""],
];

const start = 1e12;
const minuteMs = 60_000;

story("LIST filters by mask, members, age and topic", { startsAt: start }, async (chat) => {
  const [ann] = await chat.join("#tea", "ann", "bob");
  chat.clock.nowMs = start + 30 * minuteMs;
  await ask(ann, "TOPIC #tea :Green or black?");
  chat.clock.nowMs = start + 50 * minuteMs;
  await ann.join("#den");
  chat.clock.nowMs = start + 60 * minuteMs;
  for (const [asked, found] of filters) {
    const rows = (await ask(ann, `LIST ${asked}`)).filter((line) => line.includes(" 322 "));
    assertEquals(rows.map((line) => line.split(" ")[3]).join(" "), found, asked);
  }
});

story("LIST hides secret channels from users outside", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob");
  await ask(ann, "MODE #tea +s");
  assertEquals((await ask(bob, "LIST", "LIST #tea", "LIST >0")).length, 6);
  assertEquals((await ask(ann, "LIST")).length, 3);
});

story("LIST limits the number of masks, because each is compared with every channel", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const masks = (count: number) => Array.from({ length: count }, (_, at) => `*${at}*`).join(",");
  assertEquals((await ask(ann, `LIST ${masks(19)},#tea`)).length, 3);
  assertEquals(await ask(ann, `LIST #tea,${masks(20)}`), [
    ":chat.test 321 ann Channel :Users  Name",
    ":chat.test 322 ann #tea 1 :",
    ":chat.test 407 ann *19* :Too many targets: only the first 20 were served, not these",
    ":chat.test 323 ann :End of /LIST",
  ]);
});

story("a LIST longer than the send queue is complete, and a labelled one is one batch", {
  settings: { sendQueue: 16 * 1024, channelsPerUser: 500 },
}, async (chat) => {
  const ann = await chat.peer("ann", { caps: ["labeled-response", "batch", "no-implicit-names"] });
  const names = Array.from({ length: 300 }, (_, at) => `#den-${at}`);
  for (const name of names) await ask(ann, `JOIN ${name}`, `TOPIC ${name} :${"tea ".repeat(100)}`);
  assertEquals((await ask(ann, "LIST")).length, 302);
  ann.send("@label=x LIST");
  const lines = await ann.lines();
  const reference = /^@label=x \S+ BATCH \+(\S+) labeled-response$/.exec(lines[0] ?? "")?.[1];
  assertEquals(lines.length, 304);
  assertEquals(lines.slice(1, -1).every((line) => line.startsWith(`@batch=${reference} `)), true);
  assertEquals(lines.at(-1), `:chat.test BATCH -${reference}`);
});
