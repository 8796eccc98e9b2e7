/** Members who cannot speak in a channel: others see no words of theirs there, by any command. */
import { assertEquals } from "@std/assert";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";
import type { Chat } from "../../support/chat.ts";

const caps = ["away-notify", "setname", "extended-join", "standard-replies", "draft/message-redaction"];
const words = /advert/;

/** The modes with which bob cannot speak in the channel. */
const reasons = ["+b m:bob", "+m"];

story("nobody sees words of a member that is banned, muted or without voice", async (chat) => {
  for (const modes of reasons) await actSilently(chat, modes);
});

async function actSilently(chat: Chat, modes: string): Promise<void> {
  await using ann = await chat.peer("ann");
  await using cat = await chat.peer("cat", { caps });
  await using bob = await chat.peer("bob", { caps: [...caps, "echo-message", "message-tags"] });
  for (const peer of [ann, cat, bob]) await peer.join("#tea");
  bob.send("PRIVMSG #tea hello");
  const msgid = /msgid=([^; ]+)/.exec(await bob.next(/:hello$/))?.[1] ?? "";
  await ask(ann, `MODE #tea ${modes}`, "MODE #tea -t");
  await receive(bob);
  await receive(cat);
  const acts = [
    "AWAY :advert",
    "AWAY",
    "SETNAME advert",
    "TOPIC #tea :advert",
    "PRIVMSG #tea :advert",
    "NOTICE #tea :advert",
    "TAGMSG #tea",
    `REDACT #tea ${msgid} :advert`,
    "INVITE dan #tea",
    "AWAY :advert",
    "QUIT :advert",
  ];
  bob.send(...acts);
  await bob.closed();
  while (chat.state.find("bob") !== undefined) await receive(ann);
  const seen = [...await receive(cat), ...await receive(ann)];
  assertEquals(seen.filter((line) => words.test(line)), [], modes);
  assertEquals(
    seen.filter((line) => line.startsWith(":bob ")),
    [
      ":bob AWAY away",
      ":bob AWAY :",
      `:bob REDACT #tea ${msgid}`,
      ":bob AWAY away",
      ":bob QUIT Quit",
      ":bob QUIT Quit",
    ],
    modes,
  );
  await ask(ann, "PART #tea");
  await ask(cat, "PART #tea");
}

story(
  "where a member can speak, its words are seen once, and not by those of the other channel",
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    const cat = await chat.peer("cat", { caps });
    await bob.join("#den");
    await cat.join("#den");
    await ask(ann, "MODE #tea +m");
    await receive(cat);
    bob.send("AWAY :gone fishing", "QUIT :good night");
    await bob.closed();
    while (chat.state.find("bob") !== undefined) await receive(ann);
    assertEquals((await receive(ann)).filter((line) => /fishing|night/.test(line)), []);
    assertEquals(await receive(cat), [":bob AWAY :gone fishing", ":bob QUIT :Quit: good night"]);
  },
);

story("history keeps no words of a silent member that leaves", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const eve = await chat.peer("eve", { caps: ["draft/chathistory", "draft/event-playback", "batch"] });
  await eve.join("#tea");
  await ask(ann, "PRIVMSG #tea :hello", "MODE #tea +m");
  bob.send("QUIT :advert");
  await bob.closed();
  while (chat.state.find("bob") !== undefined) await receive(ann);
  const lines = await ask(eve, "CHATHISTORY LATEST #tea * 20");
  assertEquals(lines.filter((line) => line.includes("QUIT")), [":bob QUIT Quit", ":bob QUIT Quit"]);
});

story("JOIN, WHO and WHOIS show no words of a member that cannot speak", async (chat) => {
  const ann = await chat.peer("ann", { caps });
  await ann.join("#tea");
  await ask(ann, "MODE #tea +b m:bob");
  const bob = await chat.peer("bob", { caps });
  await ask(bob, "SETNAME advert", "AWAY :advert", "JOIN #tea", "JOIN #advert");
  assertEquals(await receive(ann), [":bob JOIN #tea * bob", ":bob AWAY away"]);
  const lines = await ask(ann, "WHO #tea", "WHO #tea %nr", "WHO bob");
  assertEquals(lines.filter((line) => words.test(line)), []);
  const about = await ask(ann, "WHOIS bob");
  assertEquals(about.filter((line) => line.includes(" 319 ")), [":chat.test 319 ann bob #tea"]);
});

story(
  "a member without voice changes its nick twice, then once in a minute",
  { startsAt: 1_700_000_000_000 },
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    await ask(ann, "MODE #tea +m");
    await receive(bob);
    const refused = "You cannot change your nick so often while you cannot speak in this channel (+m)";
    assertEquals(await ask(bob, "NICK b1", "NICK b2", "NICK b3"), [
      ":bob NICK b1",
      ":b1 NICK b2",
      `:chat.test 435 b2 b3 #tea :${refused}`,
    ]);
    chat.clock.nowMs += 60_000;
    assertEquals(await ask(bob, "NICK b3"), [":b2 NICK b3"]);
  },
);
