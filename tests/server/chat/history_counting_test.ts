/** Messages that a reader cannot see do not count: not towards a limit, a page or the end of the history. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { caps, finds, people, sees, targets, texts } from "../../support/seen_history.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

story("messages to a rank do not count for members who cannot see them", { startsAt: Date.now() }, uncounted);
story("messages to a rank that an older version stored do not count either", olderRanks);
story(
  "messages to a rank do not count in the last messages after JOIN",
  { settings: { replay: 5 } },
  replayed,
);
story("events that a client cannot get do not count", unsupported);
story("deleted messages do not count, and a conversation without messages is not listed", deleted);

/** Ten lines to all, of which the first is first; then many lines to operators. */
async function tenAndMany(chat: Chat, ann: Peer): Promise<void> {
  for (let at = 0; at < 10; at++) {
    chat.clock.nowMs += 1000;
    await ask(ann, `PRIVMSG #tea :secret ${at}`);
  }
  chat.clock.nowMs += 1000;
  await ask(ann, ...Array.from({ length: 120 }, () => "PRIVMSG @#tea :secret x"));
}

async function uncounted(chat: Chat): Promise<void> {
  const [ann, bob] = await people(chat, "ann", "bob");
  const cat = await chat.peer("cat", { caps: [...caps, "message-tags", "server-time"] });
  for (const peer of [ann, bob, cat]) await peer.join("#tea");
  const startMs = chat.clock.nowMs;
  await tenAndMany(chat, ann);
  for (const peer of [bob, cat]) await peer.lines();
  const at = (ms: number) => `timestamp=${new Date(startMs + ms).toISOString()}`;
  const ten = Array.from({ length: 10 }, (_, at) => `secret ${at}`);
  for (
    const [request, expected] of [
      ["LATEST #tea * 100", ten],
      ["LATEST #tea * 3", ten.slice(-3)],
      [`BEFORE #tea ${at(99_000)} 4`, ten.slice(-4)],
      [`AFTER #tea ${at(8000)} 100`, ten.slice(-2)],
      [`AROUND #tea ${at(99_000)} 6`, ten.slice(-6)],
      [`BETWEEN #tea ${at(99_000)} ${at(0)} 2`, ten.slice(-2)],
    ] as const
  ) assertEquals(texts(await ask(bob, `CHATHISTORY ${request}`)), expected.join(", "), request);
  cat.send("CHATHISTORY LATEST #tea * 100");
  assertMatch((await cat.lines())[0] ?? "", /draft\/chathistory-end/);
  cat.send("CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 5");
  assertEquals((await cat.next(/ TARGETS /)).split(" ").at(-1), new Date(startMs + 10_000).toISOString());
  assertEquals(await finds(bob, ";limit=2"), "secret 8, secret 9");
  assertEquals(await finds(ann, ";limit=2"), "secret x, secret x");
  assertEquals(await sees(ann, "#tea"), Array.from({ length: 50 }, () => "secret x").join(", "));
  await ask(ann, "MODE #tea +o bob");
  await bob.lines();
  assertEquals(texts(await ask(bob, `CHATHISTORY AFTER #tea ${at(9000)} 2`)), "secret 9, secret x");
}

async function olderRanks(chat: Chat): Promise<void> {
  const [ann, bob] = await people(chat, "ann", "bob");
  for (const peer of [ann, bob]) await peer.join("#tea");
  await ask(ann, "PRIVMSG #tea :secret one");
  const { store } = chat.state;
  const newest = store?.history.newestStamp ?? 0;
  for (let at = 1; at <= 4500; at++) {
    store?.history.append(
      store.conversations.channel("#tea", "#tea"),
      0,
      newest + at,
      "@account=ann :ann!~u@host PRIVMSG @#tea :secret x",
    );
  }
  await bob.lines();
  assertEquals([await sees(bob, "#tea"), await finds(bob)], ["secret one", "secret one"]);
  assertEquals((await sees(ann, "#tea")).split(", ").length, 50);
}

async function replayed(chat: Chat): Promise<void> {
  const [ann] = await people(chat, "ann");
  await ann.join("#tea");
  await tenAndMany(chat, ann);
  const old = await chat.peer("old", { caps: ["server-time"] });
  old.send("JOIN #tea");
  assertEquals(texts(await old.lines()), "secret 5, secret 6, secret 7, secret 8, secret 9");
}

async function unsupported(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: ["message-tags"] });
  const bob = await chat.peer("bob", { caps: [...caps, "draft/event-playback"] });
  for (const peer of [ann, bob]) await peer.join("#tea");
  await ask(ann, "PRIVMSG #tea :secret one");
  await ask(ann, ...Array.from({ length: 60 }, () => "@+draft/react=x;+draft/reply=a TAGMSG #tea"));
  await bob.lines();
  assertEquals(await sees(bob, "#tea"), "secret one");
}

async function deleted(chat: Chat): Promise<void> {
  const more = [...caps, "echo-message", "message-tags", "draft/message-redaction"];
  const ann = await chat.peer("ann", { caps: more });
  const bob = await chat.peer("bob", { caps });
  for (const peer of [ann, bob]) await peer.join("#tea");
  const ids = async (target: string, count: number, text: string) => {
    await ann.lines();
    ann.send(...Array.from({ length: count }, () => `PRIVMSG ${target} :${text}`));
    return (await ann.lines()).flatMap((line) => /msgid=(\w+)/.exec(line)?.[1] ?? []);
  };
  await ids("#tea", 3, "secret kept");
  const gone = await ids("#tea", 60, "secret gone");
  const [alone = ""] = await ids("bob", 1, "secret too");
  await bob.lines();
  assertEquals(await targets(bob), "#tea, ann");
  ann.send(...gone.map((id) => `REDACT #tea ${id}`), `REDACT bob ${alone}`);
  await ann.lines();
  await bob.lines();
  const kept = "secret kept, secret kept, secret kept";
  assertEquals([await sees(bob, "#tea"), await finds(bob), await finds(bob, ";limit=3")], [kept, kept, kept]);
  assertEquals([await sees(bob, "ann"), await targets(bob)], ["", "#tea"]);
}
