/** PROXY headers: what is a header, which address it gives, and that only the bytes decide. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isProxyHeader, parseProxyHeader } from "../../lib/net/proxy_header.ts";
import { binaryHeader } from "../support/proxy_headers.ts";

const toBytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const line = (text: string) => parseProxyHeader(toBytes(`${text}\r\n`));
/** The address in a header of version 1, or the result for it. */
function named(text: string): string {
  const header = line(text);
  if (typeof header === "string") return header;
  return header.source === undefined ? "itself" : `${header.source.hostname} ${header.source.port}`;
}

Deno.test("a header of version 1 gives the visitor's address", () => {
  const longest = `PROXY TCP6 ${"ffff:".repeat(7)}ffff ${"ffff:".repeat(7)}ffff 65535 65535`;
  const table: [text: string, who: string][] = [
    ["PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667", "203.0.113.9 4711"],
    ["PROXY TCP6 2001:DB8:0::9 2001:db8::1 4711 6667", "2001:db8::9 4711"],
    ["PROXY TCP6 ::ffff:cb00:7109 ::1 4711 6667", "203.0.113.9 4711"],
    [longest, `${"ffff:".repeat(7)}ffff 65535`],
    ["PROXY UNKNOWN", "itself"],
    ["PROXY UNKNOWN ffff::1 ffff::2 65535 65535", "itself"],
    ["PROXY TCP4 203.0.113.9 10.0.0.5 4711", "malformed"],
    ["PROXY TCP4 203.0.113.9 10.0.0.5 4711 65536", "malformed"],
    ["PROXY TCP4 203.0.113.9 10.0.0.5 04711 6667", "malformed"],
    ["PROXY TCP4 203.0.113.9  10.0.0.5 4711 6667", "malformed"],
    ["PROXY TCP4 203.0.113.999 10.0.0.5 4711 6667", "malformed"],
    ["PROXY TCP4 2001:db8::9 2001:db8::1 4711 6667", "malformed"],
    ["PROXY TCP6 203.0.113.9 10.0.0.5 4711 6667", "malformed"],
    ["PROXY TCP5 203.0.113.9 10.0.0.5 4711 6667", "malformed"],
    ["PROXY UNKNOWNTCP", "malformed"],
    [`PROXY UNKNOWN ${"x".repeat(92)}`, "malformed"],
    ["proxy TCP4 203.0.113.9 10.0.0.5 4711 6667", "none"],
    ["PROXYING", "none"],
    ["NICK ann", "none"],
  ];
  for (const [text, who] of table) assertEquals(named(text), who, text);
  assertEquals(parseProxyHeader(toBytes("PROXY UNKNOWN\nNICK ann\n")), "malformed");
});

Deno.test("a header of version 2 gives the visitor's address and whether it used TLS", () => {
  const four = [...toBytes("\xcb\x00\x71\x09\x0a\x00\x00\x05"), 18, 103, 26, 11];
  const source = { hostname: "203.0.113.9", port: 4711 };
  const secure = [0x20, 0, 5, 1, 0, 0, 0, 0];
  const table: [bytes: Uint8Array, header: unknown][] = [
    [binaryHeader(0x21, 0x11, four), { length: 28, source, secure: false }],
    [binaryHeader(0x21, 0x11, [...four, 4, 0, 0, ...secure]), { length: 39, source, secure: true }],
    [binaryHeader(0x21, 0x11, [...four, 0x20, 0, 1, 0]), { length: 32, source, secure: false }],
    [binaryHeader(0x21, 0x31, [...Array(216).fill(0), ...secure]), {
      length: 240,
      source: undefined,
      secure: true,
    }],
    [binaryHeader(0x20, 0x11, four), { length: 28, source: undefined, secure: false }],
    [binaryHeader(0x21, 0x12, four), { length: 28, source: undefined, secure: false }],
    [binaryHeader(0x21, 0x00, [1, 2, 3]), { length: 19, source: undefined, secure: false }],
    [
      binaryHeader(0x21, 0x21, [
        ...Array(10).fill(0),
        255,
        255,
        ...four.slice(0, 4),
        ...Array(16).fill(0),
        0,
        1,
        0,
        2,
      ]),
      {
        length: 52,
        source: { hostname: "203.0.113.9", port: 1 },
        secure: false,
      },
    ],
  ];
  for (const [bytes, header] of table) assertEquals<unknown>(parseProxyHeader(bytes), header, `${bytes}`);
});

Deno.test("an invalid header of version 2 is malformed", () => {
  const four = Array(12).fill(1);
  const table = [
    binaryHeader(0x11, 0x11, four),
    binaryHeader(0x22, 0x11, four),
    binaryHeader(0x21, 0x41, four),
    binaryHeader(0x21, 0x13, four),
    binaryHeader(0x21, 0x11, four.slice(1)),
    binaryHeader(0x21, 0x21, four),
    binaryHeader(0x21, 0x11, [...four, 4]),
    binaryHeader(0x21, 0x11, [...four, 4, 0, 2, 0]),
    binaryHeader(0x21, 0x11, Array(4081).fill(0)),
  ];
  for (const bytes of table) assertEquals(parseProxyHeader(bytes), "malformed", `${bytes}`);
});

const anyStart = fc.constantFrom(
  toBytes("PROXY "),
  toBytes("PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667\r\n"),
  binaryHeader(0x21, 0x11, Array(12).fill(7)).slice(0, 16),
  binaryHeader(0x21, 0x21, [...Array(36).fill(7), 0x20, 0, 1, 1]),
  new Uint8Array(),
);
const anyBytes = fc.tuple(anyStart, fc.uint8Array({ maxLength: 300 }))
  .map(([start, rest]) => Uint8Array.from([...start, ...rest]));

Deno.test("for any bytes in any pieces, the final result is the same", () => {
  fc.assert(fc.property(anyBytes, (bytes) => {
    const answers = Array.from(
      { length: bytes.length + 1 },
      (_, end) => parseProxyHeader(bytes.subarray(0, end)),
    );
    const first = answers.findIndex((answer) => answer !== "more");
    if (first < 0) return;
    for (const answer of answers.slice(first)) assertEquals(answer, answers[first]);
    const found = answers[first];
    if (typeof found === "object") assertEquals(found.length, first);
    if (found !== "none") assertEquals(isProxyHeader(bytes), true);
  }));
});
