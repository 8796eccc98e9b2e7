/** IP addresses as bytes and text, ranges, and which addresses count as one peer. */
import { assertEquals } from "@std/assert";
import {
  formatAddress,
  formatRange,
  inRange,
  isLoopback,
  parseAddress,
  parseRange,
  peerOf,
  plainAddress,
  shownAddress,
} from "../../lib/irc/address.ts";

const shortest: readonly (readonly [given: string, shown: string])[] = [
  ["10.1.2.3", "10.1.2.3"],
  ["2001:db8:0:0:0:0:0:1", "2001:db8::1"],
  ["::1", "::1"],
  ["::", "::"],
  ["2001:0db8::0001:0:0:1", "2001:db8::1:0:0:1"],
  ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
  ["fe80::", "fe80::"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
  ["::ffff:10.1.2.3", "::ffff:a01:203"],
  ["10:0:0:0:1:0:0:1", "10::1:0:0:1"],
];

Deno.test("formatAddress() writes the short form", () => {
  for (const [given, shown] of shortest) {
    const bytes = parseAddress(given);
    assertEquals(bytes && formatAddress(bytes), shown);
  }
});

Deno.test("parseAddress() refuses text that is not an address", () => {
  const wrong = [
    "",
    "10.1.2",
    "10.1.2.256",
    "10.01.2.3",
    "1.2.3.4.5",
    "bob",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7",
    "fe80::1%eth0",
    "1:2:3:4:5:6:7:8::",
  ];
  assertEquals(wrong.filter((text) => parseAddress(text) !== undefined), []);
});

const ranges:
  readonly (readonly [range: string, shown: string | undefined, inside: string, outside: string])[] = [
    ["10.1.0.0/16", "10.1.0.0/16", "10.1.255.7", "10.2.0.0"],
    ["10.1.2.3/16", "10.1.0.0/16", "10.1.2.3", "::ffff:10.1.2.3"],
    ["10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.4"],
    ["10.0.0.0/9", "10.0.0.0/9", "10.127.1.1", "10.128.1.1"],
    ["0.0.0.0/0", "0.0.0.0/0", "255.1.1.1", "::1"],
    ["2001:db8::/33", "2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"],
    ["10.0.0.0/33", undefined, "", ""],
    ["10.0.0.0/", undefined, "", ""],
    ["10.0.0.0/8/8", undefined, "", ""],
    ["bob/8", undefined, "", ""],
  ];

Deno.test("a range contains the addresses with the same first bits", () => {
  for (const [text, shown, inside, outside] of ranges) {
    const range = parseRange(text);
    assertEquals(range && formatRange(range), shown);
    if (range === undefined) continue;
    const [within, beyond] = [inside, outside].map((one) =>
      inRange(range, parseAddress(one) ?? new Uint8Array())
    );
    assertEquals([text, within, beyond], [text, true, false]);
  }
});

Deno.test("an IPv6 network of 64 bits counts as one peer, and so does one IPv4 address", () => {
  assertEquals(peerOf("2001:db8:1:2:3:4:5:6"), peerOf("2001:db8:1:2::1"));
  assertEquals(peerOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assertEquals(peerOf("10.1.2.3"), "10.1.2.3");
});

Deno.test("an address in a parameter never starts with a colon", () => {
  assertEquals(["::1", "fe80::1", "10.1.2.3"].map(shownAddress), ["0::1", "fe80::1", "10.1.2.3"]);
});

const loopback: readonly (readonly [address: string, isHere: boolean])[] = [
  ["127.0.0.1", true],
  ["127.255.255.254", true],
  ["::1", true],
  ["0:0:0:0:0:0:0:1", true],
  ["::ffff:127.0.0.1", true],
  ["::FFFF:127.1.2.3", true],
  ["::ffff:10.0.0.1", false],
  ["128.0.0.1", false],
  ["12.7.0.1", false],
  ["0.0.0.0", false],
  ["::", false],
  ["::2", false],
  ["1::1", false],
  ["::127.0.0.1", false],
  ["127.0.0.1.evil.example", false],
  ["127.evil.example", false],
  ["", false],
  ["unknown", false],
];

Deno.test("isLoopback() accepts 127.0.0.0/8 and ::1, mapped or not, but no name", () => {
  for (const [address, isHere] of loopback) assertEquals([address, isLoopback(address)], [address, isHere]);
});

Deno.test("an IPv4 address mapped into IPv6 becomes IPv4", () => {
  assertEquals(["::ffff:10.1.2.3", "::ffff:a01:203", "10.1.2.3", "::1"].map(plainAddress), [
    "10.1.2.3",
    "::ffff:a01:203",
    "10.1.2.3",
    "::1",
  ]);
});
