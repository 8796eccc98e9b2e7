/** Revalidation: events that an earlier event in the order forbids. */
import { assertEquals } from "@std/assert";
import { messageId, parseMessageId } from "../../../lib/irc/stamp.ts";
import type { Event } from "../../../lib/server/apply/event.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { password } from "../../support/account.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { ask, plain, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

/** Ann is operator of #tea, and bob was. */
const forbidden: readonly (readonly [
  what: string,
  modes: string,
  event: (bob: string, ann: string) => Event,
  answer: string,
])[] = [
  [
    "a kick by a former operator",
    "-o bob",
    (bob, ann) => kick(bob, ann),
    "482 bob #tea :You're not channel operator",
  ],
  [
    "modes by a former operator",
    "-o bob",
    (bob) => modes(bob, "m"),
    "482 bob #tea :You're not channel operator",
  ],
  [
    "a topic by a former operator",
    "-o bob",
    (bob) => topic(bob),
    "482 bob #tea :You're not channel operator",
  ],
  [
    "a message to a channel that was moderated",
    "-o+m bob",
    (bob) => message(bob, "PRIVMSG"),
    "404 bob #tea :Only members with voice or a higher rank can speak in this channel (+m)",
  ],
  [
    "an invitation to a channel that was closed",
    "-o+i bob",
    (bob, ann) => invitation(bob, ann),
    "482 bob #tea :You're not channel operator",
  ],
];

for (const [what, letters, event, answer] of forbidden) {
  Deno.test(`${what} is not applied, but refused`, async () => {
    const [first, second] = startMachines();
    await using ann = await visit(first.hub, "10.1.1.1", "ann");
    await using bob = await visit(second.hub, "10.1.2.1", "bob");
    await ann.join("#tea");
    await bob.join("#tea");
    await ask(ann, "MODE #tea +o bob", `MODE #tea ${letters}`);
    await receive(bob);
    const session = [...second.chat.sessions.values()][0];
    await second.commit(event(second.chat.find("bob")?.id ?? "", second.chat.find("ann")?.id ?? ""), session);
    assertEquals(await receive(bob), [`:chat.test ${answer}`]);
    assertEquals(await receive(ann), []);
  });
}

Deno.test("two users join a channel with a limit of one more member: the first joins, the other is refused", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(first.hub, "10.1.2.1", "bob");
  await using cat = await visit(second.hub, "10.1.3.1", "cat");
  await ann.join("#tea");
  await ask(ann, "MODE #tea +lk 2 key");
  const enter = (who: string): Event => ({ kind: "joined", user: who, channel: "#tea", key: "key" });
  const [session] = second.chat.sessions.values();
  await Promise.all([
    first.commit(enter(first.chat.find("bob")?.id ?? "")),
    second.commit(enter(second.chat.find("cat")?.id ?? ""), session),
  ]);
  assertEquals(await receive(cat), [":chat.test 471 cat #tea :Cannot join channel (+l)"]);
  assertEquals((await receive(bob)).at(0), ":bob JOIN #tea");
  assertEquals(second.chat.channel("#tea")?.members.size, 2);
});

Deno.test("two users take names that look alike on two machines: the first has it on both, the other is refused", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob");
  const [annId, bobId] = ["ann", "bob"].map((nick) => first.chat.find(nick)?.id ?? "");
  const [session] = second.chat.sessions.values();
  const both = async (one: Event, other: Event) => {
    await Promise.all([first.commit(one), second.commit(other, session)]);
    await receive(ann);
    return await receive(bob);
  };
  const enter = (user = "", channel: string): Event => ({ kind: "joined", user, channel });
  assertEquals(await both(enter(annId, "#coco"), enter(bobId, "#сосо")), [
    ":chat.test 479 bob #сосо :Illegal channel name: it looks like #coco",
  ]);
  const rename = (user = "", nick: string): Event => ({ kind: "renamed", user, nick });
  assertEquals(await both(rename(annId, "paul"), rename(bobId, "pauI")), [
    ":chat.test 433 bob pauI :Nickname is already in use",
  ]);
  for (const { chat } of [first, second]) {
    assertEquals([[...chat.channels.keys()], [...chat.nicks.keys()].sort()].map(String), [
      "#coco",
      "bob,paul",
    ]);
  }
});

Deno.test("a session that a ban matches is closed when it joins its user, and the others stay", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using phone = await visit(second.hub, "10.1.9.9", "ann", { register: false });
  const session = [...second.chat.sessions.values()].at(-1);
  if (session === undefined) return;
  const ban = { target: "*!*@10.1.9.9", reason: "no", by: "op", atMs: 0 };
  await first.commit({ kind: "server ban added", ban });
  const device = { address: "10.1.9.9", secure: false };
  const user = first.chat.find("ann")?.id ?? "";
  await second.commit({ kind: "attached", user, session: session.id, ...device });
  assertEquals((await phone.closed()).some((line) => line.includes("ERROR :Closing link: ")), true);
  await receive(ann);
  assertEquals(second.chat.find("ann")?.devices.size, 1);
});

Deno.test("a late NOTICE is not answered, and the answer to a late message names the nick that left", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob");
  await ann.join("#tea");
  await bob.join("#tea");
  await ask(ann, "MODE #tea +m");
  await receive(bob);
  const [session] = second.chat.sessions.values();
  const id = second.chat.find("bob")?.id ?? "";
  await second.commit(message(id, "NOTICE"), session);
  const target = { kind: "user", id: "a-99", nick: "dan" } as const;
  await second.commit({ kind: "message", user: id, command: "PRIVMSG", target, text: "hi" }, session);
  assertEquals(await receive(bob), [":chat.test 401 bob dan :No such nick/channel"]);
});

Deno.test("a deletion by a user who was kicked, or is no operator any more, is refused and not confirmed", async () => {
  using one: Store = openStore();
  using other: Store = openStore();
  const [first, second] = startMachines([one, other]);
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob", {
    caps: ["echo-message", "message-tags", "standard-replies"],
  });
  await ann.join("#tea");
  await bob.join("#tea");
  const stampOf = async (text: string): Promise<number> => {
    const [, id = ""] = /msgid=(\w+)/.exec(await bob.next(new RegExp(` PRIVMSG #tea :?${text}`))) ?? [];
    return parseMessageId(id) ?? 0;
  };
  bob.send("PRIVMSG #tea :cup");
  const own = await stampOf("cup");
  ann.send("PRIVMSG #tea :pot");
  const anns = await stampOf("pot");
  const [session] = second.chat.sessions.values();
  const user = second.chat.find("bob")?.id ?? "";
  const deletion = { kind: "redacted", user, target: "#tea", reason: "" } as const;
  await second.commit({ ...deletion, message: anns, asOperator: true }, session);
  await first.commit(kick(first.chat.find("ann")?.id ?? "", user));
  await second.commit({ ...deletion, message: own }, session);
  assertEquals(plain(await bob.lines()).filter((line) => line.includes("REDACT")), [
    `:chat.test FAIL REDACT REDACT_FORBIDDEN #tea ${messageId(anns)} :You can delete only your own messages`,
    ':chat.test FAIL REDACT INVALID_TARGET #tea :You cannot delete messages of "#tea"',
  ]);
});

Deno.test("two users on two machines register one channel: the first is its founder, the other is refused", async () => {
  using one: Store = openStore();
  using other: Store = openStore();
  const [first, second] = startMachines([one, other]);
  await using ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
  await using bob = await visit(second.hub, "10.1.2.1", "bob", { secure: true });
  for (const peer of [ann, bob]) await ask(peer, `REGISTER * * ${password}`, "JOIN #tea");
  await ask(ann, "MODE #tea +o bob");
  await receive(bob);
  await ask(ann, "MODE #tea +r");
  await receive(bob);
  const [session] = second.chat.sessions.values();
  const user = second.chat.find("bob")?.id ?? "";
  await second.commit({ kind: "channel kept", channel: "#tea", founder: "bob", user }, session);
  assertEquals(await receive(bob), [":chat.test 482 bob #tea :You're not channel operator"]);
  const founders = [first, second].map(({ chat }) => chat.channel("#tea")?.registration?.founder);
  assertEquals(founders, ["ann", "ann"]);
});

Deno.test("what a user does in a channel that ended meanwhile is refused, and not confirmed", async () => {
  const [first, second] = startMachines();
  await using _ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob");
  await bob.join("#tea");
  await ask(bob, "PART #tea");
  const [session] = second.chat.sessions.values();
  const ids = [second.chat.find("bob")?.id ?? "", first.chat.find("ann")?.id ?? ""] as const;
  const parted: Event = { kind: "parted", user: ids[0], channel: "#tea", reason: "" };
  for (const event of [kick(...ids), modes(ids[0], "m"), topic(ids[0]), invitation(...ids), parted]) {
    await second.commit(event, session);
    assertEquals(await receive(bob), [":chat.test 403 bob #tea :No such channel"]);
  }
});

function kick(user: string, target: string): Event {
  return { kind: "kicked", user, channel: "#tea", target, reason: "out" };
}

function modes(user: string, letter: string): Event {
  return { kind: "modes set", user, channel: "#tea", changes: [{ sign: "+", letter }] };
}

function topic(user: string): Event {
  return { kind: "topic set", user, channel: "#tea", text: "leaves" };
}

function message(user: string, command: "PRIVMSG" | "NOTICE"): Event {
  return { kind: "message", user, command, target: { kind: "channel", name: "#tea" }, text: "hi" };
}

function invitation(user: string, target: string): Event {
  return { kind: "invited", user, channel: "#tea", target, exempts: true };
}
