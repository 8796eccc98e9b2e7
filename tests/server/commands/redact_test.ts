/** Deleting messages: the right to delete, the target, and the remaining data. */
import { assertEquals, assertMatch } from "@std/assert";
import { fold } from "../../../lib/irc/names.ts";
import { parse } from "../../../lib/irc/message.ts";
import { parseMessageId } from "../../../lib/irc/stamp.ts";
import { loggedIn, password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

const caps = ["batch", "draft/chathistory", "draft/message-redaction", "echo-message", "message-tags"];

/** ann is operator of #tea, bob and cat are members, dan is outside. */
async function crowd(chat: Chat): Promise<Record<"ann" | "bob" | "cat" | "dan", Peer>> {
  const [ann, bob, cat, dan] = await Promise.all(
    ["ann", "bob", "cat", "dan"].map((nick) => chat.peer(nick, { caps })),
  );
  if (!ann || !bob || !cat || !dan) throw new Error("unreachable");
  for (const peer of [ann, bob, cat]) await peer.join("#tea");
  for (const peer of [ann, bob, cat]) await peer.lines();
  return { ann, bob, cat, dan };
}

/** Sends a message and returns its msgid. */
async function say(peer: Peer, target: string, text: string): Promise<string> {
  peer.send(`PRIVMSG ${target} :${text}`);
  return /msgid=([0-9a-z]+)/.exec(await peer.next(new RegExp(`:${peer.nick}!\\S+ PRIVMSG `)))?.[1] ?? "";
}

story("REDACT is for the sender and for operators of the channel", matrix);
story("REDACT is sent to clients with the capability, and history has no text any more", deleted);
story("REDACT in private is only for the sender", inPrivate);
story("REDACT of a missing message, or in a channel the user is not in, reveals nothing", unknown);
story("CHATHISTORY tells a client that was offline of deletions, also of old messages", offline);
story("a private deletion is replayed, and clients without the capability get no REDACT", privateReplay);
story(
  "TARGETS names a conversation with a deletion, but at the first visit none without messages",
  { startsAt: Date.UTC(2026, 0, 1) },
  deletedTarget,
);
story("the reason of a deletion goes with the account of its author", reasonGoes);
story("ACCOUNT DELETE tells everybody of each deleted message, and clients that were offline later", erased);
story("a user owns its messages also after it took another nick, and after it registered", ownNicks);
story("the deletion of a message to a rank is for those who could see it", toRank);
story("a user who takes a nick does not own its earlier messages", nickReuse);

story("REDACT by a user who left meanwhile deletes nothing, and nobody gets it", left);
story("an account with a backslash in its name is not mixed up with the account without it", backslash);

async function matrix(chat: Chat): Promise<void> {
  const peers = await crowd(chat);
  const cases: [who: keyof typeof peers, whose: keyof typeof peers, answer: RegExp][] = [
    ["bob", "bob", /^:bob!\S+ REDACT #tea \S+$/],
    ["ann", "bob", /^:ann!\S+ REDACT #tea \S+$/],
    ["cat", "bob", / FAIL REDACT REDACT_FORBIDDEN #tea \S+ :/],
    ["bob", "ann", / FAIL REDACT REDACT_FORBIDDEN #tea \S+ :/],
    ["dan", "bob", / FAIL REDACT INVALID_TARGET #tea :/],
  ];
  for (const [who, whose, answer] of cases) {
    const id = await say(peers[whose], "#tea", "hello");
    await peers[who].lines();
    peers[who].send(`REDACT #tea ${id}`);
    assertMatch((await peers[who].lines())[0] ?? "", answer, `${who} redacts ${whose}`);
  }
}

async function ownNicks(chat: Chat): Promise<void> {
  const { bob, cat } = await crowd(chat);
  const [first, second] = [await say(bob, "#tea", "one"), await say(bob, "#tea", "two")];
  await cat.lines();
  bob.send("NICK robert");
  await bob.lines();
  cat.send("NICK bob");
  await cat.lines();
  cat.send(`REDACT #tea ${first}`);
  assertMatch(await cat.next(/REDACT/), / REDACT_FORBIDDEN /);
  bob.send(`REDACT #tea ${first}`);
  assertMatch(await bob.next(/REDACT/), /^:robert!\S+ REDACT #tea /);
  bob.send(`REGISTER * * ${password}`);
  await bob.next(/ REGISTER SUCCESS /);
  bob.send(`REDACT #tea ${second}`);
  assertMatch(await bob.next(/REDACT/), /REDACT #tea /);
}

async function toRank(chat: Chat): Promise<void> {
  const { ann, bob, cat } = await crowd(chat);
  ann.send("MODE #tea +o cat");
  const [first, second] = [await say(ann, "@#tea", "one"), await say(ann, "@#tea", "two")];
  for (const peer of [ann, bob, cat]) await peer.lines();
  ann.send(`REDACT #tea ${first}`, `REDACT @#tea ${second}`);
  await ann.lines();
  const deletions = (lines: string[]) => lines.filter((line) => line.includes(" REDACT #tea ")).length;
  assertEquals([deletions(await cat.lines()), deletions(await bob.lines())], [2, 0]);
  bob.send("CHATHISTORY LATEST #tea * 9");
  assertEquals(deletions(await bob.lines()), 0);
}

async function deleted(chat: Chat): Promise<void> {
  const { ann, bob } = await crowd(chat);
  const eve = await chat.peer("eve", { caps: ["message-tags"] });
  await eve.join("#tea");
  const id = await say(bob, "#tea", "the secret word");
  for (const peer of [ann, bob, eve]) await peer.lines();
  bob.send(`REDACT #tea ${id} :said too much`);
  await bob.lines();
  assertEquals((await ann.lines()).map((line) => line.replace(/^\S+/, "")), [
    ` REDACT #tea ${id} :said too much`,
  ]);
  assertEquals(await eve.lines(), []);
  ann.send("CHATHISTORY LATEST #tea * 10");
  const history = (await ann.lines()).join("\n");
  assertEquals([history.includes("BATCH"), history.includes("secret")], [true, false]);
}

async function inPrivate(chat: Chat): Promise<void> {
  const { ann, bob, cat } = await crowd(chat);
  const id = await say(ann, "bob", "psst");
  await bob.lines();
  bob.send(`REDACT ann ${id}`);
  assertMatch((await bob.lines())[0] ?? "", / REDACT_FORBIDDEN ann /);
  cat.send(`REDACT bob ${id}`, `REDACT ann ${id}`);
  for (const line of await cat.lines()) assertMatch(line, / FAIL REDACT UNKNOWN_MSGID /);
  ann.send(`REDACT bob ${id}`);
  assertMatch((await ann.lines())[0] ?? "", /^:ann!\S+ REDACT bob \S+$/);
  assertMatch((await bob.lines())[0] ?? "", /^:ann!\S+ REDACT bob \S+$/);
}

async function unknown(chat: Chat): Promise<void> {
  const { ann, dan } = await crowd(chat);
  const id = await say(ann, "#tea", "hello");
  ann.send("REDACT #tea nonsense!", "REDACT #tea 0", "REDACT #nowhere x", "REDACT #tea");
  const codes = (await ann.lines()).map((line) => line.split(" ").slice(1, 4).join(" "));
  assertEquals(codes, [
    "FAIL REDACT UNKNOWN_MSGID",
    "FAIL REDACT UNKNOWN_MSGID",
    "FAIL REDACT INVALID_TARGET",
    "461 ann REDACT",
  ]);
  dan.send(`REDACT #tea ${id}`, "REDACT #tea zzz");
  const [real, made] = (await dan.lines()).map((line) => line.split(" ").slice(1).join(" "));
  assertEquals(real, made);
}

async function leave(peer: Peer): Promise<void> {
  peer.send("QUIT");
  await peer.closed();
}

/** The messages and deletions in an answer, as "command text-or-id reason". */
async function replayed(peer: Peer, request: string): Promise<string[]> {
  peer.send(request);
  return (await peer.lines()).flatMap((line) => {
    const message = parse(line);
    if (message === undefined || message.command === "BATCH") return [];
    return `${message.command} ${message.params.slice(1).join(" ")}`;
  });
}

async function offline(chat: Chat): Promise<void> {
  const { ann, bob } = await crowd(chat);
  const old = await say(ann, "#tea", "an old secret");
  for (let at = 0; at < 5; at++) await say(ann, "#tea", `words ${at}`);
  const last = await say(ann, "#tea", "the last that bob saw");
  await leave(bob);
  await ann.lines();
  await ask(ann, `REDACT #tea ${old} :said too much`);
  await ask(ann, "PRIVMSG #tea :after it");
  const again = await chat.peer("bob", { caps });
  await again.join("#tea");
  const redact = `REDACT ${old} said too much`;
  assertEquals(await replayed(again, `CHATHISTORY AFTER #tea msgid=${last} 50`), [
    redact,
    "PRIVMSG after it",
  ]);
  assertEquals(await replayed(again, `CHATHISTORY LATEST #tea msgid=${last} 1`), [
    redact,
    "PRIVMSG after it",
  ]);
  assertEquals(await replayed(again, `CHATHISTORY LATEST #tea * 2`), [
    "PRIVMSG the last that bob saw",
    redact,
    "PRIVMSG after it",
  ]);
  assertEquals(await replayed(again, `CHATHISTORY BEFORE #tea msgid=${last} 50`), [
    ...[0, 1, 2, 3, 4].map((at) => `PRIVMSG words ${at}`),
  ]);
  const playback = await chat.peer("cat2", { caps: [...caps, "draft/event-playback"] });
  await playback.join("#tea");
  const events = await replayed(playback, `CHATHISTORY AFTER #tea msgid=${last} 50`);
  assertEquals(events.filter((event) => event.startsWith("REDACT")), [redact]);
}

async function privateReplay(chat: Chat): Promise<void> {
  const { ann, bob } = await crowd(chat);
  const id = await say(ann, "bob", "psst");
  await ask(ann, `REDACT bob ${id}`);
  await bob.lines();
  bob.send("CHATHISTORY LATEST ann * 10");
  const line = (await bob.lines()).find((one) => one.includes(" REDACT ")) ?? "";
  assertMatch(line, /;msgid=\S+ :ann!\S+ REDACT bob \S+$/);
  assertEquals(await replayed(ann, "CHATHISTORY LATEST bob * 10"), [`REDACT ${id}`]);
  await leave(bob);
  const plain = await chat.peer("bob", { caps: caps.filter((cap) => !cap.includes("redaction")) });
  await plain.join("#tea");
  const gone = await say(ann, "#tea", "gone");
  await ask(ann, `REDACT #tea ${gone}`);
  assertEquals(
    (await ask(plain, "CHATHISTORY LATEST #tea * 10")).some((one) => one.includes("REDACT")),
    false,
  );
}

/** The names in the answer to TARGETS. */
async function targets(peer: Peer, from: string): Promise<string[]> {
  const found = await replayed(
    peer,
    `CHATHISTORY TARGETS timestamp=${from} timestamp=2200-01-01T00:00:00.000Z 50`,
  );
  return found.map((line) => line.split(" ")[1] ?? "");
}

async function deletedTarget(chat: Chat): Promise<void> {
  const { ann, bob } = await crowd(chat);
  const id = await say(ann, "bob", "psst");
  await bob.lines();
  chat.clock.nowMs += 60_000;
  const since = new Date(chat.clock.nowMs).toISOString();
  assertEquals(await targets(bob, since), []);
  chat.clock.nowMs += 60_000;
  await ask(ann, `REDACT bob ${id}`);
  await bob.lines();
  assertEquals(await targets(bob, since), ["ann"]);
  assertEquals(await targets(bob, "1970-01-01T00:00:00.000Z"), []);
}

async function reasonGoes(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const bob = await chat.peer("bob", { caps });
  for (const peer of [ann, bob]) await peer.join("#tea");
  const id = await say(ann, "#tea", "mine");
  await ask(ann, `REDACT #tea ${id} :a secret reason`, "PART #tea");
  await bob.lines();
  assertEquals(await replayed(bob, "CHATHISTORY LATEST #tea * 10"), [`REDACT ${id} a secret reason`]);
  chat.state.store?.eraser.scheduleErasure(fold("ann"), Number.MAX_SAFE_INTEGER);
  assertEquals(await replayed(bob, "CHATHISTORY LATEST #tea * 10"), [`REDACT ${id}`]);
}

async function nickReuse(chat: Chat): Promise<void> {
  const { ann, bob, cat } = await crowd(chat);
  const id = await say(bob, "#tea", "mine");
  bob.send("NICK robert");
  await bob.lines();
  cat.send("NICK bob");
  await cat.lines();
  cat.send(`REDACT #tea ${id}`);
  assertMatch((await cat.lines()).at(-1) ?? "", / REDACT_FORBIDDEN /);
  assertEquals((await ann.lines()).some((line) => line.includes("REDACT")), false);
}

async function left(chat: Chat): Promise<void> {
  const { ann, bob } = await crowd(chat);
  const message = parseMessageId(await say(bob, "#tea", "mine")) ?? 0;
  bob.send("PART #tea");
  await bob.lines();
  await bob.lines();
  await ann.lines();
  const user = chat.state.find("bob")?.id ?? "";
  await chat.hub.commit({ kind: "redacted", user, target: "#tea", message, reason: "" });
  assertEquals(await ann.lines(), []);
}

async function backslash(chat: Chat): Promise<void> {
  const wanted = [...caps, "account-tag"];
  const ann = await chat.peer("ann");
  const bob = await registered(chat, "bo\\b", { caps: wanted });
  const bobby = await registered(chat, "bob", { caps: wanted });
  for (const peer of [ann, bob, bobby]) await peer.join("#tea");
  await bobby.lines();
  bob.send("PRIVMSG #tea :mine");
  const line = await bobby.next(/ PRIVMSG /);
  assertEquals(parse(line)?.tags.get("account"), "bo\\b");
  bobby.send(`REDACT #tea ${parse(line)?.tags.get("msgid")}`);
  assertMatch((await bobby.lines())[0] ?? "", / REDACT_FORBIDDEN /);
}

async function erased(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const bob = await chat.peer("bob", { caps });
  const cat = await registered(chat, "cat", { caps });
  for (const one of [ann, bob, cat]) await one.join("#tea");
  ann.send("PRIVMSG #tea :one", "PRIVMSG bob :two");
  const ids = (await ann.lines()).flatMap((line) => /msgid=([^;\s]+).* PRIVMSG /.exec(line)?.[1] ?? []);
  await bob.lines();
  const [last] = (await cat.lines()).flatMap((line) => /msgid=([^;\s]+).* PRIVMSG /.exec(line)?.[1] ?? []);
  cat.send("QUIT");
  await cat.closed();
  await ask(bob, "PRIVMSG #tea :mine");
  ann.send(`ACCOUNT DELETE ${password}`);
  await ann.next(/ (NOTE|NOTICE) .*were deleted$/);
  const redacted = (lines: readonly string[]) =>
    lines.flatMap((line) => / (REDACT .*)$/.exec(line)?.[1] ?? []);
  assertEquals(redacted(await bob.lines()), [`REDACT #tea ${ids[0]}`, `REDACT bob ${ids[1]}`]);
  const again = await loggedIn(chat, "cat", { caps });
  await again.join("#tea");
  assertEquals(await replayed(again, `CHATHISTORY AFTER #tea msgid=${last} 10`), [
    "PRIVMSG mine",
    `REDACT ${ids[0]}`,
  ]);
}
