/** The lists of a channel: bans, mutes, exceptions (MODE b e I), and their effects. */
import { assertEquals, assertMatch } from "@std/assert";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

story("MODE +b completes a mask, sends it once, and removes it in any case", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  assertEquals(await ask(ann, "MODE #tea +b bob", "MODE #tea +b BOB!*@*"), [":ann MODE #tea +b bob!*@*"]);
  assertEquals(await ask(ann, "MODE #tea -b cat", "MODE #tea -b Bob", "MODE #tea -b bob"), [
    ":ann MODE #tea -b bob!*@*",
  ]);
  assertEquals(await ask(ann, "MODE #tea +bbb m:bob a:bob m:a:bob"), [
    ":ann MODE #tea +bbb m:bob!*@* a:bob m:a:bob",
  ]);
});

story(
  "MODE b, e and I show their lists with setter and time",
  { now: () => 1_000_000_000_000 },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    await ask(ann, "MODE #tea +beI bob cat eve");
    const source = chat.state.find("ann")?.source;
    assertEquals(await ask(ann, "MODE #tea b", "MODE #tea +eI"), [
      `:chat.test 367 ann #tea bob!*@* ${source} 1000000000`,
      ":chat.test 368 ann #tea :End of channel ban list",
      `:chat.test 348 ann #tea cat!*@* ${source} 1000000000`,
      ":chat.test 349 ann #tea :End of channel exception list",
      `:chat.test 346 ann #tea eve!*@* ${source} 1000000000`,
      ":chat.test 347 ann #tea :End of channel invite exception list",
    ]);
  },
);

story("everybody sees MODE b; only members see e and I", async (chat) => {
  const [ann, cat] = await chat.join("#tea", "ann", "cat");
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "MODE #tea b", "MODE #tea e", "MODE #tea +I"), [
    ":chat.test 368 bob #tea :End of channel ban list",
    ":chat.test 442 bob #tea :You're not on that channel",
    ":chat.test 442 bob #tea :You're not on that channel",
  ]);
  await ask(ann, "MODE #tea +e bob");
  await receive(cat);
  const [entry = "", ...ends] = await ask(cat, "MODE #tea +e", "MODE #tea +I");
  assertMatch(entry, /^:chat\.test 348 cat #tea bob!\*@\* ann\S* \d+$/);
  assertEquals(ends, [
    ":chat.test 349 cat #tea :End of channel exception list",
    ":chat.test 347 cat #tea :End of channel invite exception list",
  ]);
  await ask(ann, "MODE #tea +s");
  assertEquals(await ask(bob, "MODE #tea b"), [":chat.test 403 bob #tea :No such channel"]);
});

story(
  "what one host sets in the lists of unregistered channels has a limit, also after it has left them",
  { settings: { listLimit: 2 } },
  async (chat) => {
    const [ann, bob] = await chat.join("#a", "ann", "bob");
    const fill = async (channel: string) => {
      const answer = await ask(
        ann,
        `MODE ${channel} +bb a b`,
        `MODE ${channel} +ee c d`,
        `MODE ${channel} +II e f`,
      );
      return answer.filter((line) => line.includes(" 478 ")).length;
    };
    const refused = [await fill("#a")];
    for (const channel of ["#b", "#c", "#d"]) {
      await ann.join(channel);
      refused.push(await fill(channel));
    }
    assertEquals(refused, [0, 0, 0, 4]);
    await ask(ann, "PART #a");
    assertEquals((await ask(ann, "MODE #d +e x"))[0], ":chat.test 478 ann #d e :Channel list is full");
    await bob.join("#e");
    assertEquals((await ask(bob, "MODE #e +b x"))[0], ":bob MODE #e +b x!*@*");
    assertEquals((await ask(ann, "MODE #d -b a", "MODE #b -b a")).length, 2);
  },
);

story("MODE +b stops at MAXLIST, separately for each list", { settings: { listLimit: 2 } }, async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  assertEquals(await ask(ann, "MODE #tea +bbbe a b c d", "MODE #tea -b a", "MODE #tea +b c"), [
    ":chat.test 478 ann #tea b :Channel list is full",
    ":ann MODE #tea +bbe a!*@* b!*@* d!*@*",
    ":ann MODE #tea -b a!*@*",
    ":ann MODE #tea +b c!*@*",
  ]);
});

story("a ban prevents joining and speaking, and an exception allows both", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat");
  await ask(ann, "MODE #tea +bb bob cat");
  await receive(bob);
  assertEquals(await ask(cat, "JOIN #tea"), [":chat.test 474 cat #tea :Cannot join channel (+b)"]);
  const silenced = ":chat.test 404 bob #tea :You are banned or muted in this channel (+b)";
  assertEquals(await ask(bob, "PRIVMSG #tea :hi", "TAGMSG #tea", "NOTICE #tea :hi"), [silenced, silenced]);
  assertEquals(await receive(ann), []);
  await ask(ann, "MODE #tea +ee bob cat");
  await receive(bob);
  assertEquals(await ask(bob, "PRIVMSG #tea :hi"), []);
  assertEquals((await ask(cat, "JOIN #tea"))[0], ":cat JOIN #tea");
  await ask(ann, "MODE #tea -e bob");
  await receive(bob);
  assertEquals(await ask(bob, "PRIVMSG #tea :hi"), [silenced]);
});

story("a mute prevents speaking only; m: exceptions and voice lift it", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ask(ann, "MODE #tea +b m:b*");
  const bob = await chat.peer("bob");
  assertEquals((await ask(bob, "JOIN #tea"))[0], ":bob JOIN #tea");
  const silenced = ":chat.test 404 bob #tea :You are banned or muted in this channel (+b)";
  assertEquals(await ask(bob, "PRIVMSG #tea :hi"), [silenced]);
  for (const [on, off] of [["+e m:bob", "-e m:bob"], ["+v bob", "-v bob"]]) {
    await ask(ann, `MODE #tea ${on}`);
    await receive(bob);
    assertEquals(await ask(bob, "PRIVMSG #tea :hi"), [], on);
    await ask(ann, `MODE #tea ${off}`);
    await receive(bob);
    assertEquals(await ask(bob, "PRIVMSG #tea :hi"), [silenced], off);
  }
});

story("a mute of a nick also silences somebody who takes it, until it ends", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ask(ann, "MODE #tea +b m:rob");
  await receive(bob);
  assertEquals(
    await ask(bob, "PRIVMSG #tea :hi", "NICK rob", "PRIVMSG #tea :hi"),
    [":bob NICK rob", ":chat.test 404 rob #tea :You are banned or muted in this channel (+b)"],
  );
  await ask(ann, "MODE #tea -b m:rob");
  await receive(bob);
  assertEquals(await ask(bob, "NICK bob", "PRIVMSG #tea :hi"), [":rob NICK bob"]);
});

story("a ban by account matches users who are logged in to it, with any nick", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ask(ann, "MODE #tea +b a:b*");
  const bob = await chat.peer("bob");
  const cat = await chat.peer("cat");
  const user = chat.state.find("cat");
  if (user !== undefined) user.account = "Bob";
  assertEquals((await ask(bob, "JOIN #tea"))[0], ":bob JOIN #tea");
  assertEquals(await ask(cat, "JOIN #tea"), [":chat.test 474 cat #tea :Cannot join channel (+b)"]);
  await ask(ann, "MODE #tea +ie a:bob", "MODE #tea +I a:bob");
  assertEquals((await ask(cat, "JOIN #tea"))[0], ":cat JOIN #tea");
});

story("an invite exception allows joining an invite-only channel and nothing else", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ask(ann, "MODE #tea +iIk bob key");
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "JOIN #tea"), [":chat.test 475 bob #tea :Cannot join channel (+k)"]);
  assertEquals((await ask(bob, "JOIN #tea key"))[0], ":bob JOIN #tea");
});

story("a muted member cannot take another nick until it leaves", async (chat) => {
  const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
  await ask(ann, "MODE #tea +bb m:bob* m:cat", "MODE #tea +v cat");
  await receive(bob);
  assertEquals(await ask(bob, "NICK dan", "NICK BOB", "NICK bobby", "PART #tea", "NICK dan"), [
    ":chat.test 435 bob dan #tea :You cannot change your nick while you are banned or muted in this channel (+b)",
    ":bob NICK BOB",
    ":chat.test 435 BOB bobby #tea :You cannot change your nick while you are banned or muted in this channel (+b)",
    ":BOB PART #tea",
    ":BOB NICK dan",
  ]);
  await receive(cat);
  assertEquals(await ask(cat, "NICK eve"), [":cat NICK eve"]);
});
