/** Deleting messages: the right to delete, the target, and the remaining data. */
import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../../lib/irc/message.ts";
import { parseMessageId } from "../../../lib/irc/stamp.ts";
import { registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";

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
