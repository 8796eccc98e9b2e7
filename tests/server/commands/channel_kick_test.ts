/** KICK: which ranks can kick which members. */
import { assertEquals } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

story("KICK is sent to all with its reason, or the kicker's nick, and removes people", {
  settings: { reasonLength: 20 },
}, async (chat) => {
  const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
  assertEquals(await ask(ann, "KICK #TEA bob :too much sugar, far too much"), [
    ":ann KICK #tea bob :too much sugar, far ",
  ]);
  assertEquals(await receive(bob), [":ann KICK #tea bob :too much sugar, far "]);
  assertEquals(await ask(ann, "KICK #tea cat"), [":ann KICK #tea cat ann"]);
  assertEquals(await receive(cat), [":ann KICK #tea bob :too much sugar, far ", ":ann KICK #tea cat ann"]);
  assertEquals(
    await ask(bob, "PRIVMSG #tea :hello?").then((lines) => lines[0]?.slice(0, 24)),
    ":chat.test 404 bob #tea ",
  );
  assertEquals(await ask(ann, "KICK #tea ann :bye"), [":ann KICK #tea ann bye"]);
  assertEquals(chat.state.channels.size, 0);
});

story("KICK removes several people, and continues after a refusal", async (chat) => {
  const [ann] = await chat.join("#tea", "ann", "bob", "cat");
  await chat.peer("dan");
  assertEquals(await ask(ann, "KICK #tea bob,eve,dan,cat :closing time"), [
    ":ann KICK #tea bob :closing time",
    ":chat.test 401 ann eve :No such nick/channel",
    ":chat.test 441 ann dan #tea :They aren't on that channel",
    ":ann KICK #tea cat :closing time",
  ]);
});

story(
  "KICK accepts as many channels as nicks, refuses different numbers, and serves the first eight",
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    await ann.join("#den");
    await bob.join("#den");
    await receive(ann);
    assertEquals(await ask(ann, "KICK #tea,#none,#den bob,bob,bob", "KICK #tea,#den bob", "KICK #tea"), [
      ":ann KICK #tea bob ann",
      ":chat.test 403 ann #none :No such channel",
      ":ann KICK #den bob ann",
      ":chat.test 461 ann KICK :Not enough parameters",
      ":chat.test 461 ann KICK :Not enough parameters",
    ]);
    await bob.join("#tea");
    await receive(ann);
    assertEquals(await ask(ann, "KICK #tea bob,b,c,d,e,f,g,h,i,j"), [
      ":ann KICK #tea bob ann",
      ..."bcdefgh".split("").map((nick) => `:chat.test 401 ann ${nick} :No such nick/channel`),
      ":chat.test 407 ann i,j :Too many targets: only the first 8 were served, not these",
    ]);
  },
);

story("KICK is refused to users outside and to members without rank, once", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob", "eve");
  const cat = await chat.peer("cat");
  assertEquals(await ask(cat, "KICK #tea bob,eve", "KICK #none bob"), [
    ":chat.test 442 cat #tea :You're not on that channel",
    ":chat.test 403 cat #none :No such channel",
  ]);
  await ask(ann, "MODE #tea +vs bob");
  await receive(bob);
  assertEquals(await ask(bob, "KICK #tea ann,eve"), [
    ":chat.test 482 bob #tea :You're not channel operator",
  ]);
  assertEquals(await ask(cat, "KICK #tea bob"), [":chat.test 403 cat #tea :No such channel"]);
});

/** The members that each rank can kick; bob kicks, cat is kicked. */
const pairs: readonly (readonly [kicker: string, victim: string, allowed: boolean])[] = [
  ["h", "", true],
  ["h", "v", true],
  ["h", "h", false],
  ["h", "o", false],
  ["o", "h", true],
  ["o", "o", true],
  ["o", "a", false],
  ["o", "q", false],
  ["a", "o", true],
  ["a", "a", false],
  ["a", "q", false],
  ["q", "a", true],
  ["q", "q", true],
];

for (const [kicker, victim, allowed] of pairs) {
  story(
    `KICK by +${kicker} of ${victim === "" ? "a member without rank" : `+${victim}`} is ${
      allowed ? "done" : "refused"
    }`,
    async (chat) => {
      const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
      makeFounder(chat, "ann");
      await ask(ann, `MODE #tea +${kicker}${victim} bob cat`);
      await receive(bob);
      await receive(cat);
      const [answer] = await ask(bob, "KICK #tea cat");
      assertEquals(
        answer,
        allowed ? ":bob KICK #tea cat bob" : ":chat.test 482 bob #tea :You're not channel operator",
      );
    },
  );
}

/** Founders come with registered channels, which do not matter in these tests. */
function makeFounder(chat: Chat, nick: string): void {
  const member = chat.state.channel("#tea")?.members.get(chat.state.find(nick) ?? fail(nick));
  if (member !== undefined) member.prefixes = "~";
}

function fail(nick: string): never {
  throw new Error(`${nick} is not here`);
}

story("a list of targets without a target is refused", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const lists = ["PRIVMSG , :hi", "NOTICE ,, :hi", "TAGMSG ,", "KICK #tea ,", "WHOWAS ,", "ACCEPT ,"];
  assertEquals(await ask(ann, ...lists), [
    ":chat.test 411 ann :No recipient given (PRIVMSG)",
    ":chat.test 411 ann :No recipient given (NOTICE)",
    ":chat.test 411 ann :No recipient given (TAGMSG)",
    ":chat.test 461 ann KICK :Not enough parameters",
    ":chat.test 431 ann :No nickname given",
    ":chat.test 461 ann ACCEPT :Not enough parameters",
  ]);
});
