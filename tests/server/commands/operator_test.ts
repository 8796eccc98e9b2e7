/** OPER, KILL, WALLOPS, REHASH, CHGHOST: running the server. */
import { assertEquals } from "@std/assert";
import { makeVerifier } from "../../../lib/irc/scram.ts";
import type { Chat, ChatOptions } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

const operators = new Map([["root", await makeVerifier("open sesame", 4096)]]);
const wrong = (nick: string) => `:chat.test 464 ${nick} :Password incorrect`;

/** A chat in which ann is operator and bob and cat are not, all in #tea. */
interface Operated {
  readonly chat: Chat;
  readonly ann: Peer;
  readonly bob: Peer;
  readonly cat: Peer;
}

/** Registers a test with an operator and two other people. */
function operatorStory(
  name: string,
  act: (operated: Operated) => Promise<void>,
  options: ChatOptions = {},
): void {
  story(name, { operators, ...options }, async (chat) => {
    const [ann, bob, cat] = await chat.join("#tea", "ann", "bob", "cat");
    await ask(ann, "OPER root :open sesame");
    await act({ chat, ann, bob, cat });
  });
}

operatorStory(
  "OPER with the correct name and password makes an operator, and operators get a notice",
  async ({ ann, bob }) => {
    assertEquals(await ask(bob, "OPER root :open sesame"), [
      ":bob MODE bob +o",
      ":chat.test 381 bob :You are now an IRC operator",
      ':chat.test NOTICE bob :bob!~bob@bob.localhost is now operator "root"',
    ]);
    assertEquals(await receive(ann), [
      ':chat.test NOTICE ann :bob!~bob@bob.localhost is now operator "root"',
    ]);
    assertEquals(await ask(bob, "MODE bob -o", "KILL ann"), [
      ":bob MODE bob -o",
      ":chat.test 481 bob :Permission Denied- You're not an IRC operator",
    ]);
  },
);

operatorStory("nobody takes a nick that looks like the one of an operator", async ({ ann, bob, cat }) => {
  const asked = (nick: string) => `NICK ${nick}`;
  await ask(ann, asked("paul"));
  await ask(cat, asked("caro1"));
  assertEquals(
    (await ask(bob, asked("pau1"), asked("carol"))).filter((line) => !line.includes("paul NICK")).slice(-2),
    [
      ":chat.test 433 bob pau1 :Nickname is already in use: it looks like paul",
      ":bob NICK carol",
    ],
  );
});

story("OPER refuses unknown names and wrong passwords alike, and soon limits attempts", {
  operators,
  startsAt: 0,
}, async (chat) => {
  const ann = await chat.peer("ann");
  const guesses = [
    "OPER root",
    "OPER root sesame",
    "OPER nobody :open sesame",
    ...Array(4).fill("OPER root x"),
  ];
  assertEquals(await ask(ann, ...guesses), [
    ":chat.test 461 ann OPER :Not enough parameters",
    ...Array(5).fill(wrong("ann")),
    ":chat.test 263 ann OPER :Please wait a while and try again.",
  ]);
  assertEquals((await ask(ann, "OPER root :open sesame")).length, 1);
  chat.clock.nowMs += 30_000;
  assertEquals((await ask(ann, "OPER root :open sesame")).length, 3);
  assertEquals(chat.entries.filter(([name]) => name === "operator login failed").length, 5);
});

story("OPER is refused over an unencrypted network", { operators }, async (chat) => {
  await using ann = await visit(chat.hub, "10.1.2.3", "ann");
  await using bob = await visit(chat.hub, "10.1.2.3", "bob", { secure: true });
  assertEquals(await ask(ann, "OPER root :open sesame"), [
    ":chat.test 491 ann :Passwords need an encrypted connection: connect with ircs://",
  ]);
  assertEquals((await ask(bob, "OPER root :open sesame")).length, 3);
});

operatorStory("KILL disconnects a user with a reason that all see", async ({ chat, ann, bob, cat }) => {
  assertEquals(await ask(ann, "KILL bob :too loud", "KILL nobody", "KILL"), [
    ":chat.test NOTICE ann :ann killed bob!~bob@bob.localhost: too loud",
    ":bob QUIT :Killed (ann (too loud))",
    ":chat.test 401 ann nobody :No such nick/channel",
    ":chat.test 461 ann KILL :Not enough parameters",
  ]);
  assertEquals(await bob.closed(), [
    ":ann!~ann@ann.localhost KILL bob :too loud",
    "ERROR :Closing link: Killed (ann (too loud))",
  ]);
  assertEquals(await receive(cat), [":bob QUIT :Killed (ann (too loud))"]);
  assertEquals(chat.state.users.size, 2);
  assertEquals(chat.state.sessions.size, 2);
});

operatorStory("KILL works on the operator's own nick", async ({ chat, ann }) => {
  ann.send("KILL ann :enough");
  assertEquals((await ann.closed()).at(-1), "ERROR :Closing link: Killed (ann (enough))");
  assertEquals(chat.state.find("ann"), undefined);
});

operatorStory(
  "WALLOPS reaches only users with mode w, and only operators can send it",
  async ({ ann, bob, cat }) => {
    await ask(bob, "MODE bob +w");
    assertEquals(await ask(ann, "WALLOPS :back at eight", "WALLOPS :"), [
      ":chat.test NOTE WALLOPS SENT :1 of 3 users get it: those with +w",
      ":chat.test 461 ann WALLOPS :Not enough parameters",
    ]);
    assertEquals([await receive(bob), await receive(cat)], [[":ann WALLOPS :back at eight"], []]);
    assertEquals(await ask(bob, "WALLOPS :me too"), [
      ":chat.test 481 bob :Permission Denied- You're not an IRC operator",
    ]);
  },
);

let reread = () => ({ operators, motd: ["new words"] });

operatorStory(
  "REHASH reads the files again; if that fails, nothing changes",
  async ({ ann, bob }) => {
    assertEquals(await ask(ann, "REHASH"), [
      ":chat.test 382 ann chat.test Rehashing",
      ":chat.test NOTICE ann :ann made the server read its files again",
    ]);
    reread = () => {
      throw new Error("Cannot read the motd: it is gone");
    };
    assertEquals(await ask(ann, "REHASH"), [":chat.test 424 ann :Cannot read the motd: it is gone"]);
    assertEquals((await ask(bob, "MOTD"))[1], ":chat.test 372 bob :- new words");
  },
  { motd: ["old words"], reread: () => reread() },
);

operatorStory(
  "CHGHOST changes the visible host: clients with chghost get CHGHOST, others a QUIT and a JOIN",
  async ({ ann, bob, cat }) => {
    await ask(bob, "CAP REQ chghost");
    await ask(ann, "MODE #tea +v cat");
    for (const one of [bob, cat]) await receive(one);
    ann.send("CHGHOST cat cats.example", "CHGHOST cat :a b", "CHGHOST nobody h");
    assertEquals(await ann.lines(), [
      ":cat!~cat@cat.localhost QUIT :Changing host",
      ":cat!~cat@cats.example JOIN #tea",
      ":chat.test MODE #tea +v cat",
      ":chat.test 400 ann CHGHOST :The host can have up to 63 letters, digits and the characters ./:-_",
      ":chat.test 401 ann nobody :No such nick/channel",
    ]);
    assertEquals(await bob.lines(), [":cat!~cat@cat.localhost CHGHOST ~cat cats.example"]);
    assertEquals(await cat.lines(), [":chat.test 396 cat cats.example :is now your visible host"]);
    await ask(cat, "PRIVMSG #tea :hello");
    assertEquals(await bob.lines(), [":cat!~cat@cats.example PRIVMSG #tea :hello"]);
  },
);
