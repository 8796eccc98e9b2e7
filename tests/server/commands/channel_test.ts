/** Channels: JOIN, PART, TOPIC, NAMES. */
import { assertEquals } from "@std/assert";
import { registered } from "../../support/account.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

story("JOIN makes the first user operator and lists the members", async (chat) => {
  const ann = await chat.peer("ann");
  const bob = await chat.peer("bob");
  assertEquals(await ask(ann, "JOIN #tea"), [
    ":ann JOIN #tea",
    ":chat.test 353 ann = #tea @ann",
    ":chat.test 366 ann #tea :End of /NAMES list",
  ]);
  assertEquals(await ask(bob, "JOIN #TEA"), [
    ":bob JOIN #tea",
    ":chat.test 353 bob = #tea :@ann bob",
    ":chat.test 366 bob #tea :End of /NAMES list",
  ]);
  assertEquals(await receive(ann), [":bob JOIN #tea"]);
  assertEquals(await ask(bob, "JOIN #tea"), []);
});

story("JOIN shows the topic to the joiner only, before the names", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ask(ann, "TOPIC #tea :Green or black?");
  const bob = await chat.peer("bob");
  const lines = await ask(bob, "JOIN #tea");
  assertEquals(lines.map((line) => line.split(" ")[1]), ["JOIN", "332", "333", "353", "366"]);
  assertEquals(lines[1], ":chat.test 332 bob #tea :Green or black?");
  assertEquals(await receive(ann), [":bob JOIN #tea"]);
});

story("JOIN accepts several channels, each with its key, and continues after a refusal", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ann.join("#den");
  await ask(ann, "MODE #tea +k green", "MODE #den +k warm");
  const bob = await chat.peer("bob");
  const lines = await ask(bob, "JOIN #tea,tea,,#den,#TEA green,,,warm");
  assertEquals(lines.filter((line) => !/ (353|366) /.test(line)), [
    ":bob JOIN #tea",
    ":chat.test 403 bob tea :No such channel",
    ":bob JOIN #den",
  ]);
});

story("JOIN refuses invalid names, and its answers are well-formed", {
  settings: { channelLength: 10 },
}, async (chat) => {
  const ann = await chat.peer("ann");
  assertEquals(await ask(ann, "JOIN", "JOIN :", "JOIN ,,", "JOIN :#a b", "JOIN #0123456789"), [
    ":chat.test 461 ann JOIN :Not enough parameters",
    ":chat.test 461 ann JOIN :Not enough parameters",
    ":chat.test 461 ann JOIN :Not enough parameters",
    ":chat.test 403 ann * :No such channel",
    ":chat.test 403 ann #0123456789 :No such channel",
  ]);
});

story("# alone is a channel, as on other servers", async (chat) => {
  const [, bob] = await chat.join("#", "ann", "bob");
  assertEquals(await ask(bob, "PRIVMSG # :hello", "TOPIC #", "PART #"), [
    ":chat.test 331 bob # :No topic is set",
    ":bob PART #",
  ]);
});

story("JOIN makes no second channel that is equal by RFC 1459 to another", async (chat) => {
  const [ann, bob] = await chat.join("#tea[~", "ann", "bob");
  const words = "Illegal channel name: many apps cannot tell it from";
  assertEquals(await ask(bob, "JOIN #Tea{^", "NAMES #tea{^"), [
    `:chat.test 479 bob #Tea{^ :${words} #tea[~`,
    ":chat.test 366 bob #tea{^ :End of /NAMES list",
  ]);
  await ask(ann, "MODE #tea[~ +s");
  const cat = await chat.peer("cat");
  assertEquals(await ask(cat, "JOIN #tea{~"), [`:chat.test 479 cat #tea{~ :${words} another channel`]);
  await ask(ann, "PART #tea[~");
  await ask(bob, "PART #tea[~");
  assertEquals((await ask(cat, "JOIN #tea{^")).length, 3);
});

story("JOIN makes no channel that looks like another, or whose name deceives", async (chat) => {
  const [ann] = await chat.join("#cafe", "ann");
  await ann.join("#чай");
  const bob = await chat.peer("bob");
  const names = ["#сafe", "#ｃafe", "#cafe\ufe0f", "#cafe\u2800", "#ЧАЙ", "#чай-tea", "#Caf\u00e9"];
  const illegal = "Illegal channel name: it";
  assertEquals(await ask(bob, ...names.slice(0, 5).map((name) => `JOIN ${name}`)), [
    `:chat.test 479 bob #сafe :${illegal} mixes Cyrillic and Latin letters in one word`,
    `:chat.test 479 bob #ｃafe :${illegal} looks like #cafe`,
    `:chat.test 479 bob #cafe\ufe0f :${illegal} has an invisible character`,
    `:chat.test 479 bob #cafe\u2800 :${illegal} has a character that cannot be shown`,
    `:chat.test 479 bob #ЧАЙ :${illegal} looks like #чай`,
  ]);
  await ask(ann, "MODE #cafe +s");
  assertEquals(await ask(bob, "JOIN #сaf\u0435,#ｃafe"), [
    `:chat.test 479 bob #сaf\u0435 :${illegal} mixes Cyrillic and Latin letters in one word`,
    `:chat.test 479 bob #ｃafe :${illegal} looks like another channel`,
  ]);
  for (const name of names.slice(5)) assertEquals((await ask(bob, `JOIN ${name}`)).length, 3, name);
});

story("a registered channel is kept from imitations by digits too", async (chat) => {
  const ann = await registered(chat, "ann");
  await ask(ann, "JOIN #office", "JOIN #modem", "MODE #modem -r");
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "JOIN #0ffice"), [
    ":chat.test 479 bob #0ffice :Illegal channel name: it looks like #office",
  ]);
  for (const name of ["#modern", "#off1ce"]) assertEquals((await ask(bob, `JOIN ${name}`)).length, 3, name);
});

story("JOIN stops at CHANLIMIT", { settings: { channelsPerUser: 1 } }, async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  assertEquals(await ask(ann, "JOIN #den"), [
    ":chat.test 405 ann #den :You have joined too many channels",
  ]);
});

story("JOIN 0 leaves every channel", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ann.join("#den");
  assertEquals(await ask(ann, "JOIN 0"), [":ann PART #tea", ":ann PART #den"]);
  assertEquals(await receive(bob), [":ann PART #tea"]);
  assertEquals([...chat.state.channels.keys()].map(String), ["#tea"]);
});

story("JOIN contains account and real name for clients with extended-join", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["extended-join"] });
  await ann.join("#tea");
  const bob = await chat.peer("bob");
  await bob.join("#tea");
  assertEquals(await receive(ann), [":bob JOIN #tea * bob"]);
});

story("JOIN of an away user is followed by AWAY for clients with away-notify", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["away-notify"] });
  const [bob] = await chat.join("#tea", "bob");
  await ann.join("#tea");
  const cat = await chat.peer("cat");
  await ask(cat, "AWAY :out", "JOIN #tea");
  assertEquals(await receive(ann), [":cat JOIN #tea", ":cat AWAY out"]);
  assertEquals(await receive(bob), [":ann JOIN #tea", ":cat JOIN #tea"]);
});

story("JOIN has no names for clients with no-implicit-names, NAMES still shows them", async (chat) => {
  for (const [nick, cap] of [["ann", "no-implicit-names"], ["bob", "draft/no-implicit-names"]] as const) {
    const peer = await chat.peer(nick, { caps: [cap] });
    assertEquals(await ask(peer, "JOIN #tea"), [`:${nick} JOIN #tea`]);
    assertEquals((await ask(peer, "NAMES #tea")).length, 2);
  }
});

story(
  "PART is sent to the channel with its reason, and ends an empty channel",
  { settings: { reasonLength: 20 } },
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    assertEquals(await ask(bob, "PART #tea :must go, the kettle is on"), [
      ":bob PART #tea :must go, the kettle ",
    ]);
    assertEquals(await receive(ann), [":bob PART #tea :must go, the kettle "]);
    assertEquals(await ask(ann, "PART #tea"), [":ann PART #tea"]);
    assertEquals(chat.state.channels.size, 0);
  },
);

story("PART refuses each channel that the user is not in", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ann.join("#den");
  assertEquals(await ask(bob, "PART", "PART ,", "PART #none,#den,#tea"), [
    ":chat.test 461 bob PART :Not enough parameters",
    ":chat.test 461 bob PART :Not enough parameters",
    ":chat.test 403 bob #none :No such channel",
    ":chat.test 442 bob #den :You're not on that channel",
    ":bob PART #tea",
  ]);
});

story("PART of a user who cannot speak has no reason", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ask(ann, "MODE #tea +m");
  await ask(bob, "PART #tea :and another thing");
  assertEquals((await receive(ann)).at(-1), ":bob PART #tea");
});

story("TOPIC shows, sets, cuts and clears", { settings: { topicLength: 80 } }, async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  assertEquals(await ask(ann, "TOPIC #tea"), [":chat.test 331 ann #tea :No topic is set"]);
  assertEquals(await ask(ann, "TOPIC #tea :Green or black?"), [":ann TOPIC #tea :Green or black?"]);
  const [shown, by] = await ask(bob, "TOPIC #tea");
  assertEquals(await receive(bob), []);
  assertEquals(shown, ":ann TOPIC #tea :Green or black?");
  assertEquals(by, ":chat.test 332 bob #tea :Green or black?");
  assertEquals(await ask(ann, `TOPIC #tea ${"x".repeat(79)}🍵`), [`:ann TOPIC #tea ${"x".repeat(79)}`]);
  assertEquals(await ask(ann, "TOPIC #tea :"), [":ann TOPIC #tea :"]);
  assertEquals(
    await ask(bob, "TOPIC #tea").then((lines) => lines.at(-1)),
    ":chat.test 331 bob #tea :No topic is set",
  );
});

story("TOPIC needs a half-operator under +t, otherwise the right to speak", async (chat) => {
  const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
  await ask(ann, "MODE #tea +h cat");
  const refused = [":chat.test 482 bob #tea :You're not channel operator"];
  assertEquals((await ask(bob, "TOPIC #tea :mine")).slice(-1), refused);
  assertEquals((await ask(cat, "TOPIC #tea :ours")).slice(-1), [":cat TOPIC #tea ours"]);
  await ask(ann, "MODE #tea -t");
  assertEquals((await ask(bob, "TOPIC #tea :mine")).slice(-1), [":bob TOPIC #tea mine"]);
  await ask(ann, "MODE #tea +m");
  assertEquals((await ask(bob, "TOPIC #tea :mine")).at(-1)?.slice(0, 28), ":chat.test 404 bob #tea :Onl");
});

story(
  "TOPIC can be read from outside unless the channel is secret, and set from inside only",
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob");
    assertEquals(await ask(bob, "TOPIC #tea", "TOPIC #tea :x", "TOPIC #none"), [
      ":chat.test 331 bob #tea :No topic is set",
      ":chat.test 442 bob #tea :You're not on that channel",
      ":chat.test 403 bob #none :No such channel",
    ]);
    await ask(ann, "MODE #tea +s");
    assertEquals(await ask(bob, "TOPIC #tea", "TOPIC #tea :x", "PART #tea"), [
      ":chat.test 403 bob #tea :No such channel",
      ":chat.test 403 bob #tea :No such channel",
      ":chat.test 403 bob #tea :No such channel",
    ]);
  },
);

story("NAMES lists several channels and ends once, with the requested names", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ann.join("#den");
  assertEquals(await ask(ann, "NAMES #tea,#none,#den", "NAMES #TEA", "NAMES #none", "NAMES tea", "NAMES"), [
    ":chat.test 353 ann = #tea @ann",
    ":chat.test 353 ann = #den @ann",
    ":chat.test 366 ann #tea,#none,#den :End of /NAMES list",
    ":chat.test 353 ann = #tea @ann",
    ":chat.test 366 ann #tea :End of /NAMES list",
    ":chat.test 366 ann #none :End of /NAMES list",
    ":chat.test 366 ann tea :End of /NAMES list",
    ":chat.test 366 ann * :End of /NAMES list",
  ]);
});

story("NAMES hides secret channels and invisible users from users outside", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat");
  await ask(bob, "MODE bob +i");
  assertEquals((await ask(cat, "NAMES #tea"))[0], ":chat.test 353 cat = #tea @ann");
  assertEquals((await ask(ann, "NAMES #tea"))[0], ":chat.test 353 ann = #tea :@ann bob");
  await ask(ann, "MODE #tea +s");
  assertEquals(await ask(cat, "NAMES #tea"), [":chat.test 366 cat #tea :End of /NAMES list"]);
  assertEquals((await ask(ann, "NAMES #tea"))[0], ":chat.test 353 ann @ #tea :@ann bob");
});

story(
  "NAMES shows all ranks with multi-prefix, and full sources with userhost-in-names",
  async (chat) => {
    const ann = await chat.peer("ann", { caps: ["multi-prefix", "userhost-in-names"] });
    await ann.join("#tea");
    const bob = await chat.peer("bob");
    await ask(ann, "MODE #tea +v ann");
    assertEquals(
      (await ask(ann, "NAMES #tea"))[0]?.replace(/@[\w.:]+$/, "@host"),
      ":chat.test 353 ann = #tea @+ann!~ann@host",
    );
    assertEquals((await ask(bob, "NAMES #tea"))[0], ":chat.test 353 bob = #tea @ann");
  },
);

story(
  "NAMES of many people is several lines within LINELEN",
  { settings: { lineBytes: 512 } },
  async (chat) => {
    const nicks = Array.from({ length: 40 }, (_, at) => `person-of-a-long-name-${at}`);
    const [first] = await chat.join("#tea", ...nicks);
    const lines = await ask(first ?? await chat.peer("ann"), "NAMES #tea");
    const names = lines.filter((line) => line.includes(" 353 "));
    assertEquals(names.length, 3);
    assertEquals(names.every((line) => line.length <= 510), true);
    assertEquals(names.flatMap((line) => line.split(" :")[1]?.split(" ") ?? []).length, 40);
  },
);
