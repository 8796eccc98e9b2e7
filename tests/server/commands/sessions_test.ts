/** SESSIONS: the devices of an account, logging them out, and the notice of a new login. */
import { assert, assertEquals } from "@std/assert";
import { makeOwnerCode } from "../../../lib/server/hub/owner_code.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { arrive, device } from "../../support/login.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

/** Lines without the times, which differ in each run. */
function timeless(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\d{4}-\S+Z/, "TIME").replace(/since \S+ \S+ UTC/, "since then"));
}

/** The ids of the devices, the oldest first. */
function ids(chat: Chat, nick: string): string[] {
  return [...chat.state.find(nick)?.devices.keys() ?? []];
}

story("SESSIONS lists the devices, and a new login is told to the other devices", async (chat) => {
  const ann = await registered(chat, "ann");
  const { peer: phone } = await device(chat, "ann", { caps: ["parley/long-lines"] });
  const [first = "", second = ""] = ids(chat, "ann");
  const told = await receive(ann);
  assertEquals(told.map((line) => line.replace(/at \d\d:\d\d UTC/, "now")), [
    `:chat.test NOTE SESSIONS NEW_LOGIN ${second} 127.0.0.1 :New login to your account now: Parley terminal, from 127.0.0.1. If it is not yours, write SESSIONS END ${second} (/sessions end ${second} in Parley's clients), and change your password`,
  ]);
  await ask(phone, "PRIVMSG ann :from the train");
  await receive(ann);
  assertEquals(timeless(await ask(ann, "SESSIONS")), [
    `:chat.test NOTE SESSIONS LISTED ${first} 127.0.0.1 TIME :IRC app, from 127.0.0.1, since then; this device`,
    `:chat.test NOTE SESSIONS LISTED ${second} 127.0.0.1 TIME :Parley terminal, from 127.0.0.1, since then; wrote just now`,
    ":chat.test NOTE SESSIONS LIST_END 2 :2 devices",
  ]);
});

story(
  "a device that only reconnects is not told, another one is",
  { startsAt: Date.UTC(2026, 0, 31) },
  async (chat) => {
    const ann = await registered(chat, "ann");
    const { peer: phone } = await device(chat, "ann");
    await receive(ann);
    phone.send("QUIT");
    await phone.closed();
    const { peer: again } = await device(chat, "ann");
    assertEquals(await receive(ann), []);
    again.send("QUIT");
    await again.closed();
    chat.clock.nowMs += 11 * 60_000;
    await device(chat, "ann");
    assertEquals((await receive(ann)).length, 1);
  },
);

story("a login under another nick, and one after the registration, are told too", async (chat) => {
  const ann = await registered(chat, "ann");
  const told = async () => (await receive(ann)).filter((line) => line.includes(" NEW_LOGIN ")).length;
  await device(chat, "ann", { nick: "annie" });
  assertEquals(await told(), 1);
  const bob = await chat.peer("bob", { caps: ["parley/long-lines"] });
  await ask(bob, `NICKSERV IDENTIFY ann ${password}`);
  assertEquals(await told(), 1);
});

story("SESSIONS END logs one device out, or all others, with their tokens", async (chat) => {
  const ann = await registered(chat, "ann");
  const { peer: phone } = await device(chat, "ann");
  const { peer: desk } = await device(chat, "ann");
  const { peer: split } = await device(chat, "ann", { nick: "annie" });
  await receive(ann);
  const user = chat.state.find("ann");
  const token = user === undefined ? "" : chat.state.tokens.make(user);
  const [, second = ""] = ids(chat, "ann");
  assertEquals(await ask(ann, `SESSIONS END ${second}`, "SESSIONS END nothing", "SESSIONS END"), [
    ":chat.test NOTE SESSIONS ENDED 1 :1 device is logged out",
    ':chat.test FAIL SESSIONS NO_SUCH_SESSION END :There is no device "nothing"; SESSIONS lists them',
    ":chat.test FAIL SESSIONS NEED_MORE_PARAMS END :Write: SESSIONS END <id>, or SESSIONS END others",
  ]);
  const sentence = "ERROR :Closing link: Logged out: another device of your account ended this session";
  assertEquals(await phone.next(/^ERROR /), sentence);
  assertEquals(chat.state.tokens.read(token), undefined);
  assertEquals(
    (await ask(ann, "SESSIONS END others")).at(-1),
    ":chat.test NOTE SESSIONS ENDED 2 :2 devices are logged out",
  );
  assertEquals([await desk.next(/^ERROR /), await split.next(/^ERROR /)], [sentence, sentence]);
  assertEquals([...chat.state.users.values()].map(({ nick, devices }) => [nick, devices.size]), [["ann", 1]]);
  // It did not lose its connection, so it does not only reconnect.
  await receive(ann);
  await device(chat, "ann");
  assertEquals((await receive(ann)).filter((line) => line.includes(" NEW_LOGIN ")).length, 1);
});

story("operators list and end the sessions of another account, and that is kept", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  const guest = await chat.peer("cat");
  assertEquals((await ask(bob, "SESSIONS ann", "SESSIONS END all ann")).map((line) => line.split(" ")[1]), [
    "481",
    "481",
  ]);
  assertEquals((await ask(guest, "SESSIONS", "SESSIONS END others")).slice(1), [
    ":chat.test NOTE SESSIONS LIST_END 1 :1 device",
    ":chat.test FAIL SESSIONS ACCOUNT_REQUIRED END :You are not logged in",
  ]);
  await ask(ann, `OWNER ${await makeOwnerCode(chat.hub, false)}`);
  assertEquals((await ask(ann, "SESSIONS bob")).at(-1), ":chat.test NOTE SESSIONS LIST_END 1 :1 device");
  await ask(ann, "SESSIONS END all bob");
  assertEquals(
    await bob.next(/^ERROR /),
    "ERROR :Closing link: Logged out: the operator ann ended this session",
  );
  assertEquals(chat.state.store?.audit.all().map(({ act, target }) => `${act} ${target}`), [
    "OWNER ann",
    "SESSIONS bob",
  ]);
});

story("an operator ends the session of a user that lost the connection", async (chat) => {
  const ann = await registered(chat, "ann");
  await ask(ann, `OWNER ${await makeOwnerCode(chat.hub, false)}`);
  const bob = await registered(chat, "bob");
  await bob[Symbol.asyncDispose]();
  while (chat.state.find("bob")?.lingering === undefined) await receive(ann);
  assert((await ask(ann, "SESSIONS bob"))[0]?.endsWith("its connection is lost"));
  await ask(ann, "SESSIONS END all bob");
  assertEquals(chat.state.find("bob"), undefined);
});

Deno.test("SESSIONS shows and ends the devices on all machines", async () => {
  using one = openStore();
  using other = openStore();
  const [first, second] = startMachines([one, other]);
  await using ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
  await ask(ann, `REGISTER * * ${password}`);
  const phone = await visit(second.hub, "10.1.9.1", "ann", { register: false, secure: true });
  await arrive(phone, "ann");
  assert((await receive(ann)).some((line) => line.includes("IRC app over TLS, from 10.1.9.1")));
  assertEquals((await ask(ann, "SESSIONS")).length, 3);
  await ask(ann, "SESSIONS END others");
  assertEquals(
    await phone.next(/^ERROR /),
    "ERROR :Closing link: Logged out: another device of your account ended this session",
  );
  for (const { chat } of [first, second]) assertEquals(chat.find("ann")?.devices.size, 1);
});
