/** Messages of several lines: one batch for clients with multiline, plain lines for the others. */
import { assert, assertEquals } from "@std/assert";
import type { Peer } from "../../support/peer.ts";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

const caps = ["batch", "draft/multiline", "echo-message", "labeled-response", "message-tags"];

async function three(chat: Chat): Promise<[Peer, Peer, Peer]> {
  const ann = await chat.peer("ann", { caps });
  const bob = await chat.peer("bob", { caps });
  const cat = await chat.peer("cat");
  for (const peer of [ann, bob, cat]) await peer.join("#tea");
  for (const peer of [ann, bob, cat]) await peer.lines();
  return [ann, bob, cat];
}

/** The lines with their random parts replaced: references and msgids. */
function plain(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line.replace(/(BATCH [+-]|batch=)[0-9a-z]+/, "$1REF").replace(/msgid=[0-9a-z]+/, "msgid=ID")
  );
}

story("a batch arrives as a batch, or as plain lines without the blank ones", arrives);
story("the echo of a batch has the label of its start", labelled);
story("a faulty batch is refused once and sends nothing", faulty);
story("a batch over its limits is refused with the limit", {
  settings: { multilineBytes: 20, multilineLines: 2 },
}, limits);
story("a batch to an unknown target is refused at its end", nobody);

async function arrives(chat: Chat): Promise<void> {
  const [ann, bob, cat] = await three(chat);
  ann.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :one ", "@batch=1 PRIVMSG #tea :");
  ann.send("@batch=1 PRIVMSG #tea :two ", "@batch=1;draft/multiline-concat PRIVMSG #tea :three", "BATCH -1");
  await ann.lines();
  assertEquals(plain(await bob.lines()), [
    "@msgid=ID :ann!~ann@ann.localhost BATCH +REF draft/multiline #tea",
    "@batch=REF :ann!~ann@ann.localhost PRIVMSG #tea :one ",
    "@batch=REF :ann!~ann@ann.localhost PRIVMSG #tea :",
    "@batch=REF :ann!~ann@ann.localhost PRIVMSG #tea :two ",
    "@draft/multiline-concat;batch=REF :ann!~ann@ann.localhost PRIVMSG #tea :three",
    ":ann!~ann@ann.localhost BATCH -REF",
  ]);
  assertEquals(await cat.lines(), [
    ":ann!~ann@ann.localhost PRIVMSG #tea :one ",
    ":ann!~ann@ann.localhost PRIVMSG #tea :two ",
    ":ann!~ann@ann.localhost PRIVMSG #tea :three",
  ]);
}

async function labelled(chat: Chat): Promise<void> {
  const [ann] = await three(chat);
  ann.send(
    "@label=x;+draft/reply=m1 BATCH +1 draft/multiline #tea",
    "@batch=1 PRIVMSG #tea :one",
    "BATCH -1",
  );
  assertEquals(plain(await ann.lines()), [
    "@label=x;msgid=ID;+draft/reply=m1 :ann!~ann@ann.localhost BATCH +REF draft/multiline #tea",
    "@batch=REF :ann!~ann@ann.localhost PRIVMSG #tea :one",
    ":ann!~ann@ann.localhost BATCH -REF",
  ]);
}

const faults: [why: string, lines: string[], answer: string][] = [
  [
    "no reference",
    ["BATCH + draft/multiline #tea"],
    "INVALID_REFTAG * :The reference can contain only letters, digits and hyphens",
  ],
  [
    "odd reference",
    ["BATCH +a.b draft/multiline #tea"],
    "INVALID_REFTAG a.b :The reference can contain only letters, digits and hyphens",
  ],
  [
    "unknown type",
    ["BATCH +1 chathistory #tea"],
    "UNKNOWN_TYPE 1 chathistory :The server does not support this batch type",
  ],
  [
    "blank",
    ["BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :", "BATCH -1"],
    "MULTILINE_INVALID :A message cannot be blank",
  ],
  [
    "blank continuation",
    ["BATCH +1 draft/multiline #tea", "@batch=1;draft/multiline-concat PRIVMSG #tea :", "BATCH -1"],
    "MULTILINE_INVALID :A continuing line cannot be blank",
  ],
  [
    "another target",
    ["BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #den :hello", "BATCH -1"],
    "MULTILINE_INVALID_TARGET #tea #den :A line has another target than the batch",
  ],
  [
    "mixed commands",
    ["BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :a", "@batch=1 NOTICE #tea :b", "BATCH -1"],
    "MULTILINE_INVALID :PRIVMSG and NOTICE cannot be mixed in one message",
  ],
  [
    "line without a batch",
    ["@batch=never PRIVMSG #tea :hello"],
    "INVALID_REFTAG never :No batch of this name is open, so this line was not sent",
  ],
  ["end without a start", ["BATCH -never"], "INVALID_REFTAG never :No batch of this name is open"],
];

async function faulty(chat: Chat): Promise<void> {
  const [ann, bob] = await three(chat);
  for (const [why, lines, answer] of faults) {
    ann.send(...lines);
    assertEquals(await ann.lines(), [`:chat.test FAIL BATCH ${answer}`], why);
  }
  assertEquals(await bob.lines(), []);
  // A second batch at the same time is refused, and takes no line from the first.
  ann.send(
    "BATCH +1 draft/multiline #tea",
    "BATCH +2 draft/multiline #tea",
    "@batch=2 PRIVMSG #tea :lost",
    "BATCH -2",
    "@batch=1 PRIVMSG #tea :first",
    "BATCH -1",
  );
  assertEquals(
    (await ann.lines())[0],
    ":chat.test FAIL BATCH MULTILINE_INVALID :Another batch is already open",
  );
  assertEquals(plain(await bob.lines()).filter((line) => line.includes("PRIVMSG")).length, 1);
}

async function limits(chat: Chat): Promise<void> {
  const [ann] = await three(chat);
  ann.send("BATCH +1 draft/multiline #tea", ...Array(5).fill("@batch=1 PRIVMSG #tea :a"), "BATCH -1");
  assertEquals(await ann.lines(), [
    ":chat.test FAIL BATCH MULTILINE_MAX_LINES 2 :The message has more than 2 lines",
  ]);
  ann.send("BATCH +1 draft/multiline #tea", `@batch=1 PRIVMSG #tea :${"é".repeat(11)}`, "BATCH -1");
  assertEquals(await ann.lines(), [
    ":chat.test FAIL BATCH MULTILINE_MAX_BYTES 20 :The message is longer than 20 bytes",
  ]);
}

async function nobody(chat: Chat): Promise<void> {
  const [ann] = await three(chat);
  ann.send("@label=7 BATCH +1 draft/multiline dan", "@batch=1 PRIVMSG dan :hello", "BATCH -1");
  assertEquals(await ann.lines(), ["@label=7 :chat.test 401 ann dan :No such nick/channel"]);
}

const twenty = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`);

/** Ann sends 20 lines; the other peers have no draft/multiline. */
async function sendTwenty(ann: Peer): Promise<void> {
  ann.send(
    "BATCH +1 draft/multiline #tea",
    ...twenty.map((line) => `@batch=1 PRIVMSG #tea :${line}`),
    "BATCH -1",
  );
  await ann.lines();
}

story("clients without draft/multiline get five lines, and how many more there are", async (chat) => {
  const [ann, , cat] = await three(chat);
  await sendTwenty(ann);
  const shown = [...twenty.slice(0, 5), "… 15 more lines are not shown here"];
  assertEquals((await cat.lines()).map((line) => line.split(" :")[1]), shown);
  cat.send("CHATHISTORY LATEST #tea * 5");
  assertEquals((await cat.lines()).map((line) => line.split(" :")[1]), shown);
});

story("clients without draft/multiline get all of a long line, in pieces", async (chat) => {
  const [ann, , cat] = await three(chat);
  const said = Array.from({ length: 780 }, (_, at) => `w${100 + at}`).join(" ");
  await ask(ann, `PRIVMSG #tea :${said}`);
  const lines = (await cat.lines()).map((line) => line.split(" :")[1] ?? "");
  assertEquals(lines.map((line) => line.trim()).join(" "), said);
  assert(lines.length > 6);
  await cat.lines();
  cat.send("CHATHISTORY LATEST #tea * 5");
  assertEquals((await cat.lines()).map((line) => line.split(" :")[1] ?? ""), lines);
});

story("--plain-lines 0 shows all lines", { settings: { plainLines: 0 } }, async (chat) => {
  const [ann, , cat] = await three(chat);
  await sendTwenty(ann);
  assertEquals((await cat.lines()).map((line) => line.split(" :")[1]), twenty);
});

story(
  "messages shown on JOIN have few lines too",
  { settings: { replay: 10, plainLines: 2 } },
  async (chat) => {
    const [ann] = await three(chat);
    await sendTwenty(ann);
    const dan = await chat.peer("dan", { caps: ["server-time"] });
    const said = (await dan.join("#tea")).filter((line) => line.includes("PRIVMSG"));
    assertEquals(said.map((line) => line.split(" :").at(-1)), [
      "line 1",
      "line 2",
      "… 18 more lines are not shown here",
    ]);
  },
);

story(
  "a paragraph that its sender cut into lines arrives whole, and without its end if it is very long",
  async (chat) => {
    const [ann, , cat] = await three(chat);
    const send = async (parts: readonly string[]) => {
      const concat = parts.map((part, at) =>
        `@batch=1${at > 0 ? ";draft/multiline-concat" : ""} PRIVMSG #tea :${part}`
      );
      await ask(ann, "BATCH +1 draft/multiline #tea", ...concat, "BATCH -1");
      return (await cat.lines()).map((line) => line.split(" :")[1]);
    };
    const paragraph = "word ".repeat(80);
    assertEquals((await send(Array(8).fill(paragraph))).join(""), paragraph.repeat(8));
    assertEquals((await send(Array(20).fill(paragraph))).slice(5), ["… 15 more lines are not shown here"]);
  },
);

story("one line more than the limit is shown, because a line about it is not shorter", async (chat) => {
  const [ann, , cat] = await three(chat);
  const six = twenty.slice(0, 6).map((line) => `@batch=1 PRIVMSG #tea :${line}`);
  await ask(ann, "BATCH +1 draft/multiline #tea", ...six, "BATCH -1");
  assertEquals((await cat.lines()).map((line) => line.split(" :")[1]), twenty.slice(0, 6));
});
