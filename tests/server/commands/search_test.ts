/** SEARCH: its matches. tests/server/chat/history_access_test.ts checks that it shows nothing to users without access. */
import { assertEquals } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

const caps = ["batch", "labeled-response", "message-tags", "soju.im/search"];
const startMs = Date.parse("2026-01-31T12:00:00.000Z");

/** A chat in which ann and bob talked. */
interface Talk {
  readonly chat: Chat;
  readonly ann: Peer;
  readonly bob: Peer;
}

/** Registers a test: ann and bob talked in #tea, in #den and privately, with a second between two messages. */
function talkStory(name: string, act: (talk: Talk) => Promise<void>): void {
  story(name, { startsAt: startMs }, async (chat) => act(await talk(chat)));
}

async function talk(chat: Chat): Promise<Talk> {
  const [ann, bob] = [await chat.peer("ann", { caps }), await chat.peer("bob", { caps })];
  for (const channel of ["#tea", "#den"]) for (const peer of [ann, bob]) await peer.join(channel);
  const said: [Peer, string][] = [
    [ann, "PRIVMSG #tea :Fasting is hard"],
    [bob, "PRIVMSG #tea :that was fast"],
    [ann, "NOTICE #den :fast and loose"],
    [bob, "PRIVMSG ann :fast, between us"],
    [ann, "PRIVMSG #tea :\x01ACTION runs fast\x01"],
    [ann, "@+draft/react=fast;+draft/reply=x TAGMSG #tea"],
    [ann, "TOPIC #tea :fast talk"],
  ];
  for (const [peer, line] of said) {
    chat.clock.nowMs += 1000;
    await ask(peer, line);
  }
  for (const peer of [ann, bob]) await peer.lines();
  return { chat, ann, bob };
}

const searches: readonly (readonly [attributes: string, seconds: string])[] = [
  ["text=fast", "1 2 3 4 5"],
  ["text=FAST", "1 2 3 4 5"],
  ["text=fast;in=#tea", "1 2 5"],
  ["in=#den", "3"],
  ["in=bob", "4"],
  ["from=bob", "2 4"],
  ["from=BOB;in=#tea", "2"],
  ["text=fast\\sloose", "3"],
  ["text=loose\\sfast", "3"],
  ["text=slow", ""],
  ["text=!!!", ""],
  ["text=fast;limit=2", "4 5"],
  ["text=fast;limit=0", ""],
  [`text=fast;after=${at(3)}`, "3 4 5"],
  [`text=fast;after=${at(2)};limit=1`, "2"],
  [`text=fast;before=${at(3)}`, "1 2 3"],
  [`text=fast;before=${at(3)};limit=1`, "3"],
  [`after=${at(2)};before=${at(4)}`, "2 3 4"],
  ["", "1 2 3 4 5"],
  ['text="was\\sfast"', "2"],
  ['text="fast\\swas"', ""],
  ["text=from:bob", "2 4"],
  ["text=fast\\sfrom:@BOB\\sin:#tea", "2"],
  ["text=loose\\sin:#den", "3"],
  [`text=after:${at(3)}\\sbefore:${at(5)}`, "3 4"],
  [`text=after:today;before=${at(2)}`, "1 2"],
  ["text=on:2026-01-31", "1 2 3 4 5"],
  ["from:me fast in:tea", "1 5"],
  ["text=in:den", "3"],
  ["text=in:@bob", "4"],
  ["fast loose", "3"],
  ["text=before:today", ""],
  ["after=2026-01-31", "1 2 3 4 5"],
  ["after=2026-02-01", ""],
  ["before=yesterday", ""],
  ["text=has:file", ""],
  ["has=link", ""],
  ["text=colour:red", ""],
  ["text=f", ""],
  ["text=fas", "1 2 3 4 5"],
];

talkStory("SEARCH finds messages by words, place, sender and time", found);
talkStory("SEARCH answers in one batch with its label; the batch is empty if nothing is found", batch);
story("SEARCH refuses unknown parameters by name", refusals);
talkStory("SEARCH does not delay others, and handles a user who leaves meanwhile", leaving);

talkStory("SEARCH from= follows a guest to another nick, not those who take the old one", followed);

async function followed({ chat, ann, bob }: Talk): Promise<void> {
  const count = async (name: string) => {
    const lines = await ask(ann, `SEARCH :from=${name};in=#tea`);
    return lines.filter((line) => line.includes("PRIVMSG")).length;
  };
  await ask(bob, "NICK robert", "PRIVMSG #tea :as robert");
  const cat = await chat.peer("bob", { caps });
  await cat.join("#tea");
  await ask(cat, "PRIVMSG #tea :one", "PRIVMSG #tea :two", "NICK bobby");
  await ann.lines();
  assertEquals([await count("robert"), await count("bobby")], [2, 2]);
  assertEquals(await count("bob"), 3);
}

async function found({ ann }: Talk): Promise<void> {
  for (const [attributes, seconds] of searches) {
    ann.send(`SEARCH :${attributes}`);
    const lines = (await ann.until(/ BATCH -/)).slice(1, -1);
    const stamps = lines.map((line) => parseInt(/msgid=(\w+)/.exec(line)?.[1] ?? "", 36));
    assertEquals(stamps.map((stamp) => stamp / 1_024_000 - startMs / 1000).join(" "), seconds, attributes);
  }
}

async function batch({ ann }: Talk): Promise<void> {
  ann.send("@label=x SEARCH text=loose", "SEARCH text=nothing");
  const [opening = "", line = "", closing] = await ann.until(/ BATCH -/);
  const reference = /^@label=x :chat\.test BATCH \+(\w+) soju\.im\/search$/.exec(opening)?.[1];
  assertEquals(
    line.replace(/msgid=\w+/, "msgid=…"),
    `@batch=${reference};msgid=… :ann!~ann@ann.localhost NOTICE #den :fast and loose`,
  );
  assertEquals(closing, `:chat.test BATCH -${reference}`);
  assertEquals((await ann.until(/ BATCH -/)).length, 2);
}

async function refusals(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  for (
    const [attributes, name] of [
      ["colour=red", "colour"],
      ["limit=many", "limit"],
      ["after=noon", "after"],
      ["before=", "before"],
      ["in=", "in"],
      ["in=#tea", "in"],
      ["has=cheese", "has"],
      ["text=before:noon", "text"],
    ]
  ) {
    ann.send(`SEARCH ${attributes}`);
    const answer = await ann.next(/ FAIL /);
    assertEquals(answer.split(" ").slice(2, 5), ["SEARCH", "INVALID_PARAMS", name]);
  }
  assertEquals(await ask(ann, "SEARCH text=before:noon"), [
    ':chat.test FAIL SEARCH INVALID_PARAMS text :Cannot read the date "noon": write 2026-01-31, 31 jan 2026, yesterday, monday or 7d',
  ]);
  assertEquals(await ask(ann, "SEARCH text=a; b"), [
    ':chat.test FAIL SEARCH INVALID_PARAMS b :There is no parameter "b": ' +
    'SEARCH has in, from, text, after, before, has and limit; in a value, write ";" as "\\:"',
  ]);
  assertEquals(await ask(ann, "SEARCH"), [":chat.test 461 ann SEARCH :Not enough parameters"]);
}

async function leaving({ chat, ann, bob }: Talk): Promise<void> {
  for (let number = 0; number < 2000; number++) {
    const conversation = chat.state.store?.conversations.channel("#tea", "#tea");
    if (conversation) {
      chat.state.store?.history.append(
        conversation,
        0,
        startMs * 2048 + number,
        `:ann PRIVMSG #tea :word${number}`,
      );
    }
    chat.state.store?.commit();
  }
  ann.send("SEARCH text=word1999");
  bob.send("SEARCH text=word1999");
  await bob[Symbol.asyncDispose]();
  assertEquals((await ann.until(/ BATCH -/)).filter((line) => line.endsWith(" :word1999")).length, 1);
  assertEquals(chat.log, []);
}

function at(second: number): string {
  return new Date(startMs + second * 1000).toISOString();
}
