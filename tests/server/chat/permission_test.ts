/** Channel modes that refuse users: joining (i k l R) and speaking (n m C), and messages to ranks (STATUSMSG). */
import { assertEquals } from "@std/assert";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const refusals: readonly (readonly [modes: string, join: string, answer: string])[] = [
  ["+i", "JOIN #tea", "473 bob #tea :Cannot join channel (+i)"],
  ["+k green", "JOIN #tea", "475 bob #tea :Cannot join channel (+k)"],
  ["+k green", "JOIN #tea Green", "475 bob #tea :Cannot join channel (+k)"],
  ["+l 1", "JOIN #tea", "471 bob #tea :Cannot join channel (+l)"],
  ["+R", "JOIN #tea", "477 bob #tea :Cannot join channel (+R)"],
];

for (const [modes, join, answer] of refusals) {
  story(`${join} is refused with ${modes}, and the other users see nothing`, async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    await ask(ann, `MODE #tea ${modes}`);
    const bob = await chat.peer("bob");
    assertEquals(await ask(bob, join), [`:chat.test ${answer}`]);
    assertEquals(await receive(ann), []);
  });
}

story("JOIN with +R needs an account, and with +l fewer members than the limit", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ask(ann, "MODE #tea +Rl 2");
  const bob = await chat.peer("bob");
  const user = chat.state.find("bob");
  if (user !== undefined) user.account = "bob";
  assertEquals((await ask(bob, "JOIN #tea"))[0], ":bob JOIN #tea");
});

const speech: readonly (readonly [modes: string, line: string, answer: string])[] = [
  ["+m", "PRIVMSG #tea :hi", "Only members with voice or a higher rank can speak in this channel (+m)"],
  ["+m", "TAGMSG #tea", "Only members with voice or a higher rank can speak in this channel (+m)"],
  ["+C", "PRIVMSG #tea :\x01VERSION\x01", "This channel does not allow CTCP requests (+C)"],
];

for (const [modes, line, answer] of speech) {
  story(`${line.split(" ")[0]} of a member is refused with ${modes}: ${answer}`, async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    await ask(ann, `MODE #tea ${modes}`);
    await receive(bob);
    assertEquals(await ask(bob, line), [`:chat.test 404 bob #tea :${answer}`]);
    assertEquals(
      await ask(bob, line.replace("PRIVMSG", "NOTICE")).then((lines) => lines.length),
      line.startsWith("TAG") ? 1 : 0,
    );
    assertEquals(await receive(ann), []);
  });
}

story("+C allows /me, +m allows members with voice", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ask(ann, "MODE #tea +Cmv bob");
  await ask(bob, "PRIVMSG #tea :\x01ACTION pours\x01");
  assertEquals(await receive(ann), [":bob PRIVMSG #tea :\x01ACTION pours\x01"]);
});

story("+n refuses messages from outside; without it +m and bans still do", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob");
  const answers: string[] = [];
  for (const modes of ["+n", "-n+m", "-m+b bob", "+s"]) {
    await ask(ann, `MODE #tea ${modes}`);
    answers.push(
      ...(await ask(bob, "PRIVMSG #tea :hi")).map((line) => line.slice(11, 14) + line.slice(-5)),
    );
  }
  assertEquals(answers, ["404 (+n)", "404 (+m)", "404 (+b)", "403annel"]);
  await ask(ann, "MODE #tea -bs bob");
  assertEquals(await ask(bob, "PRIVMSG #tea :hi"), []);
  assertEquals(await receive(ann), [":bob PRIVMSG #tea hi"]);
});

story("@#tea reaches operators and above, and they see the prefix", async (chat) => {
  const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
  await ask(ann, "MODE #tea +v cat");
  await receive(cat);
  assertEquals(await ask(bob, "PRIVMSG @#TEA :help"), [":ann MODE #tea +v cat"]);
  assertEquals(await receive(ann), [":bob PRIVMSG @#tea help"]);
  assertEquals(await receive(cat), []);
  await ask(bob, "NOTICE @+#tea :hello");
  assertEquals(await receive(ann), [":bob NOTICE +#tea hello"]);
  assertEquals(await receive(cat), [":bob NOTICE +#tea hello"]);
});

story("@#tea returns to its sender with echo-message, and is refused like #tea", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob", { caps: ["echo-message"] });
  assertEquals((await ask(bob, "PRIVMSG @#tea :help"))[0]?.slice(0, 24), ":chat.test 404 bob #tea ");
  await bob.join("#tea");
  assertEquals(await ask(bob, "PRIVMSG @#tea :help"), [":bob PRIVMSG @#tea help"]);
  assertEquals((await receive(ann)).at(-1), ":bob PRIVMSG @#tea help");
  assertEquals(await ask(bob, "PRIVMSG @#none :x", "PRIVMSG x#tea :x"), [
    ":chat.test 403 bob #none :No such channel",
    ":chat.test 401 bob x#tea :No such nick/channel",
  ]);
});
