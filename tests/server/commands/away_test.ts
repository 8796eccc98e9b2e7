/** AWAY, SETNAME and bot mode. */
import { assertEquals } from "@std/assert";
import { registered } from "../../support/account.ts";
import { device, logIn } from "../../support/login.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const nowAway = ":chat.test 306 ann :You have been marked as being away";
const back = ":chat.test 305 ann :You are no longer marked as being away";

story("AWAY is acknowledged, and a PRIVMSG to the user gets it as an answer, a NOTICE does not", {
  settings: { awayLength: 20 },
}, async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob")];
  assertEquals(await ask(ann, "AWAY :at lunch, back at two or three"), [nowAway]);
  assertEquals(await ask(bob, "PRIVMSG ann :hello?", "NOTICE ann :hello"), [
    ":chat.test 301 bob ann :at lunch, back at tw",
  ]);
  assertEquals(await ask(ann, "AWAY :"), [":bob PRIVMSG ann hello?", ":bob NOTICE ann hello", back]);
  assertEquals(await ask(bob, "PRIVMSG ann :hello?"), []);
});

story(
  "AWAY is sent to peers with away-notify, once per change, and when an away user joins",
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob", { caps: ["away-notify"] });
    await ask(bob, "JOIN #tea", "JOIN #den");
    await receive(ann);
    assertEquals(await ask(ann, "AWAY :out", "AWAY :out"), [nowAway, nowAway]);
    assertEquals(await receive(bob), [":ann AWAY out"]);
    await ann.join("#den");
    assertEquals(await receive(bob), [":ann JOIN #den", ":ann AWAY out"]);
    assertEquals(await ask(ann, "AWAY"), [back]);
    assertEquals(await receive(bob), [":ann AWAY :"]);
  },
);

story("AWAY before registration needs draft/pre-away, and applies from the start", async (chat) => {
  const ann = await chat.peer("ann", { register: false });
  assertEquals(await ask(ann, "AWAY :out"), [":chat.test 451 * :You have not registered"]);
  const lines = await ask(ann, "CAP REQ draft/pre-away", "AWAY *", "NICK ann", "USER a 0 * a", "CAP END");
  assertEquals(lines.slice(0, 2), [
    ":chat.test CAP * ACK draft/pre-away",
    ":chat.test 306 * :You have been marked as being away",
  ]);
  assertEquals(chat.state.find("ann")?.away, "*");
  assertEquals(await ask(ann, "AWAY"), [back]);
  assertEquals(chat.state.find("ann")?.away, undefined);
});

story(
  "a user is away when nobody is at any of its sessions, and a text counts more than the time of an AWAY *",
  async (chat) => {
    const [ann, other, bob] = [
      await chat.peer("ann"),
      await chat.peer("ann2", { register: false }),
      await chat.peer("bob", { caps: ["away-notify", "draft/pre-away"] }),
    ];
    for (const one of [ann, bob]) await one.join("#tea");
    await bob.lines();
    await other.lines();
    const user = chat.state.find("ann")?.id ?? "";
    const session = [...chat.state.sessions.values()].find((one) => one.user === undefined)?.id ?? "";
    chat.hub.commit({ kind: "attached", user, session, address: "127.0.0.1", secure: false, away: "*" });
    assertEquals(await receive(bob), []);
    await ask(ann, "AWAY *");
    assertEquals(await receive(bob), [":ann AWAY *"]);
    const cat = await chat.peer("cat");
    assertEquals(await ask(cat, "PRIVMSG ann :hi"), [":chat.test 301 cat ann :nobody is at the device"]);
    await ask(other, "AWAY :at lunch");
    await ask(ann, "AWAY *");
    assertEquals(await receive(bob), [":ann AWAY :at lunch"]);
    await ask(other, "AWAY");
    assertEquals(await receive(bob), [":ann AWAY :"]);
    other.send("QUIT");
    await other.closed();
    assertEquals(await receive(bob), [":ann AWAY *"]);
  },
);

story("a user is away only while all devices are, and each device is told", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob", { caps: ["away-notify"] });
  for (const one of [ann, bob]) await one.join("#tea");
  const { peer: phone } = await device(chat, "ann", { caps: ["away-notify"] });
  for (const one of [ann, bob, phone]) await one.lines();

  // One is away, the other is here.
  assertEquals(await ask(ann, "AWAY :lunch"), [
    nowAway,
    ":chat.test NOTE AWAY OTHER_DEVICE :Others still see you as here, because another of your devices is not away",
  ]);
  assertEquals(await receive(phone), [
    ":chat.test NOTE AWAY OTHER_DEVICE " +
    ':Another of your devices is away ("lunch"); others see you as away when all your devices are',
  ]);
  assertEquals(await ask(bob, "PRIVMSG ann :hello?"), []);
  assertEquals(await receive(ann), [":bob PRIVMSG ann hello?"]);
  await receive(phone);

  // Both are away: the latest text counts.
  assertEquals(await ask(phone, "AWAY :asleep"), [nowAway]);
  assertEquals(await receive(ann), [nowAway]);
  assertEquals(await receive(bob), [":ann AWAY asleep"]);
  assertEquals(await ask(ann, "AWAY :dinner"), [nowAway]);
  assertEquals([await receive(phone), await receive(bob)], [[":ann AWAY dinner"], [":ann AWAY dinner"]]);

  // One is back, and away again.
  assertEquals(await ask(phone, "AWAY"), [back]);
  assertEquals([await receive(ann), await receive(bob)], [[back], [":ann AWAY :"]]);
  await ask(phone, "AWAY :asleep");
  assertEquals([await receive(ann), await receive(bob)], [[nowAway], [":ann AWAY asleep"]]);
  assertEquals(await ask(ann, "AWAY"), [back]);
  assertEquals([await receive(phone), await receive(bob)], [[":ann AWAY :", back], [":ann AWAY :"]]);

  // A device that leaves takes its state with it, in both directions.
  ann.send("QUIT");
  await ann.closed();
  assertEquals([await receive(phone), await receive(bob)], [[":ann AWAY asleep", nowAway], [
    ":ann AWAY asleep",
  ]]);
  const { peer: tablet } = await device(chat, "ann");
  assertEquals([await receive(phone), await receive(bob)], [[":ann AWAY :", back], [":ann AWAY :"]]);
  phone.send("QUIT");
  await phone.closed();
  assertEquals([await receive(tablet), await receive(bob)], [[], []]);
  assertEquals(await ask(bob, "PRIVMSG ann :hello?"), []);
});

story(
  "the text of AWAY stays through a lost connection, also on return, until the user is back",
  async (chat) => {
    const ann = await registered(chat, "ann");
    const bob = await chat.peer("bob", { caps: ["away-notify"] });
    for (const one of [ann, bob]) await one.join("#tea");
    await ask(ann, "AWAY :asleep");
    await receive(bob);
    await ann[Symbol.asyncDispose]();
    while (chat.state.find("ann")?.lingering === undefined) await bob.lines();
    assertEquals(await ask(bob, "PRIVMSG ann :hello?"), [":chat.test 301 bob ann asleep"]);
    const again = await device(chat, "ann");
    assertEquals(again.received.includes(nowAway), true);
    assertEquals(await receive(bob), []);
    await again.peer[Symbol.asyncDispose]();
    while (chat.state.find("ann")?.lingering === undefined) await bob.lines();
    const present = await chat.peer("ann", { register: false });
    present.send("CAP REQ :sasl draft/pre-away", "AWAY");
    await logIn(present, "ann");
    present.send("NICK ann", "USER ann 0 * ann", "CAP END");
    await present.until(/^\S+ (376|422) /);
    assertEquals(await receive(bob), [":ann AWAY :"]);
  },
);

story("SETNAME is sent to peers with the capability and to the user, and refused when empty or too long", {
  settings: { realNameLength: 20 },
}, async (chat) => {
  const ann = await chat.peer("ann", { caps: ["setname"] });
  const [bob, cat] = [await chat.peer("bob", { caps: ["setname"] }), await chat.peer("cat")];
  for (const one of [ann, bob, cat]) await one.join("#tea");
  for (const one of [ann, bob, cat]) await one.lines();
  assertEquals(await ask(ann, "SETNAME :Ann Ames"), [":ann SETNAME :Ann Ames"]);
  assertEquals([await receive(bob), await receive(cat)], [[":ann SETNAME :Ann Ames"], []]);
  assertEquals(await ask(cat, "SETNAME :", `SETNAME ${"x".repeat(21)}`, "SETNAME"), [
    ":chat.test FAIL SETNAME INVALID_REALNAME :The real name is empty",
    ":chat.test FAIL SETNAME INVALID_REALNAME :The real name is longer than 20 bytes",
    ":chat.test 461 cat SETNAME :Not enough parameters",
  ]);
});

story("messages of a bot have the bot tag for clients with message-tags", async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob", { caps: ["message-tags"] })];
  const cat = await chat.peer("cat");
  assertEquals(await ask(ann, "MODE ann +B"), [":ann MODE ann +B"]);
  ann.send("PRIVMSG bob,cat :beep");
  await ann.lines();
  assertEquals((await bob.lines()).map((line) => line.replace(/msgid=\w+/, "ID")), [
    "@ID;bot :ann!~ann@ann.localhost PRIVMSG bob :beep",
  ]);
  assertEquals(await cat.lines(), [":ann!~ann@ann.localhost PRIVMSG cat :beep"]);
});
