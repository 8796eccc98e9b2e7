/** Cloaks of addresses. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { cloak } from "../../../lib/server/chat/cloak.ts";

const key = new TextEncoder().encode("a key for tests");

Deno.test("a cloak is the same with the same key, and different with another key", () => {
  assertEquals(cloak("10.1.2.3", key), cloak("10.1.2.3", key));
  assertNotEquals(cloak("10.1.2.3", key), cloak("10.1.2.3", new Uint8Array(32)));
  assertEquals(cloak("2001:db8:0:0::1", key), cloak("2001:db8::1", key));
});

Deno.test("a cloak has three parts and no digit of the address", () => {
  assertMatch(cloak("10.1.2.3", key), /^(?:[a-z2-9]{7}\.){3}ip4$/);
  assertMatch(cloak("2001:db8::1", key), /^(?:[a-z2-9]{7}\.){3}ip6$/);
  assertMatch(cloak("fe80::1%eth0", key), /^[a-z2-9]{7}\.unknown$/);
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
    const [first, second] = [cloak(one, key).split("."), cloak(other, key).split(".")];
    const same = first.filter((part, at) => part === second[at]).length - 1;
    assertEquals([one, other, same], [one, other, shared]);
  }
});

Deno.test("this machine is localhost, and without a key the address is visible", () => {
  assertEquals([cloak("127.0.0.1", key), cloak("::1", key)], ["localhost", "localhost"]);
  assertEquals([cloak("10.1.2.3", undefined), cloak("::1", undefined)], ["10.1.2.3", "0::1"]);
});

Deno.test("a thousand addresses have a thousand cloaks", () => {
  const cloaks = new Set(Array.from({ length: 1000 }, (_, at) => cloak(`10.${at >> 8}.${at & 255}.1`, key)));
  assert(cloaks.size === 1000);
});
