/** UBAN: banning people from the server. */
import { assertEquals, assertMatch } from "@std/assert";
import { makeOperator, password } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { arrive, logIn } from "../../support/login.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

const start = Date.UTC(2026, 10, 23);

/** A chat, and ann, its operator, from 10.9.9.9. */
interface Moderated {
  readonly chat: Chat;
  readonly ann: Peer;
}

/** Registers a test with a chat whose clock stands still, and its operator. */
function operatorStory(name: string, act: (moderated: Moderated) => Promise<void>): void {
  story(name, { startsAt: start }, async (chat) => {
    const ann = await visit(chat.hub, "10.9.9.9", "ann");
    makeOperator(chat, "ann");
    await act({ chat, ann });
  });
}

/** All lines for a client that connects and is refused. */
async function turnedAway(chat: Chat, address: string, nick: string): Promise<string[]> {
  const peer = await visit(chat.hub, address, nick, { register: false });
  peer.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
  return await peer.closed();
}

operatorStory(
  "UBAN ADD of a network disconnects its users, notifies operators, and refuses new connections",
  async ({ chat, ann }) => {
    const bob = await visit(chat.hub, "10.1.2.3", "bob");
    assertEquals(await ask(ann, "UBAN ADD 10.1.9.9/16 1d12h :too loud"), [
      ":chat.test NOTICE ann :ann banned 10.1.0.0/16 until 2026-11-24 12:00 UTC: too loud",
    ]);
    const error =
      "ERROR :Closing link: You are banned from this server: too loud (until 2026-11-24 12:00 UTC)";
    assertEquals(await bob.closed(), [error]);
    assertEquals(await turnedAway(chat, "10.1.7.7", "cat"), [error]);
    await using dan = await visit(chat.hub, "10.2.7.7", "dan");
    assertEquals(await ask(dan, "PING x"), [":chat.test PONG chat.test x"]);
  },
);

operatorStory(
  "UBAN ADD of a mask matches names and cloaks, at registration and at NICK",
  async ({ chat, ann }) => {
    await using bob = await visit(chat.hub, "10.1.2.3", "bob");
    const cloak = chat.state.find("bob")?.host ?? "";
    await ask(ann, "UBAN ADD loud*!*@* :no shouting", `UBAN ADD *@*${cloak.slice(cloak.indexOf("."))}`);
    assertEquals(
      (await bob.closed()).at(-1),
      "ERROR :Closing link: You are banned from this server: No reason given",
    );
    assertEquals(await turnedAway(chat, "10.2.2.2", "loudmouth"), [
      ":chat.test 465 loudmouth :You are banned from this server.",
      "ERROR :Closing link: You are banned from this server: no shouting",
    ]);
    assertEquals((await turnedAway(chat, "10.1.2.99", "cat")).length, 2);
    await using dan = await visit(chat.hub, "10.2.7.7", "dan");
    assertEquals(await ask(dan, "NICK loudspeaker"), [
      ":chat.test 437 dan loudspeaker :Nick is unavailable: a server ban matches it",
    ]);
  },
);

operatorStory("UBAN ADD of an account disconnects its users", async ({ chat, ann }) => {
  const bob = await visit(chat.hub, "10.1.2.3", "bob");
  const user = chat.state.find("bob");
  if (user) user.account = "Bobby";
  await ask(ann, "UBAN ADD a:bobby");
  assertEquals((await bob.closed()).length, 1);
});

operatorStory(
  "UBAN LIST, INFO and DEL show and lift bans; expired bans are removed",
  async ({ chat, ann }) => {
    await ask(ann, "UBAN ADD 10.1.0.0/16 1h :loud", "UBAN ADD bob for good");
    assertEquals(await ask(ann, "UBAN LIST", "UBAN INFO 10.9.0.0/16", "UBAN DEL bob", "UBAN DEL bob"), [
      ":chat.test NOTICE ann :10.1.0.0/16 until 2026-11-23 01:00 UTC, by ann at 2026-11-23 00:00 UTC: loud",
      ":chat.test NOTICE ann :bob!*@* permanently, by ann at 2026-11-23 00:00 UTC: for good",
      ":chat.test NOTICE ann :End of 2 bans",
      ":chat.test NOTICE ann :10.9.0.0/16 is not banned",
      ":chat.test NOTICE ann :It matches 1 of 1 users: ann",
      ":chat.test NOTICE ann :ann removed the ban of bob!*@*",
      ":chat.test FAIL UBAN NO_SUCH_BAN bob!*@* :There is no ban of this target",
    ]);
    chat.clock.nowMs += 3_600_000;
    assertEquals(await ask(ann, "UBAN LIST"), [":chat.test NOTICE ann :No bans"]);
    await using bob = await visit(chat.hub, "10.1.2.3", "bob");
    assertEquals(await receive(bob), []);
  },
);

operatorStory(
  "UBAN ADD of a nick explains its limits, and which bans keep the person out",
  async ({ chat, ann }) => {
    await twoDevices(chat);
    const note = (nick: string) =>
      `:chat.test NOTE UBAN NICK_ONLY ${nick}!*@* :This bans only the nick ${nick}, and the person ` +
      "can choose another nick; to keep the person out, use ";
    assertEquals(
      (await ask(ann, "UBAN ADD bob")).at(-1),
      `${note("bob")}UBAN ADD a:bob and UBAN ADD 10.1.2.3 and UBAN ADD 10.3.3.3`,
    );
    assertEquals(
      (await ask(ann, "UBAN ADD cat")).at(-1),
      `${note("cat")}a ban of an address, a network or an account (a:name)`,
    );
    assertEquals((await ask(ann, "UBAN ADD dan!*@*")).filter((line) => line.includes(" NOTE ")), []);
  },
);

operatorStory(
  "UBAN refuses invalid targets, banning oneself, and users who are not operators",
  async ({ chat, ann }) => {
    await using bob = await visit(chat.hub, "10.1.2.3", "bob");
    assertEquals(await ask(ann, "UBAN", "UBAN FLY", "UBAN ADD 10.0.0.0/99", "UBAN ADD", "UBAN ADD *"), [
      ":chat.test 461 ann UBAN :Not enough parameters",
      ":chat.test FAIL UBAN UNKNOWN_COMMAND FLY :The subcommand must be ADD, DEL, LIST or INFO",
      ":chat.test FAIL UBAN INVALID_TARGET 10.0.0.0/99 :The target must be an address, a network, a:account or a mask",
      ":chat.test FAIL UBAN INVALID_TARGET * :The target must be an address, a network, a:account or a mask",
      ":chat.test FAIL UBAN SELF *!*@* :This ban would match you",
    ]);
    const units = "The duration must have units, such as 90m or 1d12h";
    assertEquals(await ask(ann, "UBAN ADD 10.9.0.0/16 5x :loud", "UBAN ADD 10.9.0.0/16 10"), [
      `:chat.test FAIL UBAN INVALID_PARAMS 5x :${units}`,
      `:chat.test FAIL UBAN INVALID_PARAMS 10 :${units}`,
    ]);
    assertMatch((await ask(bob, "UBAN LIST"))[0] ?? "", / 481 /);
  },
);

operatorStory("UBAN ADD of a mask refuses further devices that match it", async ({ chat, ann }) => {
  await using bob = await visit(chat.hub, "10.1.2.3", "bob", { secure: true });
  await ask(bob, `REGISTER * * ${password}`);
  await ask(ann, "UBAN ADD 10.3.* :not from there");
  const device = await visit(chat.hub, "10.3.3.3", "bob", { register: false, secure: true });
  device.send("CAP REQ sasl", "NICK bob", "USER bob 0 * :bob");
  await logIn(device, "bob");
  device.send("CAP END");
  assertEquals((await device.closed()).slice(-2), [
    ":chat.test 465 bob :You are banned from this server.",
    "ERROR :Closing link: You are banned from this server: not from there",
  ]);
  assertEquals(chat.state.find("bob")?.sessions.length, 1);
});

/** bob at 10.1.2.3 and, on another device, at 10.3.3.3; both are logged in. */
async function twoDevices(chat: Chat): Promise<{ bob: Peer; device: Peer }> {
  const bob = await visit(chat.hub, "10.1.2.3", "bob", { secure: true });
  await ask(bob, `REGISTER * * ${password}`);
  const device = await visit(chat.hub, "10.3.3.3", "bob", { register: false, secure: true });
  await arrive(device, "bob");
  return { bob, device };
}

const error = "ERROR :Closing link: You are banned from this server: loud";

for (const target of ["10.3.0.0/16", "10.3.*", "b*!*@10.3.3.3"]) {
  operatorStory(`UBAN ADD ${target} closes a further device that is online`, async ({ chat, ann }) => {
    const { bob, device } = await twoDevices(chat);
    assertEquals(
      (await ask(ann, `UBAN INFO ${target}`)).at(-1)?.endsWith("It matches 1 of 2 users: bob"),
      true,
    );
    await ask(ann, `UBAN ADD ${target} :loud`);
    assertEquals((await device.closed()).at(-1), error);
    assertEquals(chat.state.find("bob")?.sessions.length, 1);
    await ask(ann, "UBAN ADD 10.1.* :loud");
    assertEquals((await bob.closed()).at(-1), error);
    assertEquals(chat.state.find("bob"), undefined);
  });
}

for (const target of ["bob", "a:bob", "10.1.2.3"]) {
  operatorStory(`UBAN ADD ${target} closes every device of the matching user`, async ({ chat, ann }) => {
    const { bob, device } = await twoDevices(chat);
    await ask(ann, `UBAN ADD ${target} :loud`);
    assertEquals([(await bob.closed()).at(-1), (await device.closed()).at(-1)], [error, error]);
  });
}

operatorStory("UBAN ADD of a cloak matches a user with a changed host", async ({ chat, ann }) => {
  const bob = await visit(chat.hub, "10.1.2.3", "bob");
  const cloak = chat.state.find("bob")?.host ?? "";
  await ask(ann, "CHGHOST bob tea.example", `UBAN ADD *@${cloak} :loud`);
  assertEquals((await bob.closed()).at(-1), error);
});

operatorStory("UBAN ADD of the last device does not wait for its return", async ({ chat, ann }) => {
  const { bob, device } = await twoDevices(chat);
  bob.send("QUIT");
  await bob.closed();
  await ask(ann, "UBAN ADD 10.3.* :loud");
  await device.closed();
  assertEquals(chat.state.find("bob"), undefined);
});

operatorStory("UBAN ADD of the address of one's own further device is refused", async ({ chat }) => {
  const { device } = await twoDevices(chat);
  makeOperator(chat, "bob");
  await receive(device);
  assertEquals(await ask(device, "UBAN ADD 10.3.*"), [
    ":chat.test FAIL UBAN SELF *!*@10.3.* :This ban would match you",
  ]);
});

operatorStory("UBAN ADD of accounts refuses users who register one of them", async ({ chat, ann }) => {
  await ask(ann, "UBAN ADD a:bo* :loud");
  const bob = await visit(chat.hub, "10.1.2.3", "bob", { secure: true });
  bob.send(`REGISTER * * ${password}`);
  assertEquals((await bob.closed()).at(-1), error);
});
