/** WHO: the listed users and the form of the list. */
import { assertEquals } from "@std/assert";
import { makeOperator } from "../../support/account.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

const end = (mask: string, nick = "ann") => `:chat.test 315 ${nick} ${mask} :End of WHO list`;

story("WHO lists a channel with ranks, away and bot flags", async (chat) => {
  const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
  await ask(bob, "AWAY :at lunch", "MODE bob +B");
  await ask(ann, "MODE #tea +v cat");
  await receive(cat);
  assertEquals((await ask(cat, "WHO #TEA")).toSorted(), [
    end("#TEA", "cat"),
    ":chat.test 352 cat #tea ~ann ann.localhost chat.test ann H@ :0 ann",
    ":chat.test 352 cat #tea ~bob bob.localhost chat.test bob GB :0 bob",
    ":chat.test 352 cat #tea ~cat cat.localhost chat.test cat H+ :0 cat",
  ]);
});

story("WHO shows all ranks to clients with multi-prefix, and the highest rank to others", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob", { caps: ["multi-prefix"] });
  await ask(ann, "MODE #tea +v ann");
  const flags = (lines: string[]) => lines[0]?.split(" ")[8];
  assertEquals([flags(await ask(ann, "WHO ann")), flags(await ask(bob, "WHO ann"))], ["H@", "H@+"]);
});

story("WHO finds users by nick and by masks of several fields; also all users, or none", async (chat) => {
  const ann = await chat.peer("ann");
  const bob = await chat.peer("bob");
  await ask(bob, "SETNAME :Bob the Builder");
  const nicks = async (...masks: string[]) =>
    (await ask(ann, ...masks.map((mask) => `WHO ${mask}`)))
      .filter((line) => line.includes(" 352 ")).map((line) => line.split(" ")[7]);
  assertEquals(await nicks("BOB"), ["bob"]);
  assertEquals(await nicks("b*", "*builder", "~b*", "*!~bob@bob.local*"), ["bob", "bob", "bob", "bob"]);
  assertEquals(await nicks("*"), ["ann", "bob"]);
  assertEquals(await nicks("0"), ["ann", "bob"]);
  assertEquals(await nicks("", "nobody", "#none"), ["ann", "bob"]);
  assertEquals(await nicks("*builder n", "*builder r"), ["bob"]);
});

story(
  "WHO hides invisible users from masks unless a channel is shared, and from users outside their channel",
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob");
    await ask(ann, "MODE ann +i");
    assertEquals(await ask(bob, "WHO a*", "WHO #tea"), [end("a*", "bob"), end("#tea", "bob")]);
    assertEquals((await ask(bob, "WHO ann")).length, 2);
    await bob.join("#tea");
    assertEquals((await ask(bob, "WHO a*")).length, 2);
  },
);

story("WHO reveals nothing of a secret channel to users outside", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob");
  await ask(ann, "MODE #tea +s");
  assertEquals(await ask(bob, "WHO #tea", "WHO ann"), [
    end("#tea", "bob"),
    ":chat.test 352 bob * ~ann ann.localhost chat.test ann H :0 ann",
    end("ann", "bob"),
  ]);
});

story("WHO with flag o lists operators only", async (chat) => {
  const ann = await chat.peer("ann");
  await chat.peer("bob");
  makeOperator(chat, "bob");
  assertEquals(await ask(ann, "WHO * o"), [
    ":chat.test 352 ann * ~bob bob.localhost chat.test bob H* :0 bob",
    end("*"),
  ]);
});

story("WHO sends the fields of WHOX in the fixed order, with the token", async (chat) => {
  const [ann] = await chat.join("#tea", "ann", "bob");
  const bob = chat.state.find("bob");
  if (bob) bob.account = "Bobby";
  assertEquals(await ask(ann, "WHO bob %roaldfnshiuct,42", "WHO bob %na", "WHO ann %na", "WHO bob o%n"), [
    ":chat.test 354 ann 42 #tea ~bob 255.255.255.255 bob.localhost chat.test bob H 0 0 Bobby n/a bob",
    end("bob"),
    ":chat.test 354 ann bob Bobby",
    end("bob"),
    ":chat.test 354 ann ann 0",
    end("ann"),
    end("bob"),
  ]);
});

story("WHO shows real addresses to operators, and the user's own", async (chat) => {
  await using ann = await visit(chat.hub, "10.1.2.3", "ann");
  await using bob = await visit(chat.hub, "2001:db8::1", "bob");
  const ip = async () => (await ask(ann, "WHO bob %i"))[0];
  assertEquals((await ask(ann, "WHO ann %i"))[0], ":chat.test 354 ann 10.1.2.3");
  assertEquals(await ip(), ":chat.test 354 ann 255.255.255.255");
  assertEquals((await ask(bob, "WHO 10.1.* i")).length, 1);
  makeOperator(chat, "ann");
  assertEquals(await ip(), ":chat.test 354 ann 2001:db8::1");
  assertEquals((await ask(ann, "WHO 2001:* i")).length, 2);
});

story("WHO of a mask stops after 500 users, except for operators", async (chat) => {
  const ann = await chat.peer("ann");
  for (let at = 0; at < 510; at++) {
    const id = `u${at}`;
    const user = {
      id,
      nick: id,
      username: "u",
      realname: "u",
      host: "h",
      address: "10.0.0.1",
      secure: false,
    };
    chat.hub.commit({ kind: "arrived", user: { ...user, modes: "" }, session: `none${at}` });
  }
  const lines = await ask(ann, "WHO u*");
  assertEquals(lines.slice(500), [":chat.test 416 ann WHO :Too many matches", end("u*")]);
  makeOperator(chat, "ann");
  assertEquals((await ask(ann, "WHO u*")).length, 511);
});

story("WHO with a repeated flag compares each property once", async (chat) => {
  const ann = await chat.peer("ann");
  for (let number = 0; number < 300; number++) {
    const who = {
      username: "~bot",
      realname: "a".repeat(200),
      host: "x.ip4",
      address: "10.1.2.3",
      modes: "",
    };
    const user = { id: `bot${number}`, nick: `bot${number}`, secure: false, ...who };
    void chat.hub.commit({ kind: "arrived", user, session: `none${number}` });
  }
  const started = performance.now();
  assertEquals(await ask(ann, `WHO *aab ${"r".repeat(3900)}`), [end("*aab")]);
  const tookMs = performance.now() - started;
  assertEquals(tookMs < 500, true, `${tookMs} ms`);
});
