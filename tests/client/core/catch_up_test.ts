/**
 * Missed messages: the client shows them once, they are unread until a device reads them, and the person is called
 * once.
 */

import { assert, assertEquals } from "@std/assert";
import { HistoryClient, historyServerCaps, type StoredMessage } from "./history_server.ts";
import { WiredClient } from "./wired_client.ts";

const start = 500_000;
const join = 1_000_000;
/** `count` messages of ann in #tea, a second apart; the texts are m0, m1, … */
const lines = (count: number, from = start): StoredMessage[] =>
  Array.from({ length: count }, (_, at) => ({ target: "#tea", at: from + at * 1000, id: `m${from}-${at}` }));
const said = (target: string, at: number, text: string, from?: string): StoredMessage => ({
  target,
  at,
  id: `${target}-${at}`,
  text,
  ...(from !== undefined && { from }),
});

Deno.test("messages after the read marker are unread at the start, and the person is called once", async () => {
  const messages = [...lines(8), said("#tea", join - 2000, "bob: tea?"), said("#tea", join - 1000, "now")];
  await using bob = await HistoryClient.enter({ messages, markers: new Map([["#tea", start + 7000]]) });
  assertEquals(bob.unread("#tea"), [2, 1]);
  assertEquals(bob.calls(), [["bob: tea?"]]);
});

Deno.test("without a read marker, what was said in a channel before the join is not new", async () => {
  const markers = new Map<string, number>();
  await using bob = await HistoryClient.enter({
    messages: [...lines(3), said("#tea", 600_000, "bob!")],
    markers,
  });
  assertEquals([bob.unread("#tea"), bob.calls()], [[0, 0], []]);
  await bob.server.say(bob.server.lineOf(said("#tea", join + 1000, "bob: hello")));
  assertEquals([bob.unread("#tea"), [...markers]], [[1, 1], []]);
});

Deno.test("storedReadUpTo counts for a channel without a read marker", async () => {
  const storedReadUpTo = (name: string) => name === "#tea" ? start + 1000 : 0;
  await using bob = await HistoryClient.enter({ messages: lines(4) }, { storedReadUpTo });
  assertEquals(bob.unread("#tea"), [2, 0]);
});

Deno.test("unread messages that are not shown count too, however many they are", async () => {
  const messages = [said("#tea", start - 1, "bob, first"), ...lines(300)];
  await using bob = await HistoryClient.enter({ messages, markers: new Map([["#tea", start - 2]]) });
  assertEquals(bob.unread("#tea"), [301, 1]);
  assertEquals(bob.events.filter(({ kind }) => kind === "said").length, 5);
  assertEquals(bob.calls(), [["bob, first"]]);
});

Deno.test("the client asks for the read markers of people, and fetches unread conversations", async () => {
  const messages = [
    said("ann", 10_000, "read"),
    said("cat", 20_000, "new"),
    said("dan", 30_000, "never read"),
  ];
  const markers = new Map([["ann", 10_000], ["cat", 15_000]]);
  await using bob = await HistoryClient.enter({ messages, markers });
  assertEquals(["ann", "cat", "dan"].map((name) => bob.unread(name)[1]), [0, 1, 1]);
  assertEquals([...bob.client.state.buffers.keys()].sort(), ["#tea", "ann", "cat", "dan"]);
  assertEquals(bob.server.asked.filter((line) => line.startsWith("MARKREAD")).sort(), [
    "MARKREAD ann",
    "MARKREAD cat",
    "MARKREAD dan",
  ]);
  assertEquals(bob.calls(), [["new", "never read"]]);
});

Deno.test("a conversation is read up to our last message, from any device", async () => {
  const messages = [said("ann", 1000, "old"), said("ann", 2000, "mine", "bob"), said("ann", 3000, "answer")];
  await using bob = await HistoryClient.enter({ messages });
  assertEquals(bob.unread("ann"), [1, 1]);
  await bob.server.say(bob.server.lineOf(said("ann", 4000, "from my phone", "bob")));
  assertEquals(bob.unread("ann"), [0, 0]);
});

Deno.test("an old conversation opens only when it has unread messages", async () => {
  const day = 24 * 3600_000;
  const messages = [
    said("ann", day, "read long ago"),
    said("cat", day, "never read"),
    ...Array.from({ length: 60 }, (_, at) => said(`p${at}`, 100 * day + at, "x")),
  ];
  const markers = new Map(
    messages.filter(({ target }) => target !== "cat").map(({ target, at }) => [target, at]),
  );
  await using bob = await HistoryClient.enter({ messages, markers });
  const open = [...bob.client.state.buffers.values()].map(({ name }) => name);
  assertEquals([open.length, open.includes("cat"), open.includes("ann")], [62, true, false]);
});

Deno.test("messages missed without a connection are unread, and the person is called for them once", async () => {
  const messages = lines(3);
  await using bob = await HistoryClient.enter({ messages });
  await bob.cut();
  messages.push(said("#tea", join + 1000, "bob: are you there?"), said("#tea", join + 2000, "hm"));
  messages.push(said("cat", join + 3000, "psst"), said("cat", join + 4000, "hey"));
  await bob.connect(join + 10_000);
  assertEquals([bob.unread("#tea"), bob.unread("cat")], [[2, 1], [2, 2]]);
  assertEquals([...bob.client.state.buffers.keys()], ["#tea", "cat"]);
  assertEquals(bob.calls(), [["bob: are you there?", "psst", "hey"]]);
  await bob.cut();
  messages.push(said("#tea", join + 11_000, "nothing special"));
  await bob.connect(join + 20_000);
  assertEquals([bob.unread("#tea"), bob.calls().length], [[3, 1], 1]);
});

Deno.test("messages read on another device are not unread, and the person is not called for them", async () => {
  const messages = lines(1);
  const markers = new Map([["#tea", start]]);
  await using bob = await HistoryClient.enter({ messages, markers });
  await bob.server.say(bob.server.lineOf(said("cat", join + 10, "before")));
  assertEquals(bob.unread("cat"), [1, 1]);
  await bob.cut();
  messages.push(
    said("#tea", join + 1000, "bob?"),
    said("cat", join + 10, "before"),
    said("cat", join + 2000, "psst"),
  );
  for (const name of ["#tea", "cat"]) markers.set(name, join + 5000);
  await bob.connect(join + 10_000);
  assertEquals([bob.unread("#tea"), bob.unread("cat"), bob.calls()], [[0, 0], [0, 0], []]);
  await bob.server.say(bob.server.lineOf(said("#tea", join + 11_000, "bob, now")));
  assertEquals(bob.unread("#tea"), [1, 1]);
  await bob.server.say(`:srv MARKREAD #tea timestamp=${new Date(join + 11_000).toISOString()}`);
  assertEquals(bob.unread("#tea"), [0, 0]);
});

Deno.test("after a reconnect the server learns what the person has read meanwhile", async () => {
  const markers = new Map([["#tea", start]]);
  await using bob = await HistoryClient.enter({ messages: lines(4), markers });
  await bob.cut();
  bob.client.readMarkers.markAllRead("#tea");
  await bob.connect(join + 10_000);
  assertEquals(markers.get("#tea"), start + 3000);
});

Deno.test("catching up does not end after any number of answers", async () => {
  const messages = lines(1);
  await using bob = await HistoryClient.enter({ messages, page: 1 }, { backlog: 0, conversations: false });
  await bob.cut();
  messages.push(...lines(600, join + 1));
  bob.events.length = 0;
  await bob.connect(join + 2_000_000);
  assertEquals(bob.events.filter(({ kind }) => kind === "said").length, 600);
});

Deno.test("messages are missed from the join on, also when the channel was silent before", async () => {
  const messages: StoredMessage[] = [];
  await using bob = await HistoryClient.enter({ messages }, { backlog: 0, conversations: false });
  await bob.cut();
  messages.push(said("#tea", join, "in the same millisecond"), said("#tea", join + 1, "next"));
  await bob.connect(join + 10);
  assertEquals(bob.events.flatMap((event) => event.kind === "said" ? [event.text] : []), [
    "in the same millisecond",
    "next",
  ]);
});

Deno.test("a refused request for missed messages is reported, and the next connection asks again", async () => {
  const options = { messages: lines(1), refuses: "never" };
  await using bob = await HistoryClient.enter(options);
  await bob.cut();
  options.messages.push(said("#tea", join + 1, "missed"));
  options.refuses = "AFTER";
  await bob.connect(join + 1000);
  const failed = bob.events.find(({ kind }) => kind === "history failed");
  assert(failed?.kind === "history failed" && failed.buffer === "#tea" && failed.reason !== "");
  options.refuses = "never";
  await bob.cut();
  await bob.connect(join + 2000);
  assertEquals(bob.unread("#tea"), [1, 0]);
});

Deno.test("messages of ignored people and deleted messages do not count", async () => {
  const messages = [said("ann", 1000, "a"), said("cat", 2000, "b"), said("#tea", join - 5, "bob, c")];
  await using bob = await HistoryClient.enter({ messages, markers: new Map([["#tea", start]]) });
  assertEquals([bob.unread("#tea")[1], bob.unread("ann")[1], bob.unread("cat")[1]], [1, 1, 1]);
  bob.client.setIgnored(new Set(["ann!*@*"]));
  await bob.server.say(`:cat!u@h REDACT bob cat-2000`);
  assertEquals([bob.unread("#tea")[1], bob.unread("ann")[1], bob.unread("cat")[1]], [0, 0, 0]);
});

Deno.test("without read markers only what was missed in this run is unread", async () => {
  const messages = [said("ann", 1000, "a"), ...lines(2)];
  const caps = historyServerCaps.replace("draft/read-marker", "");
  await using bob = await HistoryClient.enter({ messages, caps });
  assertEquals([bob.unread("#tea"), bob.unread("ann"), bob.calls()], [[0, 0], [0, 0], []]);
  await bob.cut();
  messages.push(said("ann", join + 1000, "psst"));
  await bob.connect(join + 2000);
  assertEquals([bob.unread("ann"), bob.calls()], [[1, 1], [["psst"]]]);
});

Deno.test("a connection that is lost just after the join loses no message", async () => {
  const options = { messages: lines(8), refuses: "LATEST" };
  await using bob = await HistoryClient.enter(options);
  await bob.cut();
  options.messages.push(...lines(40, join + 1));
  options.messages.push(said("#tea", join + 50_000, "bob, hello"));
  options.refuses = "never";
  await bob.connect(join + 60_000);
  assertEquals([bob.events.filter(({ kind }) => kind === "said").length, bob.unread("#tea")], [41, [41, 1]]);
});

Deno.test("history that a server sends unasked is unread, and the person is called once", async () => {
  await using bob = await HistoryClient.enter();
  const missed = [
    said("#tea", join + 1, "bob?"),
    said("#tea", join + 2, "bob!"),
    said("#tea", join + 3, "hm"),
  ];
  await bob.server.say(
    ":srv BATCH +z chathistory #tea",
    ...missed.map((one) => bob.server.lineOf(one).replace("@", "@batch=z;")),
    ":srv BATCH -z",
  );
  assertEquals([bob.unread("#tea"), bob.calls()], [[3, 2], [["bob?", "bob!"]]]);
});

Deno.test("a connection that is lost while conversations are fetched loses none of them", async () => {
  const options: { messages: StoredMessage[]; refuses?: string } = {
    messages: Array.from({ length: 30 }, (_, at) => said(`p${at}`, start + at, "hello")),
  };
  await using bob = await HistoryClient.enter(options);
  assertEquals(bob.unread("p0"), [1, 1]);
  for (const [mute, from] of [["MARKREAD p20", join + 1], ["AFTER p20", join + 1000]] as const) {
    await bob.cut();
    for (let at = 10; at < 40; at++) options.messages.push(said(`p${at}`, from + at, "missed"));
    await bob.connect(from + 100, mute);
    await bob.cut();
    await bob.connect(from + 200);
    const unread = (name: string) => bob.unread(name)[0];
    assertEquals([unread("p10"), unread("p20"), unread("p39")], from === join + 1 ? [2, 2, 1] : [3, 3, 2]);
  }
});

Deno.test("unread conversations are fetched to the end when the connection is lost at the start", async () => {
  const messages = Array.from({ length: 30 }, (_, at) => said(`p${at}`, start + at, "hello"));
  await using bob = await HistoryClient.enter({ messages }, {}, "MARKREAD p20");
  assertEquals([bob.unread("p25")[0], bob.unread("p10")[0]], [1, 0]);
  await bob.cut();
  await bob.connect(join + 100);
  assertEquals([bob.unread("p25")[0], bob.unread("p20")[0], bob.unread("p0")[0]], [1, 1, 1]);
});

Deno.test("in a busy channel that the person looks at, markers are sent at once and then rarely, and at the end", async () => {
  await using bob = await HistoryClient.enter();
  for (let at = 1; at <= 50; at++) {
    await bob.server.say(bob.server.lineOf(said("#tea", join + at, `busy ${at}`)));
    bob.client.readMarkers.markAllRead("#tea");
  }
  const markers = () => bob.server.asked.filter((line) => line.startsWith("MARKREAD #tea timestamp")).length;
  assertEquals(markers(), 1);
  bob.client.quit();
  assertEquals([markers(), bob.server.markers.get("#tea")], [2, join + 50]);
});

Deno.test("no new event comes between the missed messages of a channel, also when two channels are passed in parts", async () => {
  const passed: string[] = [];
  await using bob = new WiredClient({
    channels: ["#tea", "#den"],
    backlog: 200,
    onEvent: (event) => {
      if (event.kind !== "said" && event.kind !== "renamed") return;
      passed.push(event.kind === "said" ? event.buffer : event.kind);
      // A slow user interface, so that there are pauses.
      for (const begun = performance.now(); performance.now() - begun < 0.2;);
    },
  });
  const { server } = bob;
  const caps = "batch labeled-response message-tags server-time draft/chathistory";
  await server.say(`:srv CAP * LS :${caps}`);
  await server.say(`:srv CAP * ACK :${caps}`, ":srv 001 bob :Welcome", ":srv 376 bob :End");
  await server.sent();
  await server.say(
    ...["#tea", "#den"].flatMap((name) => [`:bob!b@host JOIN ${name}`, `:srv 353 bob = ${name} :ann bob`]),
  );
  const asked = (await server.sent()).flatMap((line) => {
    const [, label, name] = /^@label=(\S+) CHATHISTORY LATEST (\S+)/.exec(line) ?? [];
    return name === undefined ? [] : [{ label, name }];
  });
  await server.say(...asked.flatMap(({ label, name }) => [
    `@label=${label} :srv BATCH +${label} chathistory ${name}`,
    ...Array.from(
      { length: 200 },
      (_, at) =>
        `@batch=${label};msgid=${name}${at};time=${
          new Date(start + at).toISOString()
        } :ann!u@h PRIVMSG ${name} :x`,
    ),
    `:srv BATCH -${label}`,
  ]));
  await server.say(":ann!u@h NICK anna");
  for (let turns = 0; passed.length < 401 && turns < 1_000; turns++) await server.sent();
  const channels = passed.filter((one) => one !== "renamed");
  assertEquals(channels, [...Array(200).fill("#tea"), ...Array(200).fill("#den")]);
  // Before a page, or after it.
  assertEquals(passed.indexOf("renamed") % 200, 0);
});
