/** NICK: the refusals, and a change of the nick. */
import { assert, assertEquals } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";

story("NICK refuses empty, malformed and taken nicks", refusedNicks);
story("NICK is sent once to everyone in the same channels", rename);
story("NICK accepts the user's own nick in another case", renameCase);

async function refusedNicks(chat: Chat): Promise<void> {
  await chat.peer("ann");
  const bob = await chat.peer("bob");
  bob.send("NICK", "NICK :", "NICK 1bob", "NICK b@b", `NICK ${"b".repeat(33)}`, "NICK ANN");
  assertEquals(await bob.lines(), [
    ":chat.test 431 bob :No nickname given",
    ":chat.test 431 bob :No nickname given",
    ":chat.test 432 bob 1bob :Erroneous nickname",
    ":chat.test 432 bob b@b :Erroneous nickname",
    `:chat.test 432 bob ${"b".repeat(33)} :Erroneous nickname`,
    ":chat.test 433 bob ANN :Nickname is already in use",
  ]);
}

async function rename(chat: Chat): Promise<void> {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ann?.join("#den");
  await bob?.join("#den");
  await ann?.lines();
  ann?.send("NICK anna");
  const received = [/^:ann!~ann@\S+ NICK :?anna$/];
  const seen = await bob?.lines() ?? [];
  assertEquals(seen.length, received.length);
  assert(received[0]?.test(seen[0] ?? ""), seen[0]);
}

async function renameCase(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  ann.send("NICK Ann");
  assert(/^:ann!\S+ NICK :?Ann$/.test((await ann.lines())[0] ?? ""));
}
