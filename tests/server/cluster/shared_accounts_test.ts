/** Accounts and registered channels on two machines with one order of events: both have them in the same state. */
import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../../lib/server/apply/event.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { password } from "../../support/account.ts";
import { logIn } from "../../support/login.ts";
import { type Machine, startMachines } from "../../support/machine_pair.ts";
import type { Peer } from "../../support/peer.ts";
import { ask, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

/** The state that must be the same on both machines. */
function stateOf({ chat }: Machine): unknown {
  const users = [...chat.users.values()].map((user) => ({
    source: user.source,
    account: user.account,
    modes: [...user.modes].sort().join(""),
    away: user.away,
    lingering: user.lingering,
    sessions: [...user.devices].sort(),
    channels: [...user.channels].map(([channel, { prefixes }]) => prefixes + channel.name).sort(),
  }));
  return { users, accounts: chat.store?.accounts.all(), channels: chat.store?.channels.all() };
}

async function onMachines(act: (first: Machine, second: Machine) => Promise<void>): Promise<void> {
  using one: Store = openStore();
  using other: Store = openStore();
  const [first, second] = startMachines([one, other]);
  await act(first, second);
  assertEquals(stateOf(first), stateOf(second));
}

/** Connects to a machine and logs in to an account. */
async function connect({ hub }: Machine, account: string): Promise<Peer> {
  const peer = await visit(hub, "10.1.9.1", account, { register: false, secure: true });
  peer.send("CAP LS 302", `NICK ${account}`, `USER ${account} 0 * :${account}`);
  await logIn(peer, account);
  peer.send("CAP END");
  await peer.until(/^\S+ (376|422) /);
  return peer;
}

Deno.test("an account created on one machine exists on the other, and one user has devices on both", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
    assertEquals((await ask(ann, `REGISTER * * ${password}`)).length, 2);
    await ask(ann, "JOIN #tea", "TOPIC #tea :Assam");
    const phone = await connect(second, "ann");
    assert((await receive(phone)).includes(":ann JOIN #tea"));
    assertEquals(stateOf(first), stateOf(second));
    await ask(phone, "PRIVMSG #tea :from the train", "MODE #tea +k leaf");
    assert((await receive(ann)).includes(":ann PRIVMSG #tea :from the train"));
    assertEquals(stateOf(first), stateOf(second));
    await ann[Symbol.asyncDispose]();
    phone.send("QUIT");
    await phone.closed();
  });
});

Deno.test("two users on two machines want one account: the first gets it, the other is refused", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true, register: false });
    const other = await visit(second.hub, "10.1.2.1", "ann", { secure: true, register: false });
    for (const one of [ann, other]) {
      one.send("CAP REQ standard-replies", "NICK ann", `REGISTER * * ${password}`);
    }
    const answers = [await ann.next(/ REGISTER /), await other.next(/ REGISTER /)].map((line) =>
      line.split(" ")[1]
    );
    assertEquals(answers.sort(), ["FAIL", "REGISTER"]);
    for (const one of [ann, other]) await one[Symbol.asyncDispose]();
  });
});

Deno.test("a user that lost the connection to one machine resumes on the other", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
    await ask(ann, `REGISTER * * ${password}`, "JOIN #tea");
    await ann[Symbol.asyncDispose]();
    while (second.chat.find("ann")?.lingering === undefined) await Promise.resolve();
    assertEquals(stateOf(first), stateOf(second));
    const again = await connect(second, "ann");
    assert((await receive(again)).includes(":ann JOIN #tea"));
    assertEquals(second.chat.find("ann")?.away, undefined);
    await again[Symbol.asyncDispose]();
  });
});

Deno.test("a machine that was cut off cannot end a user who came back meanwhile and was lost again", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
    await ask(ann, `REGISTER * * ${password}`);
    const lingering = () => second.chat.find("ann")?.lingering;
    await ann[Symbol.asyncDispose]();
    while (lingering() === undefined) await Promise.resolve();
    const late = {
      kind: "given up",
      user: second.chat.find("ann")?.id ?? "",
      since: lingering()?.since ?? 0,
    };
    const again = await connect(second, "ann");
    assertEquals(lingering(), undefined);
    await again[Symbol.asyncDispose]();
    while (lingering() === undefined) await Promise.resolve();
    await first.commit(late as Event);
    assert(lingering() !== undefined);
    await first.commit({ ...late, since: lingering()?.since } as Event);
    assertEquals(second.chat.find("ann"), undefined);
  });
});

Deno.test("a machine that was cut off cannot let a registered channel expire that is in use again", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(second.hub, "10.1.1.1", "ann", { secure: true });
    await ask(ann, `REGISTER * * ${password}`, "JOIN #tea", "MODE #tea +r");
    const isKept = () => second.chat.channel("#tea")?.registration !== undefined;
    assert(isKept());
    await first.commit({ kind: "channel released", channel: "#tea" });
    assert(isKept());
    await ask(ann, "PART #tea");
    await first.commit({ kind: "channel released", channel: "#tea" });
    assert(!isKept());
    await ann[Symbol.asyncDispose]();
  });
});

Deno.test("suspension on one machine ends devices on the other", async () => {
  await onMachines(async (first, second) => {
    const bob = await visit(second.hub, "10.1.2.1", "bob", { secure: true });
    await ask(bob, `REGISTER * * ${password}`);
    await first.commit({ kind: "account suspended", account: "bob", by: "ann", reason: "spam" });
    assertEquals((await bob.closed()).at(-1), "ERROR :Closing link: Your account is suspended: spam");
    await first.commit({ kind: "account removed", account: "bob" });
  });
});

Deno.test("a new password on one machine ends the logins on the other, also one that is about to arrive", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
    await ask(ann, `REGISTER * * ${password}`);
    const phone = await connect(second, "ann");
    const epoch = second.chat.accounts.find("ann")?.epoch;
    const token = second.chat.tokens.make({ id: "x", account: "ann", host: "", arrivedAt: 0 });
    await ask(ann, `ACCOUNT PASSWORD ${password} another-long-battery`);
    const sentence =
      "Logged out: the password of your account was changed on another device; log in with the new one";
    assertEquals(await phone.next(/^ERROR /), `ERROR :Closing link: ${sentence}`);
    assertEquals(second.chat.tokens.read(token), undefined);
    const record = { id: "b-9", nick: "anna", username: "~a", realname: "a", host: "h", address: "10.1.9.1" };
    const user = { ...record, secure: true, modes: "", account: "ann", ...(epoch && { epoch }) };
    await second.commit({ kind: "arrived", user, session: "b-8" });
    const device = { session: "b-8", account: "ann", address: "10.1.9.1", secure: true };
    const id = first.chat.find("ann")?.id ?? "";
    await second.commit({ kind: "attached", user: id, ...device, ...(epoch && { epoch }) });
    assertEquals([...first.chat.users.values()].map(({ devices }) => devices.size), [1]);
    await ann[Symbol.asyncDispose]();
  });
});

Deno.test("the right of OPER ends with the machine that has the operator file", async () => {
  await onMachines(async (first, second) => {
    const ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
    await ask(ann, `REGISTER * * ${password}`);
    const phone = await connect(second, "ann");
    const operator = { name: "root", machine: "a-", key: "k" };
    const user = first.chat.find("ann")?.id ?? "";
    await first.commit({ kind: "user modes set", user, added: "o", removed: "", operator });
    assertEquals(second.chat.find("ann")?.isOperator, true);
    await second.commit({ kind: "machine lost", machine: "a-", reason: "gone" });
    assertEquals((await receive(phone)).at(-1), ":ann MODE ann -o");
    await phone[Symbol.asyncDispose]();
  });
});
