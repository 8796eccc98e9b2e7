/** The channels that a client joins again, with their keys. */
import { assertEquals } from "@std/assert";
import { turn, WiredClient } from "./wired_client.ts";

const joins = async (bob: WiredClient) =>
  (await bob.server.sent()).filter((line) => line.startsWith("JOIN")).sort();

async function reconnect(bob: WiredClient): Promise<void> {
  const { server } = bob;
  server.abort();
  while (bob.server === server) await turn();
  await bob.server.say(":srv CAP * LS :", ":srv 001 bob :Hi", ":srv 376 bob :End");
}

Deno.test("a channel with a key is joined again with its key, and remembered with it", async () => {
  await using bob = new WiredClient({ channels: ["#tea", "#den brown"] });
  await bob.enter();
  bob.client.join("#bar", "green");
  await bob.server.say(":bob!b@host JOIN #bar", ":bob!b@host JOIN #den");
  await reconnect(bob);
  assertEquals(await joins(bob), ["JOIN #bar green", "JOIN #den brown", "JOIN #tea"]);
  assertEquals(bob.client.rememberedChannels, ["#tea", "#den brown", "#bar green"]);
});

Deno.test("a key that somebody sets, changes or removes is the key of the next join", async () => {
  await using bob = new WiredClient({ channels: ["#tea old"] });
  await bob.enter();
  await bob.server.say(":ann!a@h MODE #tea +k new");
  assertEquals(bob.client.rememberedChannels, ["#tea new"]);
  await bob.server.say(":ann!a@h MODE #tea +kn *");
  assertEquals(bob.client.rememberedChannels, ["#tea new"]);
  await bob.server.say(":ann!a@h MODE #tea -k *");
  assertEquals(bob.client.rememberedChannels, ["#tea"]);
});

Deno.test("a remembered channel that refuses us is shown, stays remembered, and is tried at the next connect", async () => {
  await using bob = new WiredClient({ channels: ["#tea", "#den"] });
  await bob.enter();
  await bob.server.say(":srv 475 bob #den :Cannot join channel (+k)");
  assertEquals(bob.client.state.buffers.get("#den" as never)?.joined, false);
  assertEquals([bob.client.wantedChannels, bob.client.rememberedChannels], [["#tea"], ["#tea", "#den"]]);
  await reconnect(bob);
  assertEquals(await joins(bob), ["JOIN #den", "JOIN #tea"]);
  bob.client.removeBuffer("#den");
  assertEquals(bob.client.rememberedChannels, ["#tea"]);
});

Deno.test("a refused channel that is new is forgotten, and one that we were kicked from is not joined again", async () => {
  await using bob = new WiredClient({ channels: ["#tea green"] });
  await bob.enter();
  bob.client.join("#typo");
  await bob.server.say(":srv 473 bob #typo :Cannot join channel (+i)", ":ann!a@h KICK #tea bob :out");
  assertEquals(bob.client.rememberedChannels, []);
  await bob.server.sent();
  bob.client.join("#tea");
  assertEquals(await joins(bob), ["JOIN #tea green"]);
});
