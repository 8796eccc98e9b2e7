/** Warnings about what is nearly full, and the limits of accounts and registered channels. */
import { assertEquals } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";
import { makeOperator, password, registered } from "../../support/account.ts";
import { startChat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";
import { granted } from "../../support/permissions.ts";

const startsAt = 1_700_000_000_000;

Deno.test({
  name: "operators and the log are warned once when the history has 80 % of its limit",
  ignore: !granted("net"),
  async fn() {
    const store = openStore({ retention: { ageMs: 0, count: 0, totalBytes: 10_000 } });
    await using chat = startChat({ startsAt, store });
    const ann = await registered(chat, "ann");
    makeOperator(chat, "ann");
    await ann.join("#tea");
    const warned = async (count: number) => {
      await ask(ann, ...Array.from({ length: count }, () => `PRIVMSG #tea :${"x".repeat(400)}`));
      chat.clock.nowMs += 60_000;
      chat.hub.sweep();
      return (await receive(ann)).filter((line) => line.includes("The history has"));
    };
    assertEquals(await warned(10), []);
    const sentence =
      "The history has 8.4 KiB of 9.8 KiB; when it is full, the largest conversations lose their oldest " +
      "messages. Raise --history-total, or lower --keep-for or --keep-messages";
    assertEquals(await warned(9), [`:chat.test NOTICE ann :${sentence}`]);
    assertEquals(await warned(1), []);
    assertEquals(chat.log.filter((line) => line.includes(sentence)).length, 1);
  },
});

story("accounts and registered channels have a limit", {
  settings: { accountsTotal: 2, channelsTotal: 1 },
}, async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  const cat = await chat.peer("cat");
  assertEquals(await ask(cat, `REGISTER * * ${password}`), [
    ":chat.test FAIL REGISTER TEMPORARILY_UNAVAILABLE cat :Cannot register: this server has as many accounts as it " +
    "allows; ask an operator for one",
  ]);
  await ann.join("#tea");
  await bob.join("#den");
  assertEquals(chat.state.channel("#tea")?.registration?.founder, "ann");
  assertEquals(chat.state.channel("#den")?.registration, undefined);
  assertEquals(await ask(bob, "MODE #den +r"), [
    ":chat.test FAIL MODE TOO_MANY_CHANNELS #den :This server has as many registered channels as it allows; ask an operator",
  ]);
});

story("joining and leaving invented channels stores nothing", async (chat) => {
  const ann = await chat.peer("ann");
  const names = Array.from({ length: 20 }, (_, at) => `#x${at}`);
  const acts = names.flatMap((name) => [`JOIN ${name}`, `MODE ${name} +kb key bob`]);
  await ask(ann, ...acts, ...names.map((name) => `PART ${name}`));
  const { store } = chat.state;
  store?.commit();
  assertEquals([store?.historyFill.bytes, store?.closed.all(), store?.conversations.find("#x0")], [
    0,
    [],
    undefined,
  ]);
  assertEquals([...store?.conversations.cached() ?? []].length, 0);
});
