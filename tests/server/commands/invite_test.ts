/** INVITE: who can invite, what an invitation allows, who gets notices, and the list of one's own invitations. */
import { assertEquals } from "@std/assert";
import { registered } from "../../support/account.ts";
import { device } from "../../support/login.ts";
import { story } from "../../support/story.ts";
import { visit } from "../../support/memory_connection.ts";
import { ask, receive } from "../../support/transcript.ts";

story("INVITE is sent to the invited user, answers the inviter, and nobody else sees it", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat");
  assertEquals(await ask(ann, "INVITE Cat #TEA"), [":chat.test 341 ann cat #tea"]);
  assertEquals(await receive(cat), [":ann INVITE cat #tea"]);
  assertEquals(await receive(bob), []);
  await ask(cat, "AWAY :out");
  assertEquals(await ask(ann, "INVITE cat #tea"), [
    ":chat.test 341 ann cat #tea",
    ":chat.test 301 ann cat out",
  ]);
});

story("INVITE is refused with the reason", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat");
  assertEquals(await ask(bob, "INVITE cat", "INVITE eve #tea", "INVITE cat #none", "INVITE ann #tea"), [
    ":chat.test 461 bob INVITE :Not enough parameters",
    ":chat.test 401 bob eve :No such nick/channel",
    ":chat.test 403 bob #none :No such channel",
    ":chat.test 443 bob ann #tea :is already on channel",
  ]);
  assertEquals(await ask(cat, "INVITE bob #tea"), [":chat.test 442 cat #tea :You're not on that channel"]);
  await ask(ann, "MODE #tea +is");
  await receive(bob);
  assertEquals(await ask(bob, "INVITE cat #tea"), [":chat.test 482 bob #tea :You're not channel operator"]);
  assertEquals(await ask(cat, "INVITE bob #tea"), [":chat.test 403 cat #tea :No such channel"]);
});

story("an INVITE by an operator overrides every restriction, once", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob");
  for (const modes of ["+i", "-i+k green", "-k+l x 1", "-l+R", "-R+b bob"]) {
    await ask(ann, `MODE #tea ${modes}`, "INVITE bob #tea");
    await receive(bob);
    assertEquals((await ask(bob, "JOIN #tea"))[0], ":bob JOIN #tea", modes);
    await ask(bob, "PART #tea");
    assertEquals((await ask(bob, "JOIN #tea")).length, 1, modes);
  }
});

story(
  "INVITE by a member without rank overrides nothing, and removes no earlier invitation",
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    const cat = await chat.peer("cat");
    await ask(ann, "MODE #tea +k green");
    assertEquals((await ask(bob, "INVITE cat #tea")).at(-1), ":chat.test 341 bob cat #tea");
    await receive(cat);
    assertEquals(await ask(cat, "JOIN #tea"), [":chat.test 475 cat #tea :Cannot join channel (+k)"]);
    await ask(ann, "INVITE cat #tea");
    await ask(bob, "INVITE cat #tea");
    await receive(cat);
    assertEquals((await ask(cat, "JOIN #tea"))[0], ":cat JOIN #tea");
  },
);

story(
  "INVITE without parameters lists invitations, until the user joins or the channel ends",
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    await ann.join("#den");
    const bob = await chat.peer("bob");
    await ask(ann, "INVITE bob #tea", "INVITE bob #den");
    await receive(bob);
    const end = ":chat.test 337 bob :End of /INVITE list";
    assertEquals(await ask(bob, "INVITE"), [":chat.test 336 bob #tea", ":chat.test 336 bob #den", end]);
    await bob.join("#tea");
    assertEquals(await ask(bob, "INVITE"), [":chat.test 336 bob #den", end]);
    await ask(ann, "PART #den", "JOIN #den");
    assertEquals(await ask(bob, "INVITE"), [end]);
  },
);

story("half-operators and higher ranks with invite-notify see INVITE", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await chat.peer("bob", { caps: ["invite-notify"] });
  const cat = await chat.peer("cat", { caps: ["invite-notify"] });
  const dan = await chat.peer("dan");
  for (const peer of [bob, cat, dan]) await peer.join("#tea");
  await chat.peer("eve");
  await ask(ann, "MODE #tea +hh bob dan");
  for (const peer of [bob, cat, dan]) await receive(peer);
  await ask(ann, "INVITE eve #tea");
  assertEquals(await receive(bob), [":ann INVITE eve #tea"]);
  assertEquals([...await receive(cat), ...await receive(dan)], []);
});

story(
  "INVITE remembers a hundred channels and no more",
  { settings: { channelsPerUser: 200, inviteLimit: 1000 } },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob");
    const names = Array.from({ length: 101 }, (_, at) => `#den${at}`);
    await ask(ann, ...names.map((name) => `JOIN ${name}`), ...names.map((name) => `INVITE bob ${name}`));
    await receive(bob);
    const lines = await ask(bob, "INVITE");
    assertEquals(lines.length, 101);
    assertEquals(lines[0], ":chat.test 336 bob #den1");
  },
);

story("an INVITE to somebody without a connection is shown to the next device", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const bob = await registered(chat, "bob");
  await bob[Symbol.asyncDispose]();
  while (chat.state.find("bob")?.lingering === undefined) await ann.lines();
  await ask(ann, "MODE #tea +i", "INVITE bob #tea");
  const { peer, received } = await device(chat, "bob");
  assertEquals(received.filter((line) => line.includes("INVITE")), [":ann INVITE bob #tea"]);
  assertEquals((await ask(peer, "JOIN #tea"))[0], ":bob JOIN #tea");
  const other = await device(chat, "bob");
  assertEquals(other.received.filter((line) => line.includes("INVITE")), []);
});

story("INVITE follows the rules of a message to the invited user", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat");
  await ask(cat, "MODE cat +R");
  const refused = ":chat.test 477 ann cat :Only users who are logged in can message this user (+R)";
  assertEquals(await ask(ann, "INVITE cat #tea"), [refused]);
  assertEquals(await receive(cat), []);
  await ask(cat, "ACCEPT ann");
  await ask(ann, "INVITE cat #tea", "MODE #tea +b m:bob");
  assertEquals(await receive(cat), [":ann INVITE cat #tea"]);
  await chat.peer("dan");
  await receive(bob);
  assertEquals(await ask(bob, "INVITE dan #tea"), [
    ":chat.test 404 bob #tea :You cannot invite while you are banned or muted in this channel (+b)",
  ]);
});

story(
  "an invitation is not repeated, and the number in a minute is limited, less to one person",
  { settings: { inviteLimit: 6 }, startsAt: 1_700_000_000_000 },
  async (chat) => {
    const names = ["#a", "#b", "#c", "#d", "#e", "#f", "#g"];
    const ann = await chat.peer("ann");
    await ask(ann, ...names.map((name) => `JOIN ${name}`));
    const bob = await chat.peer("bob");
    await ask(ann, "INVITE bob #a", "INVITE bob #a", "INVITE bob #a");
    assertEquals(await receive(bob), [":ann INVITE bob #a"]);
    await ask(ann, "INVITE bob #b", "INVITE bob #c");
    assertEquals(await ask(ann, "INVITE bob #d"), [
      ":chat.test FAIL INVITE RATE_LIMITED bob :You have invited this user too often; wait a minute",
    ]);
    assertEquals(await receive(bob), [":ann INVITE bob #b", ":ann INVITE bob #c"]);
    for (const nick of ["cat", "dan", "eve", "fay"]) await chat.peer(nick);
    const answers = await ask(ann, ...["cat", "dan", "eve", "fay"].map((one) => `INVITE ${one} #a`));
    assertEquals(answers.filter((line) => line.includes(" 341 ")).length, 3);
    assertEquals(
      answers.at(-1),
      ":chat.test FAIL INVITE RATE_LIMITED fay :You can send 6 invitations in a minute; wait, then try again",
    );
    chat.clock.nowMs += 60_000;
    assertEquals(await ask(ann, "INVITE bob #d"), [":chat.test 341 ann bob #d"]);
  },
);

story(
  "guests of one IPv6 network share the limit of invitations",
  { settings: { inviteLimit: 3 }, startsAt: 1_700_000_000_000 },
  async (chat) => {
    for (const nick of ["bob", "cat", "dan", "eve"]) await chat.peer(nick);
    const ann = await visit(chat.hub, "2001:db8:1:2::1", "ann");
    const sister = await visit(chat.hub, "2001:db8:1:2:ffff::9", "sister");
    const other = await visit(chat.hub, "2001:db8:1:3::1", "other");
    for (const one of [ann, sister, other]) await ask(one, "JOIN #tea");
    const isInvited = async (...[inviter, target]: [typeof ann, string]) => {
      await ask(inviter, `JOIN #of-${inviter.nick}`);
      const answers = await ask(inviter, `INVITE ${target} #of-${inviter.nick}`);
      return answers.some((line) => line.includes(" 341 "));
    };
    assertEquals([await isInvited(ann, "bob"), await isInvited(ann, "cat")], [true, true]);
    assertEquals([await isInvited(sister, "dan"), await isInvited(sister, "eve")], [true, false]);
    assertEquals([await isInvited(other, "bob"), await isInvited(ann, "eve")], [true, false]);
  },
);
