/** MARKREAD: markers only move forward, and only the user's own devices get them. */
import { assertEquals } from "@std/assert";
import { loggedIn, password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const caps = ["draft/read-marker"];
const [one, two, three] = ["2026-01-01T00:00:01.000Z", "2026-01-01T00:00:02.000Z", "2026-01-01T00:00:03.000Z"]
  .map((time) => `timestamp=${time}`);

story("MARKREAD sets a marker, and never moves it backwards", moves);
story("the marker of a private conversation stays with the person, whatever the nick", renamed);
story("the markers of a guest follow nicks, and the guest keeps them when it registers", guests);
story("a marker of a conversation without a message is not stored", invented);
story("MARKREAD refuses invalid targets and times", refusals);
story("JOIN sends the marker before the end of the names", joining);
story("the other devices of an account get its marker, and it survives their connections", devices);
story("nobody gets the markers of another user, also not a user who takes the nick", secret);
story(
  "a marker cannot be set to a future time",
  { now: () => Date.parse("2026-01-01T00:00:02.000Z") },
  future,
);

async function moves(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  const cases: [command: string, answer: string][] = [
    ["#tea", "#tea *"],
    [`#tea ${two}`, `#tea ${two}`],
    [`#tea ${one}`, `#tea ${two}`],
    [`#TEA ${three}`, `#TEA ${three}`],
    ["#tea", `#tea ${three}`],
    ["bob", "bob *"],
    [`bob ${one}`, `bob ${one}`],
  ];
  for (const [command, answer] of cases) {
    assertEquals(await ask(ann, `MARKREAD ${command}`), [`:chat.test MARKREAD ${answer}`], command);
  }
}

async function renamed(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const bob = await registered(chat, "bob");
  const cat = await chat.peer("cat");
  const phone = await loggedIn(chat, "ann", { caps });
  const marker = async (target: string) =>
    (await ask(phone, `MARKREAD ${target}`)).map((line) => line.split(" ").at(-1)).join("");
  await ask(bob, "NICK bob8", "PRIVMSG ann :hello");
  await ask(cat, "PRIVMSG ann :hello");
  for (const peer of [ann, phone]) await peer.lines();
  await ask(ann, `MARKREAD bob8 ${two}`, `MARKREAD cat ${one}`);
  assertEquals(await receive(phone), [
    `:chat.test MARKREAD bob8 ${two}`,
    `:chat.test MARKREAD cat ${one}`,
  ]);
  // The marker belongs to the person.
  await ask(bob, "NICK robert");
  await ask(cat, "NICK kitten");
  assertEquals([await marker("robert"), await marker("kitten")], [two, one]);
  // A client that did not see the change asks for the old nick.
  assertEquals([await marker("bob8"), await marker("cat")], [two, one]);
  // Somebody else who takes the nick has no marker, and moves none.
  const other = await chat.peer("cat");
  assertEquals(await marker("cat"), "*");
  await ask(ann, `MARKREAD cat ${two}`);
  await receive(phone);
  assertEquals([await marker("cat"), await marker("kitten")], [two, one]);
  // It stays when the person goes offline, and when a guest registers.
  await quit(bob);
  assertEquals([await marker("robert"), await marker("bob")], [two, two]);
  cat.send(`REGISTER * * ${password}`);
  await cat.next(/ REGISTER SUCCESS /);
  assertEquals(await marker("kitten"), one);
  await quit(cat);
  await quit(other);
  assertEquals([await marker("kitten"), await marker("cat")], [one, one]);
}

async function guests(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  const bob = await chat.peer("bob", { caps });
  const dan = await chat.peer("dan", { caps });
  await write(chat);
  await ask(ann, `MARKREAD bob ${two}`, `MARKREAD #tea ${one}`);
  await ask(dan, `MARKREAD ann ${one}`, "PRIVMSG ann :hello");
  await ask(bob, "NICK robert");
  assertEquals(await ask(ann, "MARKREAD robert"), [
    ":dan PRIVMSG ann hello",
    `:chat.test MARKREAD robert ${two}`,
  ]);
  ann.send(`REGISTER * * ${password}`);
  await ann.next(/ REGISTER SUCCESS /);
  await ann.lines();
  assertEquals(await ask(ann, "MARKREAD robert", "MARKREAD #tea"), [
    `:chat.test MARKREAD robert ${two}`,
    `:chat.test MARKREAD #tea ${one}`,
  ]);
  assertEquals(await ask(dan, "MARKREAD ann"), [`:chat.test MARKREAD ann ${one}`]);
  await quit(ann);
  const later = await loggedIn(chat, "ann", { caps });
  assertEquals(await ask(later, "MARKREAD #tea"), [`:chat.test MARKREAD #tea ${one}`]);
}

async function refusals(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  const cases: [command: string, answer: string][] = [
    ["", "NEED_MORE_PARAMS :Missing parameters"],
    ["#tea *", "INVALID_PARAMS #tea :The time must have the form timestamp=2026-01-31T15:04:05.678Z"],
    ["#tea noon", "INVALID_PARAMS #tea :The time must have the form timestamp=2026-01-31T15:04:05.678Z"],
    [
      "#tea timestamp=2026-13-01T00:00:00.000Z",
      "INVALID_PARAMS #tea :The time must have the form timestamp=2026-01-31T15:04:05.678Z",
    ],
    ["*!*@*", "INVALID_PARAMS *!*@* :The target is neither a channel nor a nick"],
  ];
  for (const [command, answer] of cases) {
    assertEquals(await ask(ann, `MARKREAD ${command}`), [`:chat.test FAIL MARKREAD ${answer}`], command);
  }
}

async function joining(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  const bob = await chat.peer("bob");
  const commands = async (lines: Promise<string[]>) =>
    (await lines).map((line) => line.split(" ").slice(1, -1).join(" "));
  assertEquals(await commands(ask(ann, "JOIN #tea")), [
    "JOIN",
    "MARKREAD #tea",
    "353 ann = #tea",
    "366 ann #tea :End of /NAMES",
  ]);
  await ask(ann, `MARKREAD #tea ${one}`, "PART #tea");
  assertEquals((await ask(ann, "JOIN #tea"))[1], `:chat.test MARKREAD #tea ${one}`);
  assertEquals((await ask(bob, "JOIN #tea")).filter((line) => line.includes("MARKREAD")), []);
}

async function devices(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const phone = await loggedIn(chat, "ann", { caps });
  const old = await loggedIn(chat, "ann");
  await write(chat);
  for (const one of [ann, phone]) await one.lines();
  await ask(ann, `MARKREAD #tea ${two}`);
  assertEquals(await receive(phone), [`:chat.test MARKREAD #tea ${two}`]);
  assertEquals(await receive(old), []);
  await ask(phone, `MARKREAD #tea ${one}`);
  assertEquals(await receive(ann), []);
  for (const device of [ann, phone, old]) await quit(device);
  const later = await loggedIn(chat, "ann", { caps });
  assertEquals(await ask(later, "MARKREAD #tea"), [`:chat.test MARKREAD #tea ${two}`]);
}

/** Somebody writes in #tea, so there is something to read. */
async function write(chat: Chat): Promise<void> {
  const eve = await chat.peer("eve");
  await eve.join("#tea");
  await ask(eve, "PRIVMSG #tea :hello");
}

async function invented(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  for (const target of ["#x1", "#x2", "nobody"]) await ask(ann, `MARKREAD ${target} ${two}`);
  assertEquals(await ask(ann, "MARKREAD #x1"), [`:chat.test MARKREAD #x1 ${two}`]);
  assertEquals(chat.state.store?.transfer().state(() => false).markers, []);
}

async function secret(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  const bob = await chat.peer("bob", { caps });
  for (const peer of [ann, bob]) await peer.join("#tea");
  await ann.lines();
  await ask(ann, `MARKREAD #tea ${one}`);
  assertEquals(await receive(bob), []);
  assertEquals(await ask(bob, "MARKREAD #tea"), [":chat.test MARKREAD #tea *"]);
  await quit(ann);
  const other = await chat.peer("ann", { caps });
  assertEquals(await ask(other, "MARKREAD #tea"), [":chat.test MARKREAD #tea *"]);
}

async function future(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  assertEquals(await ask(ann, `MARKREAD #tea ${three}`), [`:chat.test MARKREAD #tea ${two}`]);
}

async function quit(peer: Peer): Promise<void> {
  peer.send("QUIT");
  await peer.closed();
}
