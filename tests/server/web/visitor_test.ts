/** The origin of a request: which headers are believed, and how they are parsed. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseAddress } from "../../../lib/irc/address.ts";
import { type Visitor, visitorOf } from "../../../lib/server/web/visitor.ts";

const trusted = (address: string) => /^(127\.0\.0\.1|10\..*|2001:db8::5)$/.test(address);

function visitor(remoteAddress: string, headers: Record<string, string>): Visitor {
  return visitorOf({ socket: { remoteAddress }, headers }, trusted);
}

Deno.test("the visitor is the last address in X-Forwarded-For that is not a trusted proxy", () => {
  const table: [proxy: string, header: string, address: string][] = [
    ["127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["2001:db8::5", " 2001:DB8:0::9 ", "2001:db8::9"],
    ["127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "198.51.100.1,203.0.113.9,10.0.0.7,10.0.0.8", "203.0.113.9"],
    ["127.0.0.1", "10.0.0.7, 10.0.0.8", "10.0.0.7"],
    ["127.0.0.1", "203.0.113.9:4711", "203.0.113.9"],
    ["127.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"],
    ["127.0.0.1", "[2001:db8::9]", "2001:db8::9"],
    ["127.0.0.1", "::ffff:cb00:7109", "203.0.113.9"],
    ["127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
  ];
  for (const [proxy, header, address] of table) {
    assertEquals(visitor(proxy, { "x-forwarded-for": header }).address, address, header);
  }
});

Deno.test("a value that is not an address leaves the address of the proxy that passed it on", () => {
  const nonsense = [
    "",
    "unknown",
    "_hidden",
    "203.0.113.999",
    "203.0.113.9:x",
    "fe80::1%eth0",
    "203.0.113.9,",
    "a\0b",
  ];
  for (const header of nonsense) {
    assertEquals(visitor("127.0.0.1", { "x-forwarded-for": header }).address, "127.0.0.1", header);
    assertEquals(
      visitor("127.0.0.1", { "x-forwarded-for": `${header}, 10.0.0.7` }).address,
      "10.0.0.7",
      header,
    );
  }
  assertEquals(visitor("127.0.0.1", {}), {
    address: "127.0.0.1",
    secure: false,
    isProxied: true,
    isLocal: true,
  });
});

Deno.test("the loopback address of another machine is ignored", () => {
  const table: [proxy: string, header: string, address: string][] = [
    ["10.0.0.7", "127.0.0.1", "10.0.0.7"],
    ["10.0.0.7", "203.0.113.9, 127.0.0.1", "203.0.113.9"],
    ["127.0.0.1", "127.0.0.1, 10.0.0.7", "10.0.0.7"],
    ["127.0.0.1", "::1, 203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
  ];
  for (const [proxy, header, address] of table) {
    assertEquals(visitor(proxy, { "x-forwarded-for": header }).address, address, header);
  }
});

Deno.test("X-Forwarded-Proto, otherwise Forwarded, shows whether the visitor used TLS", () => {
  const table: [headers: Record<string, string>, secure: boolean][] = [
    [{ "x-forwarded-proto": "https" }, true],
    [{ "x-forwarded-proto": "HTTPS" }, true],
    [{ "x-forwarded-proto": "http" }, false],
    [{ "x-forwarded-proto": "https, http" }, false],
    [{ "x-forwarded-proto": "http, https" }, true],
    [{ "x-forwarded-proto": "http", forwarded: "proto=https" }, false],
    [{ "x-forwarded-proto": "", forwarded: "proto=https" }, false],
    [{ forwarded: "for=203.0.113.9;proto=https;by=10.0.0.5" }, true],
    [{ forwarded: 'for="[2001:db8::9]";Proto="https"' }, true],
    [{ forwarded: "proto=https, for=203.0.113.9;proto=http" }, false],
    [{ forwarded: "proto=https, for=203.0.113.9" }, false],
    [{ forwarded: "reproto=https" }, false],
    [{}, false],
  ];
  for (const [headers, secure] of table) {
    assertEquals(visitor("10.0.0.7", headers).secure, secure, JSON.stringify(headers));
  }
});

Deno.test("headers from an untrusted address are not believed", () => {
  const headers = {
    "x-forwarded-for": "198.51.100.1",
    "x-forwarded-proto": "https",
    forwarded: "proto=https",
  };
  const plain = {
    address: "203.0.113.9",
    secure: false,
    isProxied: false,
    isLocal: false,
    untrustedSign: "the header x-forwarded-for",
  };
  assertEquals(visitor("203.0.113.9", headers), plain);
  assertEquals(visitorOf({ socket: { remoteAddress: "203.0.113.9" }, headers }, undefined), plain);
});

Deno.test("a request from this machine is local only without a sign of a proxy", () => {
  const table: [headers: Record<string, string>, isLocal: boolean][] = [
    [{}, true],
    [{ host: "127.0.0.1:6680", origin: "http://localhost:6680", "user-agent": "curl" }, true],
    [{ host: "localhost:6680", "sec-fetch-site": "same-origin", "x-requested-with": "x" }, true],
    [{ host: "[::1]:6680" }, true],
    [{ host: "attic:6680" }, true],
    [{ host: "attic.local" }, true],
    [{ host: "chat.example" }, false],
    [{ host: "chat.example:6680" }, false],
    ...[
      "x-forwarded-for",
      "x-forwarded-proto",
      "x-forwarded-host",
      "x-forwarded-server",
      "forwarded",
      "via",
      "x-real-ip",
      "cf-connecting-ip",
      "cdn-loop",
      "true-client-ip",
      "x-client-ip",
      "x-cluster-client-ip",
      "fastly-client-ip",
      "x-azure-clientip",
      "x-envoy-external-address",
      "x-original-forwarded-for",
    ].map((name): [Record<string, string>, boolean] => [{ [name]: "127.0.0.1" }, false]),
  ];
  for (const [headers, isLocal] of table) {
    for (const remoteAddress of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
      const found = visitorOf({ socket: { remoteAddress }, headers }, undefined);
      assertEquals([headers, found.isLocal, found.isProxied], [headers, isLocal, !isLocal]);
    }
  }
  assertEquals(visitor("127.0.0.1", { "x-forwarded-for": "127.0.0.1" }).isLocal, false);
  assertEquals(visitor("10.0.0.7", {}).isLocal, false);
  assertEquals(visitorOf({ socket: { remoteAddress: "10.0.0.9" }, headers: {} }, undefined).isLocal, false);
});

Deno.test("a Host that does not lead to this machine by itself shows a proxy that sends no headers", () => {
  const table: [host: string, httpVersion: string, isLocal: boolean][] = [
    ["127.0.0.1:6680", "1.1", true],
    ["localhost:9000", "1.1", true],
    ["localhost", "1.1", true],
    ["app.localhost:6680", "1.1", true],
    ["0.0.0.0:6680", "1.1", true],
    ["[::]:6680", "1.1", true],
    ["[::ffff:127.0.0.1]:6680", "1.1", true],
    ["attic:6680", "1.1", true],
    ["attic", "1.1", false],
    ["attic.local:80", "1.1", false],
    ["chat.lan", "1.1", false],
    ["192.168.1.5:6680", "1.1", false],
    ["[2001:db8::1]", "1.1", false],
    ["127.0.0.1:6680", "1.0", false],
  ];
  for (const [host, httpVersion, isLocal] of table) {
    const socket = { remoteAddress: "127.0.0.1", localPort: 6680 };
    const found = visitorOf({ socket, httpVersion, headers: { host } }, undefined);
    assertEquals([host, found.isLocal, found.isProxied], [host, isLocal, !isLocal]);
  }
});

Deno.test("for any headers, the visitor has an address", () => {
  const part = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef.:[]%, ") }),
    fc.ipV4(),
    fc.ipV6(),
  );
  const header = fc.array(part, { maxLength: 5 }).map((parts) => parts.join());
  fc.assert(fc.property(header, header, header, (addresses, scheme, forwarded) => {
    const headers = { "x-forwarded-for": addresses, "x-forwarded-proto": scheme, forwarded };
    assertEquals(parseAddress(visitor("127.0.0.1", headers).address) !== undefined, true);
    assertEquals(visitor("203.0.113.9", headers).address, "203.0.113.9");
  }));
});
