/** Cloaks of addresses. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { isLoopback } from "../../../lib/irc/address.ts";
import { cloak as cloakOf } from "../../../lib/server/chat/cloak.ts";

const key = new TextEncoder().encode("a key for tests");

function cloak(address: string, cloakKey: Uint8Array | undefined, person: string): string {
  return cloakOf({ address, isLocal: isLoopback(address) }, cloakKey, person);
}

Deno.test("a cloak is the same with the same key, and different with another key", () => {
  assertEquals(cloak("10.1.2.3", key, "ann"), cloak("10.1.2.3", key, "ann"));
  assertNotEquals(cloak("10.1.2.3", key, "ann"), cloak("10.1.2.3", new Uint8Array(32), "ann"));
  assertEquals(cloak("2001:db8:0:0::1", key, "ann"), cloak("2001:db8::1", key, "bob"));
});

Deno.test("a cloak has three parts and no digit of the address", () => {
  assertMatch(cloak("10.1.2.3", key, "ann"), /^(?:[a-z2-9]{7}\.){3}ip4$/);
  assertMatch(cloak("2001:db8::1", key, "bob"), /^(?:[a-z2-9]{7}\.){3}ip6$/);
  assertMatch(cloak("fe80::1%eth0", key, "ann"), /^[a-z2-9]{7}\.unknown$/);
});

const sharedParts: readonly (readonly [one: string, other: string, shared: number])[] = [
  ["10.1.2.3", "10.1.2.4", 2],
  ["10.1.2.3", "10.1.3.3", 1],
  ["10.1.2.3", "10.2.2.3", 0],
  ["2001:db8:1:2::1", "2001:db8:1:2::ffff", 3],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", 2],
  ["2001:db8:1:2::1", "2001:db8:2:2::1", 1],
  ["2001:db8:1:2::1", "2001:db9:1:2::1", 0],
];

Deno.test("addresses of one network share the last parts, so one ban can match them all", () => {
  for (const [one, other, shared] of sharedParts) {
    const [first, second] = [cloak(one, key, "ann").split("."), cloak(other, key, "bob").split(".")];
    const same = first.filter((part, at) => part === second[at]).length - 1;
    assertEquals([one, other, same], [one, other, shared]);
  }
});

Deno.test("each person on the server's own machine has a host, and one mask matches them all", () => {
  assertEquals(["Ann", "bob_2", "_x", ""].map((person) => cloak("127.0.0.1", key, person)), [
    "ann.localhost",
    "bob_2.localhost",
    "_x.localhost",
    "localhost",
  ]);
  assertEquals(cloak("::1", key, "ann"), "ann.localhost");
  const hashed = ["ann[x]", "ann{x}", "Zoë", "a".repeat(41)].map((person) => cloak("127.0.0.1", key, person));
  assertEquals(new Set(hashed).size, 4);
  for (const host of hashed) assertMatch(host, /^[a-z2-9]{7}\.localhost$/);
});

Deno.test("a person behind a proxy on this machine is not shown as a person on this machine", () => {
  const peer = { address: "127.0.0.1", isLocal: false };
  assertEquals(["Ann", ""].map((person) => cloakOf(peer, key, person)), ["ann.proxy", "proxy"]);
});

Deno.test("without a key the address is visible", () => {
  assertEquals(cloak("10.1.2.3", undefined, "ann"), "10.1.2.3");
  assertEquals([cloak("127.0.0.1", undefined, "ann"), cloak("::1", undefined, "ann")], ["127.0.0.1", "0::1"]);
});

Deno.test("a thousand addresses have a thousand cloaks", () => {
  const cloaks = new Set(
    Array.from({ length: 1000 }, (_, at) => cloak(`10.${at >> 8}.${at & 255}.1`, key, "ann")),
  );
  assert(cloaks.size === 1000);
});
