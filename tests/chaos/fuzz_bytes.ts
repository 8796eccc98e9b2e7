/**
 * Bytes of hostile or broken peers below the lines: WebSocket frames, HTTP requests, PROXY headers and TLS records,
 * valid ones and damaged ones. A seed repeats them. None of them is a known attack on other software.
 */
import { binaryHeader } from "../support/proxy_headers.ts";
import type { Chance } from "./chance.ts";
import { fuzzLine } from "./fuzz_lines.ts";

const encoder = new TextEncoder();

/** Frames of a client, which has mostly registered before; most of them carry a line. */
export function fuzzFrames(chance: Chance, count: number): Uint8Array {
  const nick = chance.of(["ann", "bob", "cat", "dan"]);
  const begin = [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "JOIN #tea,#den"];
  const parts = chance.below(5) === 0
    ? []
    : begin.map((line) => frameOf(0x81, encoder.encode(line), chance, 0x80));
  while (parts.length < count) parts.push(frame(chance));
  const bytes = joined(parts);
  return chance.below(8) === 0 ? damaged(bytes, chance) : bytes;
}

const opcodes = [0, 1, 1, 1, 1, 2, 8, 9, 10, 3, 15] as const;

function frame(chance: Chance): Uint8Array {
  // Most frames carry a line, else nothing behind the frames would be reached.
  if (chance.below(4) > 0) return frameOf(0x81, encoder.encode(fuzzLine(chance)), chance);
  const first = (chance.below(5) === 0 ? 0 : 0x80) | (chance.below(40) === 0 ? 0x40 : 0) | chance.of(opcodes);
  const length = chance.of([0, 0, 1, 2, 5, 125, 126, 127, 200, 1000]);
  return frameOf(first, Uint8Array.from({ length }, () => chance.below(256)), chance);
}

function frameOf(
  first: number,
  payload: Uint8Array,
  chance: Chance,
  masked = chance.below(400) === 0 ? 0 : 0x80,
): Uint8Array {
  const { length } = payload;
  const size = length > 125 || chance.below(50) === 0
    ? [masked | 126, length >> 8, length & 0xff]
    : [masked | length];
  const mask = Array.from({ length: masked === 0 ? 0 : 4 }, () => chance.below(256));
  const body = payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0));
  return Uint8Array.from([first, ...size, ...mask, ...body]);
}

const methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW", "get", ""];
const paths = [
  "/",
  "/healthz",
  "/metrics",
  "/upload",
  "/upload/abc",
  "/upload/abc/x.txt",
  "/files/",
  "/text/1",
  "/text/x/y",
  "/main.ts",
  "/../etc/passwd",
  "/%2e%2e/x",
  "/%",
  "/%ff%fe",
  "//x",
  "*",
  "http://localhost/",
  "/?q=" + "a".repeat(300),
];
const headers = [
  "Host: localhost",
  "Host: chat.example",
  "Host: [::1",
  "Host:",
  "Connection: keep-alive",
  "Connection: close",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Version: 8",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol: binary.ircv3.net, x",
  "Origin: http://localhost",
  "Origin: null",
  "Content-Length: 0",
  "Content-Length: 5",
  "Content-Type: text/plain",
  'Content-Disposition: attachment; filename="x"',
  "Authorization: Bearer x.y",
  "Authorization: Basic YW5uOnB3",
  "Range: bytes=0-1",
  "Range: bytes=-5,9-",
  "If-None-Match: *",
  "If-Modified-Since: yesterday",
  "Accept-Encoding: gzip, *;q=0",
  "X-Forwarded-For: 203.0.113.9, x",
  'Forwarded: for="[::1]";proto=https',
  "Expect: 100-continue",
  "Transfer-Encoding: chunked",
  "X-Long: " + "y".repeat(2_000),
  "Broken",
  ": empty",
  "Sp ace: x",
];

/** One request, and its body where it has one. */
export function fuzzRequest(chance: Chance): Uint8Array {
  const chosen = Array.from({ length: chance.below(7) }, () => chance.of(headers));
  if (chance.below(10) > 0) chosen.unshift("Host: localhost");
  const version = chance.below(20) === 0 ? chance.of(["HTTP/1.0", "HTTP/2.0", "HTTP/9", ""]) : "HTTP/1.1";
  const body = chosen.some((one) => one.startsWith("Content-Length: 5")) ? "hello" : "";
  const start = `${chance.of(methods)} ${chance.of(paths)} ${version}`;
  const bytes = encoder.encode(`${[start, ...chosen].join("\r\n")}\r\n\r\n${body}`);
  return chance.below(6) === 0 ? damaged(bytes, chance) : bytes;
}

const proxyLines = [
  "PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667\r\n",
  "PROXY TCP6 2001:db8::9 ::1 4711 6667\r\n",
  "PROXY UNKNOWN\r\n",
  "PROXY UNKNOWN what ever\r\n",
  "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
  "PROXY TCP5 x\r\n",
];
/** The start of a ClientHello: an extension block of another length than announced. */
const hello = [22, 3, 1, 0, 46, 1, 0, 0, 42, 3, 3, ...Array(32).fill(7), 0, 0, 2, 0x13, 1, 1, 0];

/** The first bytes of a connection that a proxy or a TLS client begins, and lines. */
export function fuzzStart(chance: Chance): Uint8Array {
  const header = chance.below(2) === 0 ? encoder.encode(chance.of(proxyLines)) : binaryHeader(
    chance.of([0x20, 0x21, 0x21, 0x11, 0x2f]),
    chance.of([0, 0x11, 0x11, 0x21, 0x31, 0x99]),
    Array.from({ length: chance.of([0, 12, 12, 20, 36, 216]) }, () => chance.below(256)),
  );
  const rest = chance.below(2) === 0
    ? Uint8Array.from(hello)
    : encoder.encode(`${fuzzLine(chance)}\r\n${fuzzLine(chance)}\r\n`);
  const bytes = chance.below(3) === 0 ? rest : joined([header, rest]);
  return chance.below(3) === 0 ? damaged(bytes, chance) : bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Some bytes changed, left out or repeated. */
function damaged(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = bytes.slice();
  const at = chance.below(copy.length + 1);
  switch (chance.below(4)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return joined([copy.subarray(0, at), copy.subarray(chance.below(copy.length + 1))]);
    case 2:
      for (let left = 1 + chance.below(4); left > 0; left--) {
        copy[chance.below(copy.length)] = chance.below(256);
      }
      return copy;
    default:
      return joined([copy.subarray(0, at), Uint8Array.of(chance.below(256)), copy.subarray(at)]);
  }
}
