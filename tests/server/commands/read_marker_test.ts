/** MARKREAD: markers only move forward, and only the user's own devices get them. */
import { assertEquals } from "@std/assert";
import { loggedIn, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const caps = ["draft/read-marker"];
const [one, two, three] = ["2026-01-01T00:00:01.000Z", "2026-01-01T00:00:02.000Z", "2026-01-01T00:00:03.000Z"]
  .map((time) => `timestamp=${time}`);

story("MARKREAD sets a marker, and never moves it backwards", moves);
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
  await ann.lines();
  await ask(ann, `MARKREAD #tea ${two}`);
  assertEquals(await receive(phone), [`:chat.test MARKREAD #tea ${two}`]);
  assertEquals(await receive(old), []);
  await ask(phone, `MARKREAD #tea ${one}`);
  assertEquals(await receive(ann), []);
  for (const device of [ann, phone, old]) await quit(device);
  const later = await loggedIn(chat, "ann", { caps });
  assertEquals(await ask(later, "MARKREAD #tea"), [`:chat.test MARKREAD #tea ${two}`]);
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
