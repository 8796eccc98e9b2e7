/** How many list entries a host has in the unregistered channels. */
import { assertEquals } from "@std/assert";
import { ListSpace } from "../../../lib/server/chat/list_space.ts";

Deno.test("the addresses of one IPv6 network have their list entries together, other hosts each their own", () => {
  const entries = [
    "2001:db8:1:2::1",
    "2001:db8:1:2:ffff::9",
    "2001:db8:1:3::1",
    "192.0.2.1",
    "ann.localhost",
  ];
  const lists = new Map([["b", entries.map((host) => ({ mask: "*!*@*", by: `x!u@${host}`, at: 0 }))]]);
  const space = new ListSpace({
    channels: new Map([["#tea", { lists, registration: undefined }]]),
    clock: { monotonic: () => 0 },
  });
  const counts = () => entries.map((host) => space.countOf(host));
  assertEquals(counts(), [2, 2, 1, 1, 1]);
  space.add("2001:db8:1:2::77");
  assertEquals(counts(), [3, 3, 1, 1, 1]);
});
