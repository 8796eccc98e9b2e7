/** Two machines, one order of events: users and operators leave both in the same state. */
import { assertEquals } from "@std/assert";
import { type Machine, startMachines } from "../../support/machine_pair.ts";
import { ask, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

/** The state that must be the same on all machines. */
function stateOf({ chat }: Machine): unknown {
  const users = [...chat.users.values()].map((user) => ({
    source: user.source,
    realname: user.realname,
    modes: [...user.modes].sort().join(""),
    away: user.away,
    devices: [...user.devices].sort(),
    accepted: [...user.accepted],
    channels: [...user.channels].map(([channel, { prefixes }]) => prefixes + channel.name).sort(),
  }));
  return {
    users,
    bans: chat.serverBans.list(Date.UTC(2026, 10, 23)),
    whowas: chat.whowas.find("cat").length,
  };
}

Deno.test("away, names, modes, hosts, kills and bans are the same on two machines", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob", {
    caps: ["away-notify", "setname", "chghost"],
  });
  const cat = await visit(second.hub, "10.1.3.1", "cat");
  await ann.join("#tea");
  await bob.join("#tea");
  await receive(ann);
  await first.commit({
    kind: "user modes set",
    user: first.chat.find("ann")?.id ?? "",
    added: "ow",
    removed: "",
    operator: { name: "root", machine: "a-", key: "k" },
  });
  await ask(
    ann,
    "AWAY :out",
    "SETNAME :Ann Ames",
    "CHGHOST ann tea.example",
    "MODE ann +R",
    "PRIVMSG bob :hi",
  );
  assertEquals((await receive(bob)).slice(-4), [
    ":ann AWAY out",
    ":ann SETNAME :Ann Ames",
    ":ann CHGHOST ~ann tea.example",
    ":ann PRIVMSG bob hi",
  ]);
  await ask(bob, "AWAY *", "NICK rob", "MODE rob +wB");
  assertEquals(stateOf(first), stateOf(second));
  await ask(ann, "WALLOPS :hello all", "KILL cat :bye", "UBAN ADD 10.1.9.0/24 1h :noise");
  assertEquals((await cat.closed()).at(-1), "ERROR :Closing link: Killed (ann (bye))");
  assertEquals((await receive(bob)).at(-1), ":ann WALLOPS :hello all");
  const dan = await visit(second.hub, "10.1.9.9", "dan", { register: false });
  assertEquals((await dan.closed()).length, 1);
  await ask(ann, "UBAN ADD rob!*@*");
  assertEquals((await bob.closed()).length, 1);
  assertEquals(stateOf(first), stateOf(second));
  assertEquals([...second.chat.users.values()].map((user) => user.nick), ["ann"]);
});

Deno.test("two users on two machines want one nick: the first gets it, the other is refused", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob");
  ann.send("NICK cat");
  bob.send("NICK cat");
  const answers = [await receive(ann), await receive(bob)].flat();
  assertEquals(answers.filter((line) => line.endsWith("NICK cat")).length, 1);
  assertEquals(answers.filter((line) => line.includes(" 433 ")).length, 1);
  assertEquals(stateOf(first), stateOf(second));
});

Deno.test("two users on two machines want names that are equal by RFC 1459: the first gets each", async () => {
  const [first, second] = startMachines();
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await using bob = await visit(second.hub, "10.1.2.1", "bob");
  ann.send("NICK cat[", "JOIN #tea[");
  bob.send("NICK cat{", "JOIN #tea{");
  const answers = [await receive(ann), await receive(bob)].flat();
  assertEquals(answers.filter((line) => / NICK cat[[{]$/.test(line)).length, 1);
  assertEquals(answers.filter((line) => / JOIN #tea[[{]$/.test(line)).length, 1);
  assertEquals(answers.flatMap((line) => / (433|479) /.exec(line)?.[1] ?? []), ["433", "479"]);
  assertEquals(first.chat.channels.size, 1);
  assertEquals(stateOf(first), stateOf(second));
});
