/**
 * Every limit: it holds, it is reported to the client that exceeds it, it affects no other client, and clients can
 * read it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { settingRows, type Settings } from "../lib/server/settings/settings.ts";
import { SocketLimits } from "../lib/net/socket_limits.ts";
import { makeOperator } from "./support/account.ts";
import { until } from "./support/deadline.ts";
import { sendText, startListening } from "./support/listening.ts";
import type { Chat } from "./support/chat.ts";
import { overTcp, Peer } from "./support/peer.ts";
import { story } from "./support/story.ts";
import { ask, receive } from "./support/transcript.ts";
import { visit } from "./support/memory_connection.ts";

/** A setting, a value for it, and the ISUPPORT token that tells clients. */
const advertised: readonly (readonly [name: keyof Settings, value: number, token: string])[] = [
  ["nickLength", 12, "NICKLEN=12"],
  ["channelLength", 21, "CHANNELLEN=21"],
  ["topicLength", 90, "TOPICLEN=90"],
  ["awayLength", 33, "AWAYLEN=33"],
  ["realNameLength", 34, "NAMELEN=34"],
  ["keyLength", 9, "KEYLEN=9"],
  ["reasonLength", 35, "KICKLEN=35"],
  ["monitorLimit", 3, "MONITOR=3"],
  ["channelsPerUser", 4, "CHANLIMIT=#:4"],
  ["listLimit", 5, "MAXLIST=b:5,e:5,I:5"],
  ["lineBytes", 1024, "LINELEN=1024"],
  ["historyPage", 7, "CHATHISTORY=7"],
];
/** IRC has no ISUPPORT token for these. */
const untold: readonly (keyof Settings)[] = [
  "limit",
  "perAddress",
  "flood",
  "acceptLimit",
  "whowas",
  "sendQueue",
  "pingAfter",
  "registrationTime",
];

story(
  "limits with an ISUPPORT token are advertised",
  { settings: Object.fromEntries(advertised) },
  async (chat) => {
    const ann = await chat.peer("ann", { caps: ["draft/chathistory"] });
    const tokens = new Set((await ask(ann, "VERSION")).flatMap((line) => line.split(" ")));
    assertEquals(advertised.filter(([, , token]) => !tokens.has(token)), []);
    assert(tokens.has("SAFERATE"));
  },
);

Deno.test("every limit has a test in this file", () => {
  const known = new Set<string>([...advertised.map(([name]) => name), ...untold]);
  // In tests/server: commands/batch_test.ts, nick_test.ts and invite_test.ts, and hub/flood_test.ts.
  const elsewhere = [
    "multilineBytes",
    "multilineLines",
    "inviteLimit",
    "nickLetters",
    "plainLines",
    "httpRate",
  ];
  const limits = Object.entries(settingRows).filter(([, row]) => row.group === "Limits").map(([name]) =>
    name
  );
  assertEquals(limits.filter((name) => !known.has(name) && !elsewhere.includes(name)), []);
});

const long = (count: number) => "x".repeat(count);

/** Settings, the lines that ann sends, and the answers. */
const lengths: readonly (readonly [settings: Partial<Settings>, sent: string[], received: string[]])[] = [
  [{ nickLength: 12 }, [`NICK ${long(13)}`, `NICK ${long(12)}`], [
    `:chat.test 432 ann ${long(13)} :Erroneous nickname: it is longer than 12 characters`,
    `:ann NICK ${long(12)}`,
  ]],
  [{ channelLength: 10 }, [`JOIN #${long(10)}`], [`:chat.test 403 ann #${long(10)} :No such channel`]],
  [{ channelsPerUser: 2 }, ["JOIN #den", "JOIN #inn", "PART #den", "PART #tea"], [
    ":ann JOIN #den",
    ":chat.test 353 ann = #den @ann",
    ":chat.test 366 ann #den :End of /NAMES list",
    ":chat.test 405 ann #inn :You have joined too many channels",
    ":ann PART #den",
    ":ann PART #tea",
  ]],
  [{ topicLength: 80 }, [`TOPIC #tea ${long(81)}`], [`:ann TOPIC #tea ${long(80)}`]],
  [{ reasonLength: 20 }, [`PART #tea ${long(21)}`], [`:ann PART #tea ${long(20)}`]],
  [{ awayLength: 20 }, [`AWAY ${long(21)}`, "PRIVMSG ann x"], [
    ":chat.test 306 ann :You have been marked as being away",
    ":ann PRIVMSG ann x",
    `:chat.test 301 ann ann ${long(20)}`,
  ]],
  [{ listLimit: 1 }, ["MODE #tea +b a", "MODE #tea +b b"], [
    ":ann MODE #tea +b a!*@*",
    ":chat.test 478 ann #tea b :Channel list is full",
  ]],
  [{ monitorLimit: 1 }, ["MONITOR + x,y"], [
    ":chat.test 731 ann x",
    ":chat.test 734 ann 1 y :Monitor list is full",
  ]],
  [{}, ["PRIVMSG ann,ann,a,b,c,d,e,f,g,h,i :hello"], [
    ":ann PRIVMSG ann hello",
    ..."abcdefg".split("").map((nick) => `:chat.test 401 ann ${nick} :No such nick/channel`),
    ":chat.test 407 ann h,i :Too many targets: only the first 8 were served, not these",
  ]],
];

for (const [settings, sent, received] of lengths) {
  const name = Object.keys(settings).join() || "targets";
  story(`a limit holds: ${name}`, { settings }, async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    assertEquals(await ask(ann, ...sent), received);
  });
}

story(
  "a line that is too long gets an error, and the next one arrives",
  { settings: { lineBytes: 600 } },
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    const tags = `@+x=${"y".repeat(4096)} `;
    assertEquals(await ask(ann, `PRIVMSG bob :${long(600)}`, `${tags}PRIVMSG bob hi`, "PRIVMSG bob hello"), [
      ":chat.test 417 ann :Input line was too long",
      ":chat.test 417 ann :Input line was too long",
    ]);
    assertEquals(await receive(bob), [":ann PRIVMSG bob hello"]);
  },
);

story("a line without an end uses no memory and delays no other client", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const million = new TextEncoder().encode(long(1_000_000));
  for (let at = 0; at < 8; at++) ann.send(million);
  assertEquals(await ask(bob, "PRIVMSG #tea :still here"), []);
  assertEquals(await ask(ann, ""), [
    ":bob PRIVMSG #tea :still here",
    ":chat.test 417 ann :Input line was too long",
  ]);
});

story("a slow reader is disconnected, and the others get every message", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob", { caps: ["parley/long-lines"] });
  await bob.join("#tea");
  const slow = await Deno.connect({ hostname: "127.0.0.1", port: chat.port });
  const wire = overTcp(slow);
  for (const line of ["NICK slow", "USER slow 0 * :slow", "JOIN #tea"]) wire.send(line);
  await ann.next(" JOIN ");
  // Each part is smaller than the send queue of bob, so he keeps up on a slow machine too.
  let receivedCount = 0;
  for (let at = 0; at < 4000; at++) {
    ann.send(`PRIVMSG #tea :${at} ${long(3000)}`);
    if (at % 100 !== 99) continue;
    const lines = await bob.until(`PRIVMSG #tea :${at} `);
    receivedCount += lines.filter((line) => line.includes(" PRIVMSG ")).length;
  }
  assertEquals(receivedCount, 4000);
  assertMatch(await ann.next(" QUIT "), /^:slow!\S+ QUIT :SendQ exceeded$/);
  wire.close();
});

/** A chat whose clock moves only when a session has to wait, and how long each wait was. */
interface Flooded {
  readonly chat: Chat;
  readonly waits: readonly number[];
}

/** Registers a test with a limit of lines in a second. */
function floodStory(name: string, flood: number, act: (flooded: Flooded) => Promise<void>): void {
  let now = Date.UTC(2026, 10, 23);
  const waits: number[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    now += ms;
    return Promise.resolve();
  };
  story(name, { settings: { flood }, now: () => now, sleep }, (chat) => act({ chat, waits }));
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const words = (count: number) => Array.from({ length: count }, (_, at) => `PRIVMSG bob :${at}`);

floodStory("a flood is delivered slowly, in order, and without loss", 5, async ({ chat, waits }) => {
  await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: [] });
  await using bob = await visit(chat.hub, "10.1.2.4", "bob");
  const before = sum(waits);
  assertEquals(before, 0);
  ann.send(...words(100));
  await ann.lines();
  assertEquals(await receive(bob), words(100).map((line) => `:ann ${line.replace(" :", " ")}`));
  // NICK, USER, the PING of registration, 100 messages and a PING, of which 50 came free
  assertEquals(Math.round(sum(waits) / 100), Math.round((104 - 50) * 2));
});

floodStory(
  "only the lines of an open multiline message are free of flood control",
  5,
  async ({ chat, waits }) => {
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: ["batch", "draft/multiline"] });
    await ask(ann, "BATCH +1 draft/multiline bob", ...words(100).map((line) => `@batch=1 ${line}`));
    assertEquals(waits, []);
    await ask(ann, ...words(100).map((line) => `@batch=1 ${line.replace("PRIVMSG", "WHOIS")}`));
    assert(sum(waits) > 10_000, `${sum(waits)} ms`);
  },
);

floodStory(
  "operators wait a tenth of the time, QUIT and PONG do not wait",
  5,
  async ({ chat, waits }) => {
    const ann = await visit(chat.hub, "10.1.2.3", "ann");
    await using bob = await visit(chat.hub, "10.1.2.4", "bob");
    makeOperator(chat, "bob");
    await ask(bob, ...words(200).map((line) => line.replace("bob", "ann")));
    assertEquals(waits, []);
    await ask(ann, ...words(60));
    const before = waits.length;
    ann.send("PONG x", ":ann PONG x", "pong", "QUIT :bye");
    await ann.closed();
    assertEquals(waits.length, before);
  },
);

floodStory(
  "a client asks for the read markers of 200 conversations without waiting",
  5,
  async ({ chat, waits }) => {
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: ["labeled-response", "batch"] });
    await ask(ann, ...Array.from({ length: 200 }, (_, at) => `@label=m${at} MARKREAD bob${at}`));
    assertEquals(waits, []);
    await ask(
      ann,
      ...Array.from({ length: 60 }, (_, at) => `MARKREAD bob${at} timestamp=2026-01-01T00:00:00Z`),
    );
    assert(waits.length > 0);
  },
);

floodStory(
  "a client fetches 20,000 messages of the history without waiting",
  5,
  async ({ chat, waits }) => {
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: ["labeled-response", "batch"] });
    const requests = (count: number, limit: number) =>
      Array.from({ length: count }, (_, at) => `@label=h${at} CHATHISTORY LATEST bob * ${limit}`);
    await ask(ann, ...requests(200, 100));
    assertEquals(waits, []);
    await ask(ann, ...requests(20, 1_000));
    assert(waits.length > 0);
  },
);

floodStory(
  "a request for all conversations costs a whole line, also with more spaces",
  5,
  async ({ chat, waits }) => {
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: ["labeled-response", "batch"] });
    const all = "TARGETS timestamp=2026-01-01T00:00:00Z timestamp=2026-01-02T00:00:00Z 1";
    await ask(ann, ...Array.from({ length: 60 }, (_, at) => `@label=t${at} CHATHISTORY  ${all}`));
    assert(waits.length > 0);
  },
);

floodStory(
  "one word more does not make a request for history cheaper",
  5,
  async ({ chat, waits }) => {
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: ["labeled-response", "batch"] });
    await ask(ann, ...Array.from({ length: 60 }, () => "CHATHISTORY LATEST ann * 100 1"));
    assert(waits.length > 0);
  },
);

floodStory("endless PONGs are a flood", 5, async ({ chat, waits }) => {
  await using ann = await visit(chat.hub, "10.1.2.3", "ann");
  await ask(ann, ...words(50));
  const before = sum(waits);
  await ask(ann, ...Array<string>(100).fill("PONG x"));
  assert(sum(waits) - before > 5_000, `${sum(waits) - before} ms`);
});

const waiting = Promise.withResolvers<void>();

story("KILL removes a user and its waiting lines", {
  settings: { flood: 1 },
  sleep: () => waiting.promise,
}, async (chat) => {
  const ann = await visit(chat.hub, "10.1.2.3", "ann");
  const bob = await visit(chat.hub, "10.1.2.4", "bob", { register: false });
  bob.send("NICK bob", "USER bob 0 * :bob");
  await bob.next(" 001 ");
  ann.send(...words(9));
  await bob.next(" PRIVMSG ");
  const id = chat.state.find("ann")?.id ?? "";
  chat.hub.commit({ kind: "killed", user: id, by: "root!r@h", reason: "flood" });
  assertMatch((await ann.closed()).at(-1) ?? "", /^ERROR :Closing link: Killed/);
  waiting.resolve();
  bob.send("QUIT");
  const receivedByBob = await bob.closed();
  assert(receivedByBob.filter((line) => line.includes(" PRIVMSG ")).length < 9);
});

story(
  "an address has a limit of connections; an IPv6 network counts as one address, this machine has no limit",
  { settings: { perAddress: 2 } },
  async (chat) => {
    const refused = "ERROR :Closing link: Too many connections from your address: 2 of 2";
    using place = startListening({
      isTrustedProxy: () => true,
      limits: new SocketLimits({ maxPerPeer: chat.state.settings.perAddress }),
      onConnection: (connection) => void chat.hub.attach(connection),
    });
    const come = async (address: string, nick: string) => {
      const socket = await place.connect();
      await sendText(socket, `PROXY TCP${address.includes(":") ? 6 : 4} ${address} ${address} 1 2\r\n`);
      return await Peer.over(overTcp(socket), nick, { register: false });
    };
    const first = await come("2001:db8::1", "a");
    const others = [await come("2001:db8::2", "b")];
    await ask(first, "PING x");
    assertEquals(await (await come("2001:db8::ffff", "c")).closed(), [refused]);
    for (
      const address of ["2001:db8:0:1::1", "10.1.2.3", "10.1.2.3", "127.0.0.1", "127.0.0.1", "::1", "::1"]
    ) {
      const peer = await come(address, "d");
      others.push(peer);
      assertEquals(await ask(peer, "PING x"), [":chat.test PONG chat.test x"]);
    }
    first.send("QUIT");
    await first.closed();
    await first[Symbol.asyncDispose]();
    const next = await come("2001:db8::3", "e");
    assertEquals(await ask(next, "PING x"), [":chat.test PONG chat.test x"]);
    for (const peer of [...others, next]) await peer[Symbol.asyncDispose]();
    await until(() => place.listener.connections === 0);
  },
);

story(
  "a new connection gets an error when the server is full",
  { settings: { limit: 1 } },
  async (chat) => {
    const ann = await chat.peer("ann");
    const bob = await Peer.connect(chat.port, "bob", { register: false });
    assertEquals(await bob.closed(), ["ERROR :The server is full: 1 of 1 connections"]);
    assertEquals(await ask(ann, "PING x"), [":chat.test PONG chat.test x"]);
  },
);

story(
  "a connection that does not register in time is closed",
  { startsAt: 0, settings: { registrationTime: 1000 } },
  async (chat) => {
    const ann = await visit(chat.hub, "10.1.2.3", "ann", { register: false });
    ann.send("NICK ann");
    await ann.lines();
    chat.clock.nowMs = 999;
    chat.hub.sweep();
    assertEquals(await ann.lines(), []);
    chat.clock.nowMs = 1000;
    chat.hub.sweep();
    assertEquals(await ann.closed(), ["ERROR :Closing link: Registration timed out"]);
  },
);

story("a silent connection gets a PING, and is closed without an answer", {
  startsAt: 0,
  settings: { pingAfter: 1000 },
}, async (chat) => {
  const ann = await visit(chat.hub, "10.1.2.3", "ann");
  const bob = await visit(chat.hub, "10.1.2.4", "bob");
  await ann.join("#tea");
  await bob.join("#tea");
  await ann.lines();
  chat.clock.nowMs += 1000;
  chat.hub.sweep();
  assertEquals(await ann.next("PING"), "PING :chat.test");
  ann.send("PONG :chat.test");
  await ann.lines();
  chat.clock.nowMs += 500;
  chat.hub.sweep();
  assertEquals((await bob.closed()).at(-1), "ERROR :Closing link: Ping timeout: 1 seconds");
  assertEquals(await receive(ann), [":bob QUIT :Ping timeout: 1 seconds"]);
});
