/** CHATHISTORY: the messages it sends, and their form. tests/server/chat/history_access_test.ts checks the access to them. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, plain } from "../../support/transcript.ts";

const caps = ["batch", "draft/chathistory", "echo-message", "message-tags", "server-time"];
const eventCaps = [...caps, "draft/event-playback"];
const startMs = Date.parse("2026-01-31T12:00:00.000Z");

/** ann says "1" to "9" in #tea, a second apart; returns the msgids, "1" first, and the times. */
async function nine(chat: Chat): Promise<{ ann: Peer; ids: string[]; times: string[] }> {
  const ann = await chat.peer("ann", { caps });
  await ann.join("#tea");
  const lines: string[] = [];
  for (let number = 1; number <= 9; number++) {
    chat.clock.nowMs += 1000;
    ann.send(`PRIVMSG #tea ${number}`);
    lines.push(await ann.next(/ PRIVMSG #tea /));
  }
  const all = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1] ?? "");
  return { ann, ids: all(/msgid=(\w+)/), times: all(/time=([^; ]+)/) };
}

/** The messages of the batch in the answer: ":ann PRIVMSG #tea hello". */
async function shown(peer: Peer, command: string): Promise<string[]> {
  return (await ask(peer, command)).filter((line) => !line.includes(" BATCH "));
}

/** The last words of the messages in the answer: "1", "2". */
async function words(peer: Peer, command: string): Promise<string> {
  return (await shown(peer, command)).map((line) => line.split(" ").at(-1)).join(" ");
}

story("CHATHISTORY sends each message unchanged, in one batch", whole);
story("CHATHISTORY finds by msgid and by time, bounds excluded", { startsAt: startMs }, ranges);
story("CHATHISTORY refuses invalid requests and quotes the wrong parameter", refusals);
story("CHATHISTORY reports the end of the history", { startsAt: startMs }, ends);
story("CHATHISTORY gives no more than CHATHISTORY in ISUPPORT says", {
  startsAt: startMs,
  settings: { historyPage: 4 },
}, pages);
story("CHATHISTORY answers with its label, and without a batch for clients without batch", forms);
story(
  "CHATHISTORY leaves space in the send queue of its client",
  { settings: { sendQueue: 16 * 1024 } },
  cut,
);
story("only clients with event-playback get events", events);
story("reactions are stored, typing is not", reactions);
story("a message of several lines is sent as one again", multiline);
story("TARGETS lists conversations by their latest message", { startsAt: startMs }, targets);
story("a client without chathistory gets the last messages on JOIN if the settings say so", {
  settings: { replay: 2 },
}, onJoin);

async function whole(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  await ann.join("#tea");
  ann.send("@+draft/reply=abc PRIVMSG #tea :hello there", "NOTICE #tea :and a notice");
  const said = await ann.lines();
  ann.send("CHATHISTORY LATEST #tea * 50");
  const [opening = "", ...lines] = await ann.lines();
  const closing = lines.pop();
  const reference = /BATCH \+(\w+) chathistory #tea$/.exec(opening)?.[1];
  assertEquals(closing, `:chat.test BATCH -${reference}`);
  assertEquals(lines, said.map((line) => `@batch=${reference};${line.slice(1)}`));
}

async function ranges(chat: Chat): Promise<void> {
  const { ann, ids, times } = await nine(chat);
  const cases: [command: string, expected: string][] = [
    ["LATEST #tea * 3", "7 8 9"],
    ["LATEST #tea 7 3", "8 9"],
    ["LATEST #tea 2 3", "7 8 9"],
    ["BEFORE #tea 4 9", "1 2 3"],
    ["BEFORE #tea 4 2", "2 3"],
    ["AFTER #tea 6 9", "7 8 9"],
    ["AFTER #tea 6 2", "7 8"],
    ["AROUND #tea 5 1", "5"],
    ["AROUND #tea 5 3", "4 5 6"],
    ["AROUND #tea 5 4", "3 4 5 6"],
    ["AROUND #tea 1 4", "1 2 3 4"],
    ["AROUND #tea 9 4", "6 7 8 9"],
    ["BETWEEN #tea 2 8 9", "3 4 5 6 7"],
    ["BETWEEN #tea 2 8 2", "3 4"],
    ["BETWEEN #tea 8 2 2", "6 7"],
    ["BETWEEN #tea 8 2 9", "3 4 5 6 7"],
    ["BETWEEN #tea 3 3 9", ""],
    ["LATEST #TEA * 1", "9"],
    ["LATEST #tea * 0", ""],
  ];
  for (const [command, expected] of cases) {
    // Single numbers between target and limit stand for messages.
    const named = (write: (at: number) => string) =>
      `CHATHISTORY ${command.replace(/ (\d)(?= .*\d)/g, (_all, number) => ` ${write(number - 1)}`)}`;
    assertEquals(await words(ann, named((at) => `msgid=${ids[at]}`)), expected, command);
    assertEquals(await words(ann, named((at) => `timestamp=${times[at]}`)), expected, command);
  }
}

async function refusals(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: ["draft/chathistory"] });
  await ann.join("#tea");
  const cases: [command: string, answer: string][] = [
    ["", "INVALID_PARAMS * :Unknown command"],
    ["OLDEST #tea * 5", "INVALID_PARAMS OLDEST :Unknown command"],
    ["latest #tea *", "INVALID_PARAMS LATEST :Insufficient parameters"],
    ["LATEST #tea * 5 5", "INVALID_PARAMS LATEST :Too many parameters"],
    ["LATEST #tea * many", "INVALID_PARAMS LATEST many :Invalid limit"],
    ["LATEST #tea * -1", "INVALID_PARAMS LATEST -1 :Invalid limit"],
    ["BEFORE #tea * 5", "INVALID_PARAMS BEFORE #tea * :A message reference must be msgid= or timestamp="],
    [
      "BEFORE #tea id=5 5",
      "INVALID_MSGREFTYPE BEFORE #tea id=5 :A message reference must be msgid= or timestamp=",
    ],
    ["BEFORE #tea timestamp=noon 5", "INVALID_PARAMS BEFORE timestamp=noon :Invalid timestamp"],
    ["BEFORE #tea msgid=?? 5", "INVALID_PARAMS BEFORE msgid=?? :Invalid msgid"],
    ["BETWEEN #tea msgid=a 5", "INVALID_PARAMS BETWEEN :Insufficient parameters"],
    ["TARGETS msgid=a msgid=b 5", "INVALID_PARAMS TARGETS msgid=a :Invalid timestamp"],
    ["LATEST #den * 5", "INVALID_TARGET LATEST #den :Messages could not be retrieved"],
  ];
  for (const [command, answer] of cases) {
    assertEquals(
      await ask(ann, `CHATHISTORY ${command}`),
      [`:chat.test FAIL CHATHISTORY ${answer}`],
      command,
    );
  }
}

async function ends(chat: Chat): Promise<void> {
  const { ann, ids } = await nine(chat);
  const cases: [command: string, isEnd: boolean][] = [
    ["LATEST #tea * 8", false],
    ["LATEST #tea * 9", true],
    [`BEFORE #tea msgid=${ids[3]} 2`, false],
    [`BEFORE #tea msgid=${ids[3]} 3`, true],
    [`AFTER #tea msgid=${ids[6]} 1`, false],
    [`AFTER #tea msgid=${ids[6]} 2`, true],
    [`AFTER #tea msgid=${ids[8]} 2`, true],
  ];
  for (const [command, isEnd] of cases) {
    ann.send(`CHATHISTORY ${command}`);
    const [opening = ""] = await ann.lines();
    assertEquals(/^@\S*draft\/chathistory-end\b/.test(opening), isEnd, command);
  }
}

async function pages(chat: Chat): Promise<void> {
  const { ann } = await nine(chat);
  assertMatch((await ask(ann, "VERSION")).join("\n"), / CHATHISTORY=4 MSGREFTYPES=msgid,timestamp /);
  assertEquals(await words(ann, "CHATHISTORY LATEST #tea * 1000"), "6 7 8 9");
}

async function forms(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: ["batch", "labeled-response", "message-tags"] });
  const bob = await chat.peer("bob");
  for (const peer of [ann, bob]) await peer.join("#tea");
  await ask(ann, "PRIVMSG #tea :hello", "PRIVMSG #tea :again");
  ann.send("@label=x CHATHISTORY LATEST #tea * 5");
  const [opening = "", ...rest] = await ann.lines();
  assertMatch(opening, /^@label=x;draft\/chathistory-end :chat\.test BATCH \+\w+ chathistory #tea$/);
  assertEquals(rest.filter((line) => line.includes("label=")), []);
  await bob.lines();
  bob.send("CHATHISTORY LATEST #tea * 5");
  assertEquals(await bob.lines(), [
    ":ann!~ann@ann.localhost PRIVMSG #tea :hello",
    ":ann!~ann@ann.localhost PRIVMSG #tea :again",
  ]);
}

async function cut(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: ["batch", "message-tags", "parley/long-lines"] });
  await ann.join("#tea");
  for (let number = 1; number <= 20; number++) await ask(ann, `PRIVMSG #tea :${"x".repeat(1000)} ${number}`);
  assertEquals(await words(ann, "CHATHISTORY LATEST #tea * 50"), "14 15 16 17 18 19 20");
  assertEquals(await words(ann, "CHATHISTORY AFTER #tea msgid=0 50"), "1 2 3 4 5 6 7");
  ann.send("CHATHISTORY LATEST #tea * 50");
  assertEquals((await ann.lines())[0]?.includes("chathistory-end"), false);
}

async function events(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: eventCaps });
  const bob = await chat.peer("bob", { caps });
  const cat = await chat.peer("cat", { caps: [...eventCaps, "extended-join"] });
  await ann.join("#tea");
  // Nothing is stored of a channel in which nobody has written a message or a topic.
  await ask(ann, "MODE #tea +s", "TOPIC #tea :Kettle", "MODE #tea -s", "PRIVMSG #tea :first");
  await bob.join("#tea");
  await ask(ann, "MODE #tea +k sesame", "TOPIC #tea :Tea time", "PRIVMSG #tea :hello");
  await ask(bob, "NICK robert", "PART #tea :bye");
  await ask(cat, "JOIN #tea sesame", "NICK kate");
  await ask(ann, "KICK #tea kate :out", "INVITE kate #tea");
  await ask(cat, "JOIN #tea sesame");
  for (const peer of [ann, bob]) await peer.lines();
  const all = [
    ":ann TOPIC #tea Kettle",
    ":ann MODE #tea -s",
    ":ann PRIVMSG #tea first",
    ":bob JOIN #tea",
    ":ann MODE #tea +k *",
    ":ann TOPIC #tea :Tea time",
    ":ann PRIVMSG #tea hello",
    ":bob NICK robert",
    ":robert PART #tea bye",
    ":cat JOIN #tea",
    ":cat NICK kate",
    ":ann KICK #tea kate out",
    ":kate JOIN #tea",
  ];
  assertEquals(await shown(ann, "CHATHISTORY LATEST #tea * 50"), all);
  const extended = all.map((line) =>
    line.replace(/^:(\S+) JOIN.*/, (_all, nick) => `:${nick} JOIN #tea * ${nick}`)
  );
  assertEquals(
    await shown(cat, "CHATHISTORY LATEST #tea * 50"),
    extended.map((line) => line.replace(/^:kate JOIN.*/, ":kate JOIN #tea * cat")),
  );
  await ask(ann, "MODE #tea -k *");
  await bob.join("#tea");
  assertEquals(await shown(bob, "CHATHISTORY LATEST #tea * 50"), [
    ":ann PRIVMSG #tea first",
    ":ann PRIVMSG #tea hello",
  ]);
}

async function reactions(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: eventCaps });
  await ann.join("#tea");
  await ask(ann, "@+typing=active TAGMSG #tea", "@+draft/react=🎉;+draft/reply=x TAGMSG #tea");
  await ask(ann, "@+draft/unreact=🎉;+draft/reply=x TAGMSG #tea", "@+typing=done TAGMSG #tea");
  await ask(ann, "@+unreact=🎉;+reply=x;+draft/reply=x TAGMSG #tea");
  ann.send("CHATHISTORY LATEST #tea * 50");
  const tags = (await ann.lines()).flatMap((line) => / TAGMSG /.test(line) ? /;(\+\S+)/.exec(line)?.[1] : []);
  assertEquals(tags, [
    "+draft/react=🎉;+draft/reply=x",
    "+draft/unreact=🎉;+draft/reply=x",
    "+unreact=🎉;+reply=x;+draft/reply=x",
  ]);
}

async function multiline(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: [...caps, "draft/multiline"] });
  const bob = await chat.peer("bob", { caps: ["batch"] });
  for (const peer of [ann, bob]) await peer.join("#tea");
  ann.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :one", "@batch=1 PRIVMSG #tea :");
  ann.send("@batch=1 PRIVMSG #tea :two", "@batch=1;draft/multiline-concat PRIVMSG #tea :three", "BATCH -1");
  await ann.lines();
  ann.send("CHATHISTORY LATEST #tea * 1");
  const lines = (await ann.lines()).map((line) => line.replace(/(BATCH |batch=|msgid=|time=)[^; ]+/g, "$1…"));
  assertEquals(lines.slice(1, -1), [
    "@batch=…;time=…;msgid=… :ann!~ann@ann.localhost BATCH … draft/multiline #tea",
    "@batch=… :ann!~ann@ann.localhost PRIVMSG #tea :one",
    "@batch=… :ann!~ann@ann.localhost PRIVMSG #tea :",
    "@batch=… :ann!~ann@ann.localhost PRIVMSG #tea :two",
    "@draft/multiline-concat;batch=… :ann!~ann@ann.localhost PRIVMSG #tea :three",
    "@batch=… :ann!~ann@ann.localhost BATCH …",
  ]);
  await bob.lines();
  assertEquals(await shown(bob, "CHATHISTORY LATEST #tea * 1"), [
    ":ann PRIVMSG #tea one",
    ":ann PRIVMSG #tea two",
    ":ann PRIVMSG #tea three",
  ]);
}

async function targets(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  const bob = await chat.peer("bob", { caps });
  await ann.join("#tea");
  await bob.join("#den");
  for (const line of ["PRIVMSG #tea :1", "PRIVMSG bob :2", "PRIVMSG #tea :3", "PRIVMSG ann :4"]) {
    chat.clock.nowMs += 1000;
    await ask(ann, line);
  }
  chat.clock.nowMs += 1000;
  await ask(bob, "PRIVMSG #den :not for ann", "PRIVMSG bob :nor this");
  await ann.join("#empty");
  const at = (second: number) => new Date(startMs + second * 1000).toISOString();
  const list = (...range: (string | number)[]) => shown(ann, `CHATHISTORY TARGETS ${range.join(" ")}`);
  const [early, late] = [`timestamp=${at(-1)}`, `timestamp=${at(99)}`];
  const line = (name: string, second: number) => `:chat.test CHATHISTORY TARGETS ${name} ${at(second)}`;
  assertEquals(await list(early, late, 9), [line("bob", 2), line("#tea", 3), line("ann", 4)]);
  assertEquals(await list(early, late, 1), [line("bob", 2)]);
  assertEquals(await list(late, early, 1), [line("ann", 4)]);
  assertEquals(await list(`timestamp=${at(2)}`, `timestamp=${at(4)}`, 9), [line("#tea", 3)]);
  assertEquals(await list(`timestamp=${at(0)}`, `timestamp=${at(2)}`, 9), []);
}

async function onJoin(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  await ann.join("#tea");
  await ask(ann, "PRIVMSG #tea 1", "PRIVMSG #tea 2", "PRIVMSG #tea 3");
  const joined = async (nick: string, ...wanted: string[]) => {
    const peer = await chat.peer(nick, { caps: wanted });
    return plain(await peer.join("#tea")).filter((line) => line.includes("PRIVMSG"));
  };
  assertEquals(await joined("bob", "server-time"), [":ann PRIVMSG #tea 2", ":ann PRIVMSG #tea 3"]);
  assertEquals(await joined("cat", "server-time", "draft/chathistory"), []);
  assertEquals(await joined("dan"), []);
}

story("a client without batches is told that there are no messages", async (chat) => {
  const ann = await chat.peer("ann", { caps: [] });
  await ann.join("#tea");
  const note = ":chat.test NOTICE ann :There are no messages for this request";
  const targets = "timestamp=2020-01-01T00:00:00.000Z timestamp=2020-01-02T00:00:00.000Z";
  assertEquals(
    await ask(ann, "CHATHISTORY LATEST #tea * 5", `CHATHISTORY TARGETS ${targets} 5`, "SEARCH text=tea"),
    [note, note, note],
  );
});
