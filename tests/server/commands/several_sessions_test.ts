/** Several devices of one account: one user, one nick; and the user after a lost connection. */
import { assert, assertEquals } from "@std/assert";
import { password, registered } from "../../support/account.ts";
import { device, logIn } from "../../support/login.ts";
import { ask, receive } from "../../support/transcript.ts";
import { story } from "../../support/story.ts";

/** A clock that the test moves. */
function clock(): { now: () => number; pass(ms: number): void } {
  let passedMs = 0;
  return { now: () => Date.now() + passedMs, pass: (ms) => passedMs += ms };
}

story("a second device joins the user: same nick, its channels with topic and names", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  await ask(ann, "TOPIC #tea :Assam today");
  await receive(bob);
  const { peer, received } = await device(chat, "ann", { caps: ["extended-join"] });
  assert((await receive(ann))[0]?.includes(" NEW_LOGIN "));
  assertEquals(received.map((line) => line.replace(/\d{10}$/, "TIME")), [
    ":chat.test 221 ann +r",
    ":ann JOIN #tea ann ann",
    ":chat.test 332 ann #tea :Assam today",
    ":chat.test 333 ann #tea ann!~ann@ann.localhost TIME",
    ":chat.test 353 ann = #tea :@ann bob",
    ":chat.test 366 ann #tea :End of /NAMES list",
  ]);
  assertEquals([await receive(ann), await receive(bob), chat.state.users.size], [[], [], 2]);
  assertEquals(await ask(peer, "NICK ann", "JOIN #tea"), []);
});

story("devices see the messages of the user's other devices, and messages to the user", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  const { peer: phone } = await device(chat, "ann");
  for (const one of [ann, bob, phone]) await one.lines();
  assertEquals(await ask(ann, "PRIVMSG #tea :from the desk", "PRIVMSG bob :psst"), []);
  assertEquals(await receive(phone), [":ann PRIVMSG #tea :from the desk", ":ann PRIVMSG bob psst"]);
  assertEquals(await ask(phone, "PRIVMSG #tea :from the train"), []);
  assertEquals(await receive(ann), [":ann PRIVMSG #tea :from the train"]);
  await receive(bob);
  await ask(bob, "PRIVMSG ann :both of you");
  assertEquals([await receive(ann), await receive(phone)], [[":bob PRIVMSG ann :both of you"], [
    ":bob PRIVMSG ann :both of you",
  ]]);
  await ask(ann, "PRIVMSG ann :to myself");
  assertEquals(await receive(phone), [":ann PRIVMSG ann :to myself"]);
});

story("an action of one device applies to all", async (chat) => {
  const ann = await registered(chat, "ann");
  const { peer: phone } = await device(chat, "ann");
  await receive(ann);
  await ask(phone, "JOIN #den", "NICK anna", "MODE anna +i");
  const seen = (await receive(ann)).filter((line) => !/ (353|366) /.test(line));
  assertEquals(seen, [":ann JOIN #den", ":ann NICK anna", ":anna MODE anna +i"]);
});

story("the user quits with the last device; earlier ones leave without a message", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  const { peer: phone } = await device(chat, "ann");
  await receive(bob);
  ann.send("QUIT :desk");
  await ann.closed();
  assertEquals([await receive(bob), await receive(phone)], [[], []]);
  phone.send("QUIT :train");
  await phone.closed();
  assertEquals(await receive(bob), [":ann QUIT :Quit: train"]);
});

story("when one device deletes the account, the others are disconnected and told why", async (chat) => {
  const ann = await registered(chat, "ann");
  const { peer: phone } = await device(chat, "ann");
  await ask(ann, `ACCOUNT DELETE ${password}`);
  assertEquals(await phone.next(/^ERROR /), "ERROR :Closing link: Logged out: your account was deleted");
  assertEquals([...chat.state.users.values()].map(({ devices }) => devices.size), [1]);
});

story("a device with another nick is a separate user", async (chat) => {
  await registered(chat, "ann");
  const { peer } = await device(chat, "ann", { nick: "ann-phone" });
  assertEquals(chat.state.users.size, 2);
  assertEquals(await ask(peer, "NICK ann"), [":chat.test 433 ann-phone ann :Nickname is already in use"]);
});

story("a device that comes back under the earlier nick of its user joins the user", async (chat) => {
  const ann = await registered(chat, "ann");
  await ann.join("#tea");
  await ask(ann, "NICK anna");
  const { peer: phone, received } = await device(chat, "ann");
  assertEquals(received.filter((line) => line.includes("JOIN")), [":anna JOIN #tea"]);
  await receive(ann);
  await ask(phone, "PRIVMSG #tea :from the train");
  assertEquals([await receive(ann), chat.state.users.size], [[":anna PRIVMSG #tea :from the train"], 1]);
  const bob = await registered(chat, "bob");
  await ask(bob, "NICK anne", "NICK bobby");
  await device(chat, "ann", { nick: "anne" });
  assertEquals(chat.state.users.size, 3);
});

story("a device cannot join a user without logging in, or with another account", async (chat) => {
  await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  const cat = await chat.peer("cat", { register: false });
  await ask(cat, "CAP LS 302", "NICK ann", "USER cat 0 * :Cat");
  await logIn(cat, "bob");
  assertEquals(await ask(cat, "CAP END"), [
    ":chat.test 433 * ann :This nick belongs to an account; log in to use it",
  ]);
  await ask(bob, "NICK bobby");
  const dan = await chat.peer("dan", { register: false });
  assertEquals(
    await ask(dan, "CAP LS 302", "NICK bobby", "USER dan 0 * :Dan", "CAP END").then((lines) => lines.at(-1)),
    ":chat.test 433 * bobby :Nickname is already in use",
  );
  assertEquals(chat.state.find("ann")?.devices.size, 1);
});

story("a user with several devices does not change its account", async (chat) => {
  await registered(chat, "bob");
  const ann = await registered(chat, "ann");
  await device(chat, "ann");
  assertEquals(await logIn(ann, "bob"), [
    ":chat.test 904 ann :SASL authentication failed: Your other devices are logged in to another account",
  ]);
  assertEquals(chat.state.find("ann")?.account, "ann");
});

const time = clock();

story(
  "a logged-in user who loses the connection stays for a while as away, and continues on return",
  { now: time.now },
  async (chat) => {
    const ann = await registered(chat, "ann");
    const bob = await chat.peer("bob", { caps: ["away-notify"] });
    const cat = await chat.peer("cat", { caps: ["away-notify", "draft/pre-away"] });
    for (const one of [ann, bob, cat]) await one.join("#tea");
    await receive(bob);
    await receive(cat);
    await ann[Symbol.asyncDispose]();
    // "*" is the word of draft/pre-away; other programs show the text to people.
    const words = "offline; messages are kept in the history";
    assertEquals(await bob.next(/ AWAY /), `:ann!~ann@ann.localhost AWAY :${words}`);
    assertEquals(await ask(bob, "PRIVMSG ann :are you there?"), [`:chat.test 301 bob ann :${words}`]);
    assertEquals(
      (await ask(bob, "WHOIS ann")).find((line) => line.includes(" 301 ")),
      `:chat.test 301 bob ann :${words}`,
    );
    assertEquals(await cat.next(/ AWAY /), ":ann!~ann@ann.localhost AWAY :*");
    assertEquals(await ask(cat, "PRIVMSG ann :hello"), [":chat.test 301 cat ann *"]);
    const { received } = await device(chat, "ann", { caps: ["draft/chathistory", "batch"] });
    assert(received.includes(":ann JOIN #tea"));
    assertEquals(await receive(bob), [":ann AWAY :"]);
  },
);

story(
  "a user who does not return in time quits",
  { now: time.now, settings: { pingAfter: 86_400_000 } },
  async (chat) => {
    const ann = await registered(chat, "ann");
    const bob = await chat.peer("bob");
    for (const one of [ann, bob]) await one.join("#tea");
    await receive(bob);
    await ann[Symbol.asyncDispose]();
    while (chat.state.find("ann")?.lingering === undefined) await bob.lines();
    time.pass(60_000);
    chat.hub.sweep();
    assertEquals(await receive(bob), []);
    time.pass(61_000);
    chat.hub.sweep();
    assertEquals((await receive(bob)).filter((line) => line.includes("QUIT")), [
      ":ann QUIT :Connection closed",
    ]);
  },
);

story("a user who returns with another nick and then logs in can take the nick back", async (chat) => {
  const ann = await registered(chat, "ann");
  await ann[Symbol.asyncDispose]();
  const again = await chat.peer("ann_");
  while (chat.state.find("ann")?.lingering === undefined) await again.lines();
  const bob = await registered(chat, "bob");
  assert((await ask(bob, "NICK ann"))[0]?.includes(" 433 "));
  await logIn(again, "ann");
  assertEquals(await ask(again, "NICK ann"), [":ann_ NICK ann"]);
  await again[Symbol.asyncDispose]();
  const third = await chat.peer("third");
  while (chat.state.find("ann")?.lingering === undefined) await third.lines();
  const received = await ask(third, `NS IDENTIFY ann ${password}`);
  assertEquals(received.at(-1), ":third NICK ann");
  assertEquals(chat.state.users.size, 2);
});

story(
  "a login that runs while a further device joins does not move that device to another account",
  async (chat) => {
    await registered(chat, "bob");
    await registered(chat, "ann");
    await device(chat, "ann");
    const user = chat.state.find("ann");
    await chat.hub.commit({ kind: "logged in", user: user?.id ?? "", account: "bob" });
    assertEquals(user?.account, "ann");
  },
);

story("--linger 0 removes users at once", { settings: { linger: 0 } }, async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  await ann[Symbol.asyncDispose]();
  assert((await bob.next(/ QUIT /)).endsWith(" QUIT :Connection closed"));
});
