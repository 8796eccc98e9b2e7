/** Server bans: what a target matches, how long a ban is in force. */
import { assertEquals } from "@std/assert";
import {
  formatTarget,
  matchesTarget,
  parseDuration,
  parseTarget,
  type ServerBan,
  ServerBansState,
} from "../../../lib/server/chat/server_ban.ts";
import { openStore } from "../../../lib/server/store/store.ts";

const bob = { nick: "bob", username: "~bob", host: "abc.def.ghi.ip4", address: "10.1.2.3", account: "Bobby" };

const targets: readonly (readonly [text: string, formatted: string | undefined, matchesBob: boolean])[] = [
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.9.9/16", "10.1.0.0/16", true],
  ["10.2.0.0/16", "10.2.0.0/16", false],
  ["2001:db8::/32", "2001:db8::/32", false],
  ["a:bobby", "a:bobby", true],
  ["a:ann", "a:ann", false],
  ["bob", "bob!*@*", true],
  ["*!~bob@*", "*!~bob@*", true],
  ["*@*.def.ghi.ip4", "*!*@*.def.ghi.ip4", true],
  ["b?b!*@10.1.*", "b?b!*@10.1.*", true],
  ["*.ghi.ip6", "*!*@*.ghi.ip6", false],
  ["", undefined, false],
  ["a:", undefined, false],
  ["#tea", undefined, false],
  ["bob/8", undefined, false],
  ["10.0.0.0/99", undefined, false],
  ["two words", undefined, false],
];

Deno.test("a target is an address, a network, an account or a mask", () => {
  for (const [text, formatted, names] of targets) {
    const target = parseTarget(text);
    assertEquals([text, target && formatTarget(target)], [text, formatted]);
    if (target) assertEquals([text, matchesTarget(target, bob)], [text, names]);
  }
});

Deno.test("durations are numbers with units", () => {
  const day = 86_400_000;
  const given = ["90s", "90m", "1d12h", "2W", "1y", "0s", "12", "soon", "1x", ""];
  assertEquals(given.map(parseDuration), [
    90_000,
    90 * 60_000,
    1.5 * day,
    14 * day,
    365 * day,
    ...Array(5).fill(undefined),
  ]);
});

function ban(target: string, untilMs?: number): ServerBan {
  return { target, reason: "noise", by: "ann", atMs: 0, ...(untilMs !== undefined && { untilMs }) };
}

Deno.test("a ban is in force until it expires or is removed", () => {
  const bans = new ServerBansState();
  bans.add(ban("10.1.0.0/16", 1000));
  bans.add(ban("bob!*@*"));
  assertEquals(bans.findAddress("10.1.2.3", 999)?.target, "10.1.0.0/16");
  assertEquals(bans.findAddress("10.1.2.3", 1000), undefined);
  assertEquals(bans.list(1000).map((one) => one.target), ["bob!*@*"]);
  bans.sweep(1000);
  assertEquals(bans.list(0).map((one) => one.target), ["bob!*@*"]);
  assertEquals([bans.remove("BOB!*@*"), bans.remove("bob!*@*")], [true, false]);
  assertEquals(bans.match(bob, 0), undefined);
});

Deno.test("a store has the bans after a restart of the process", () => {
  using store = openStore();
  const bans = new ServerBansState(store.savedValues);
  bans.add(ban("bob!*@*"));
  bans.add(ban("10.1.0.0/16", 1000));
  assertEquals(new ServerBansState(store.savedValues).list(0), bans.list(0));
  bans.sweep(1000);
  assertEquals(new ServerBansState(store.savedValues).list(0).map((one) => one.target), ["bob!*@*"]);
  bans.remove("bob!*@*");
  assertEquals(store.savedValues.find("server bans"), undefined);
});

Deno.test("a second ban of a target replaces the first", () => {
  const bans = new ServerBansState();
  bans.add(ban("bob!*@*", 1000));
  bans.add(ban("Bob!*@*"));
  assertEquals(bans.list(5000).length, 1);
});
