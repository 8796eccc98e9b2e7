/** The past that is closed: to people who were banned then, and to ranks of a channel that was made anew. */
import { assertEquals } from "@std/assert";
import { fold } from "../../../lib/irc/names.ts";
import { firstStamp } from "../../../lib/irc/stamp.ts";
import { restoreChannels } from "../../../lib/server/apply/registered_channel.ts";
import { afterReset } from "../../../lib/server/chat/account_acts.ts";
import { maxPeriods, withPeriod } from "../../../lib/server/chat/closed_past.ts";
import { restoreSnapshot, takeSnapshot } from "../../../lib/server/cluster/snapshot.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { makeOperator, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { device } from "../../support/login.ts";
import { granted } from "../../support/permissions.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const onDisk = { ignore: !granted("read", "write") };
const caps = ["batch", "draft/message-redaction", "message-tags", "standard-replies"];

/** The words of the messages in an answer. */
async function words(peer: Peer, line: string): Promise<string> {
  const lines = await ask(peer, line);
  return lines.filter((one) => /PRIVMSG/.test(one)).map((one) => one.split(" ").at(-1)).join(" ");
}

/** ann says these words in #tea; returns the msgid of the last. */
async function say(ann: Peer, ...texts: string[]): Promise<string> {
  ann.send(...texts.map((text) => `PRIVMSG #tea ${text}`), "CHATHISTORY LATEST #tea * 1");
  const line = (await ann.lines()).find((one) => one.includes("PRIVMSG")) ?? "";
  return /msgid=([^; ]+)/.exec(line)?.[1] ?? "";
}

/** ann and bob in #tea; bob is banned, kicked, and something is said meanwhile. */
async function banned(chat: Chat, modes: string): Promise<{ ann: Peer; bob: Peer; msgid: string }> {
  const ann = await chat.peer("ann", { caps });
  const bob = await chat.peer("bob", { caps });
  await ann.join("#tea");
  await bob.join("#tea");
  await say(ann, "before");
  await ask(ann, `MODE #tea ${modes}`, "KICK #tea bob");
  const msgid = await say(ann, "secret");
  await receive(bob);
  return { ann, bob, msgid };
}

for (const modes of ["+b bob", "+b *!*@bob.localhost", "+b *!~bob@*"]) {
  story(
    `a user banned by ${modes} reads nothing of that time in the emptied channel, as operator`,
    async (chat) => {
      const { ann, bob, msgid } = await banned(chat, modes);
      await ask(ann, "PART #tea");
      for (const nick of ["bob", "eve"]) {
        await ask(bob, `NICK ${nick}`);
        assertEquals((await ask(bob, "JOIN #tea")).at(-2), `:chat.test 353 ${nick} = #tea @${nick}`);
        assertEquals(await words(bob, "CHATHISTORY LATEST #tea * 10"), "before");
        assertEquals(await words(bob, `CHATHISTORY AROUND #tea msgid=${msgid} 10`), "before");
        assertEquals(await words(bob, "SEARCH secret"), "");
        assertEquals(await ask(bob, `REDACT #tea ${msgid}`), [
          `:chat.test FAIL REDACT UNKNOWN_MSGID #tea ${msgid} :This message does not exist or is too old`,
        ]);
        await ask(bob, "PART #tea");
      }
      const cat = await chat.peer("cat", { caps });
      await cat.join("#tea");
      assertEquals(await words(cat, "CHATHISTORY LATEST #tea * 10"), "before secret");
    },
  );
}

story(
  "what was said during a ban stays closed after it; a member that stayed keeps what it got",
  async (chat) => {
    const { ann, bob } = await banned(chat, "+b bob");
    await ask(ann, "MODE #tea -b bob");
    await say(ann, "after");
    await ask(bob, "JOIN #tea");
    assertEquals(await words(bob, "CHATHISTORY LATEST #tea * 10"), "before after");
    await ask(ann, "MODE #tea +b bob");
    await say(ann, "again");
    await receive(bob);
    assertEquals(await words(bob, "CHATHISTORY LATEST #tea * 1"), "again");
    await ask(ann, "MODE #tea +e bob");
    assertEquals(await words(bob, "CHATHISTORY LATEST #tea * 10"), "before secret after again");
  },
);

story("a ban closes the past to the account, wherever it comes from", async (chat) => {
  const ann = await chat.peer("ann", { caps });
  const bob = await registered(chat, "bob");
  await ann.join("#tea");
  await bob.join("#tea");
  await ask(ann, "MODE #tea +b *!*@bob.localhost", "KICK #tea bob");
  await say(ann, "secret");
  bob.send("QUIT");
  await bob.closed();
  await ask(ann, "PART #tea");
  const { peer } = await device(chat, "bob", { nick: "rob", caps });
  const user = chat.state.find("rob") ?? chat.state.find("bob");
  user?.changeHost("elsewhere.example");
  await peer.join("#tea");
  assertEquals(await words(peer, "CHATHISTORY LATEST #tea * 10"), "");
});

story("a rank reaches what was said since the channel was made, not before", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat", { caps });
  const dan = await chat.peer("dan", { caps });
  await dan.join("#tea");
  const old = await say(dan, "old");
  await ask(ann, "PRIVMSG @#tea :plan");
  for (const peer of [ann, bob]) await ask(peer, "PART #tea");
  chat.state.find("dan")?.sessions[0]?.close("Quit");
  while (chat.state.channel("#tea") !== undefined) await receive(ann);
  await cat.join("#tea");
  assertEquals(await words(cat, "CHATHISTORY LATEST #tea * 10"), "old");
  assertEquals(await ask(cat, `REDACT #tea ${old}`), [
    `:chat.test FAIL REDACT REDACT_FORBIDDEN #tea ${old} :This message is from before the channel was made; only its sender can delete it`,
  ]);
  await bob.join("#tea");
  await ask(bob, "PRIVMSG #tea :new");
  const lines = await cat.lines();
  const fresh = /msgid=([^; ]+)/.exec(lines.at(-1) ?? "")?.[1] ?? "";
  assertEquals(await ask(cat, `REDACT #tea ${fresh}`), [`:cat REDACT #tea ${fresh}`]);
});

story("a ban ends the invitations from before it", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob");
  await ask(ann, "INVITE bob #tea", "MODE #tea +b bob");
  await receive(bob);
  assertEquals(await ask(bob, "JOIN #tea"), [":chat.test 474 bob #tea :Cannot join channel (+b)"]);
});

story("a server operator who becomes founder of a closed channel reads nothing from before", async (chat) => {
  const ann = await registered(chat, "ann");
  const root = await registered(chat, "root", { caps });
  makeOperator(chat, "root");
  await ann.join("#tea");
  await ask(ann, "MODE #tea +i", "PRIVMSG #tea :secret");
  await ask(root, "FOUNDER #tea root", "JOIN #tea");
  assertEquals(await words(root, "CHATHISTORY LATEST #tea * 10"), "");
  await ask(ann, "PRIVMSG #tea :hello");
  await receive(root);
  assertEquals(await words(root, "CHATHISTORY LATEST #tea * 10"), "hello");
  const ways = ["MODE #tea -i", "MODE #tea +e *", "INVITE ann #tea", "FOUNDER #tea ann"];
  assertEquals(
    (await ask(root, ...ways)).map((line) => line.split(" ")[3]),
    ways.map(() => "HISTORY_CLOSED"),
  );
});

story(
  "what was said to ranks is closed to an operator who takes the channel, or the account of a rank",
  async (chat) => {
    const [bob, cat, root] = [
      await registered(chat, "bob"),
      await registered(chat, "cat"),
      await registered(chat, "root", { caps }),
    ];
    const dan = await chat.peer("dan", { caps });
    makeOperator(chat, "root");
    for (const one of [bob, cat, root, dan]) await one.join("#tea");
    await ask(bob, "MODE #tea +o cat", "PRIVMSG #tea all", "PRIVMSG @#tea secret");
    for (const one of [root, dan]) await receive(one);
    await ask(root, "FOUNDER #tea root", "MODE #tea");
    assertEquals(await words(root, "CHATHISTORY LATEST #tea * 10"), "all");
    assertEquals((await ask(root, "MODE #tea +o dan")).map((line) => line.split(" ")[3]), ["HISTORY_CLOSED"]);
    const row = chat.state.accounts.find("cat");
    if (row !== undefined) {
      chat.state.store?.accounts.save(
        afterReset(row, row.verifier, "root", chat.state.stampNow()),
      );
    }
    cat.send("CAP REQ :batch");
    await receive(cat);
    assertEquals(await words(cat, "CHATHISTORY LATEST #tea * 10"), "all");
    assertEquals((await ask(cat, "MODE #tea +o dan")).map((line) => line.split(" ")[3]), ["HISTORY_CLOSED"]);
    await ask(bob, "MODE #tea +o dan", "PRIVMSG @#tea news");
    for (const one of [root, cat, dan]) await receive(one);
    assertEquals(await words(root, "CHATHISTORY LATEST #tea * 10"), "all news");
    assertEquals(await words(dan, "CHATHISTORY LATEST #tea * 10"), "all secret news");
  },
);

story("a snapshot keeps when a channel was made and when its members joined", async (chat) => {
  await chat.join("#tea", "ann");
  const { madeAt = 0, members } = chat.state.channel("#tea") ?? {};
  const joinedAt = members?.values().next().value?.joinedAt;
  restoreSnapshot(chat.state, takeSnapshot(chat.state));
  const restored = chat.state.channel("#tea");
  assertEquals([restored?.madeAt, restored?.members.values().next().value?.joinedAt], [madeAt, joinedAt]);
});

Deno.test("closed periods survive a restart, and end when the channel is made again", onDisk, () => {
  using place = temporaryFolder();
  const period = { masks: ["bob!*@*"], from: 5, until: 0 };
  {
    using store = openStore({ folder: place.folder });
    const tea = store.conversations.channel("#tea", "#tea");
    store.closed.setPeriods(tea, [period]);
    assertEquals(store.closed.all(), []);
    store.history.append(tea, 0, 6, ":ann!~u@host PRIVMSG #tea :hi");
    store.commit();
  }
  using store = openStore({ folder: place.folder });
  const tea = store.conversations.channel("#tea", "#tea");
  assertEquals(store.closed.periodsOf(tea), [period]);
  store.closed.reopen(tea, 9);
  assertEquals(store.closed.periodsOf(tea), [{ ...period, until: 9 }]);
  assertEquals(store.closed.all(), [["#tea", "#tea", 0, 0, JSON.stringify([{ ...period, until: 9 }])]]);
});

story("a ban that an older version saved closes the past since its time", async (chat) => {
  const ann = await registered(chat, "ann");
  await ask(ann, "JOIN #tea", "PRIVMSG #tea hi");
  const channel = chat.state.channel("#tea");
  const by = "ann!~ann@host";
  channel?.addEntry("b", { mask: "bob!*@*", by, at: 1_700_000_000 });
  channel?.addEntry("b", { mask: "m:cat!*@*", by, at: 1_700_000_000 });
  // A change of the modes saves the channel.
  await ask(ann, "MODE #tea +b dan");
  for (const _ of [1, 2]) restoreChannels(chat.state);
  const { store } = chat.state;
  const periods = store?.closed.periodsOf(store.conversations.channel(fold("#tea"), "#tea")) ?? [];
  assertEquals(periods.map(({ masks, until }) => [...masks, until]), [["dan!*@*", 0], ["bob!*@*", 0]]);
  assertEquals(periods[1]?.from, firstStamp(1_700_000_000_000));
});

Deno.test("a founder cannot push out what closes the past to them", () => {
  const closed = { masks: ["a:root"], from: 1, until: 9, always: true, onlyToRanks: true };
  const ban = { masks: ["bob!*@*"], from: 20, until: 21 };
  const full = [closed, ...Array.from({ length: maxPeriods - 1 }, () => ban)];
  const { periods, since } = withPeriod(full, ban, 5);
  assertEquals([periods.length, periods[0], since], [maxPeriods, closed, 0]);
});

Deno.test("operators of today cannot push out the bans of an earlier channel", () => {
  const old = { masks: ["bob!*@*"], from: 5, until: 9 };
  const full = [
    old,
    ...Array.from({ length: maxPeriods - 1 }, (_, at) => ({ ...old, from: 20 + at, until: 400 })),
  ];
  const next = { masks: ["x!*@*"], from: 500, until: 0 };
  const pushed = withPeriod(full, next, 10);
  assertEquals([pushed.periods.length, pushed.periods.at(-1), pushed.since], [maxPeriods, next, 9]);
  assertEquals(withPeriod(full, next, 1).since, 0);
});
