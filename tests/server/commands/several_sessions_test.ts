/** Several devices of one account: one user, one nick; and the user after a lost connection. */
import { assert, assertEquals } from "@std/assert";
import { password, registered } from "../../support/account.ts";
import { device, logIn } from "../../support/login.ts";
import { heard, say } from "../../support/transcript.ts";
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
  await say(ann, "TOPIC #tea :Assam today");
  await heard(bob);
  const { peer, told } = await device(chat, "ann", { caps: ["extended-join"] });
  assertEquals(told.map((line) => line.replace(/\d{10}$/, "TIME")), [
    ":chat.test 221 ann +r",
    ":ann JOIN #tea ann ann",
    ":chat.test 332 ann #tea :Assam today",
    ":chat.test 333 ann #tea ann!~ann@localhost TIME",
    ":chat.test 353 ann = #tea :@ann bob",
    ":chat.test 366 ann #tea :End of /NAMES list",
  ]);
  assertEquals([await heard(ann), await heard(bob), chat.state.users.size], [[], [], 2]);
  assertEquals(await say(peer, "NICK ann", "JOIN #tea"), []);
});

story("devices see the messages of the user's other devices, and messages to the user", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  const { peer: phone } = await device(chat, "ann");
  for (const one of [ann, bob, phone]) await one.lines();
  assertEquals(await say(ann, "PRIVMSG #tea :from the desk", "PRIVMSG bob :psst"), []);
  assertEquals(await heard(phone), [":ann PRIVMSG #tea :from the desk", ":ann PRIVMSG bob psst"]);
  assertEquals(await say(phone, "PRIVMSG #tea :from the train"), []);
  assertEquals(await heard(ann), [":ann PRIVMSG #tea :from the train"]);
  await heard(bob);
  await say(bob, "PRIVMSG ann :both of you");
  assertEquals([await heard(ann), await heard(phone)], [[":bob PRIVMSG ann :both of you"], [
    ":bob PRIVMSG ann :both of you",
  ]]);
  await say(ann, "PRIVMSG ann :to myself");
  assertEquals(await heard(phone), [":ann PRIVMSG ann :to myself"]);
});

story("an action of one device applies to all", async (chat) => {
  const ann = await registered(chat, "ann");
  const { peer: phone } = await device(chat, "ann");
  await say(phone, "JOIN #den", "AWAY :out", "NICK anna", "MODE anna +i");
  const seen = (await heard(ann)).filter((line) => !/ (353|366) /.test(line));
  assertEquals(seen, [":ann JOIN #den", ":ann NICK anna", ":anna MODE anna +i"]);
  assert((await say(ann, "WHOIS anna")).some((line) => line.endsWith(" 301 anna anna out")));
});

story("the user quits with the last device; earlier ones leave without a message", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  const { peer: phone } = await device(chat, "ann");
  await heard(bob);
  ann.send("QUIT :desk");
  await ann.closed();
  assertEquals([await heard(bob), await heard(phone)], [[], []]);
  phone.send("QUIT :train");
  await phone.closed();
  assertEquals(await heard(bob), [":ann QUIT :Quit: train"]);
});

story("a device with another nick is a separate user", async (chat) => {
  await registered(chat, "ann");
  const { peer } = await device(chat, "ann", { nick: "ann-phone" });
  assertEquals(chat.state.users.size, 2);
  assertEquals(await say(peer, "NICK ann"), [":chat.test 433 ann-phone ann :Nickname is already in use"]);
});

story("a device cannot join a user without logging in, or with another account", async (chat) => {
  await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  const cat = await chat.peer("cat", { register: false });
  await say(cat, "CAP LS 302", "NICK ann", "USER cat 0 * :Cat");
  await logIn(cat, "bob");
  assertEquals(await say(cat, "CAP END"), [
    ":chat.test 433 * ann :This nick belongs to an account; log in to use it",
  ]);
  await say(bob, "NICK bobby");
  const dan = await chat.peer("dan", { register: false });
  assertEquals(
    await say(dan, "CAP LS 302", "NICK bobby", "USER dan 0 * :Dan", "CAP END").then((lines) => lines.at(-1)),
    ":chat.test 433 * bobby :Nickname is already in use",
  );
  assertEquals(chat.state.find("ann")?.sessionIds.size, 1);
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
    for (const one of [ann, bob]) await one.join("#tea");
    await heard(bob);
    await ann[Symbol.asyncDispose]();
    assertEquals(await bob.next(/ AWAY /), ":ann!~ann@localhost AWAY :*");
    assertEquals(await say(bob, "PRIVMSG ann :are you there?"), [":chat.test 301 bob ann *"]);
    const { told } = await device(chat, "ann", { caps: ["draft/chathistory", "batch"] });
    assert(told.includes(":ann JOIN #tea"));
    assertEquals(await heard(bob), [":ann AWAY :"]);
  },
);

story(
  "a user who does not return in time quits",
  { now: time.now, settings: { pingAfter: 86_400_000 } },
  async (chat) => {
    const ann = await registered(chat, "ann");
    const bob = await chat.peer("bob");
    for (const one of [ann, bob]) await one.join("#tea");
    await heard(bob);
    await ann[Symbol.asyncDispose]();
    while (chat.state.find("ann")?.lingering === undefined) await bob.lines();
    time.pass(60_000);
    chat.hub.sweep();
    assertEquals(await heard(bob), []);
    time.pass(61_000);
    chat.hub.sweep();
    assertEquals((await heard(bob)).filter((line) => line.includes("QUIT")), [
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
  assert((await say(bob, "NICK ann"))[0]?.includes(" 433 "));
  await logIn(again, "ann");
  assertEquals(await say(again, "NICK ann"), [":ann_ NICK ann"]);
  await again[Symbol.asyncDispose]();
  const third = await chat.peer("third");
  while (chat.state.find("ann")?.lingering === undefined) await third.lines();
  const told = await say(third, `NS IDENTIFY ann ${password}`);
  assertEquals(told.at(-1), ":third NICK ann");
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
