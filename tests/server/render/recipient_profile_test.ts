/** Recipient profiles: each is made once and removed later, so that no client can make them endlessly. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RecipientProfiles } from "../../../lib/server/render/recipient_profile.ts";
import { capabilities, capabilityBits, type CapabilityName } from "../../../lib/irc/capabilities.ts";
import { encodeLine } from "../../../lib/net/encode.ts";
import { story } from "../../support/story.ts";

const names = (Object.keys(capabilities) as CapabilityName[]).filter((name) => capabilityBits[name] !== 0);

/** The set of capabilities with this number; each number has another set. */
function setOf(number: number): CapabilityName[] {
  return names.filter((_, at) => number & (1 << at));
}

Deno.test("equal profiles are one object, and unused ones are removed when there are many", () => {
  const profiles = new RecipientProfiles(encodeLine);
  const readers = [5, 700].map((number) => ({ profile: profiles.profileFor(setOf(number), "line") }));
  for (let number = 0; number < 1000; number++) profiles.profileFor(setOf(number), "line");
  assertEquals(profiles.size, 1000);
  profiles.removeUnused(readers);
  assertEquals(profiles.size, 2);
  assert(profiles.profileFor(setOf(700), "line") === readers[1]?.profile);
  const made = Array.from({ length: 998 }, (_, at) => profiles.profileFor(setOf(at), "text").index);
  const indexes = new Set([...made, ...readers.map(({ profile }) => profile.index)]);
  assertEquals([indexes.size, Math.max(...indexes)], [1000, 999]);
});

Deno.test("a few unused profiles stay", () => {
  const profiles = new RecipientProfiles(encodeLine);
  const kind = profiles.profileFor(setOf(3), "line");
  profiles.removeUnused([]);
  assert(profiles.profileFor(setOf(3), "line") === kind);
});

story("a client that asks for many sets of capabilities leaves no profiles behind", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  for (let number = 1; number < 300; number++) {
    bob.send(
      `CAP REQ :${names.map((name) => number & (1 << names.indexOf(name)) ? name : `-${name}`).join(" ")}`,
    );
  }
  await bob.lines();
  assert(chat.hub.profiles.size > 200);
  chat.hub.sweep();
  assertEquals(chat.hub.profiles.size, 2);
  bob.send(`CAP REQ :${names.map((name) => `-${name}`).join(" ")}`, "CAP REQ server-time");
  await bob.lines();
  ann.send("PRIVMSG #tea :hi");
  assertMatch(await bob.next(/ PRIVMSG /), /^@time=\S+ :ann!\S+ PRIVMSG #tea :hi$/);
});
