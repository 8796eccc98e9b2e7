/**
 * Every phase of a connection has a deadline of the whole phase: bytes that arrive one by one do not extend it. The peer
 * counts until the server's end is closed. Both ends are in this process, so the number of its open descriptors shows it.
 */
import { assert, assertEquals } from "@std/assert";
import { testCertificate } from "../support/certificate.ts";
import { openDescriptors } from "../../lib/net/descriptors.ts";
import { SocketLimits } from "../../lib/net/socket_limits.ts";
import { withDeadline } from "../support/deadline.ts";
import { type Listening, sendText, startListening } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";
import { type Site, startSite } from "../support/site.ts";

const ignore = !granted("net", "read", "env") || openDescriptors() === undefined;
const shortMs = 60;
const proxied = "PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667\r\n";
const hello = "\x16\x03\x01\x3f\x00\x01";
const request = "POST / HTTP/1.1\r\nHost: localhost\r\n";
const upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/** The first bytes of a peer, and what it then sends again and again. */
const phases:
  readonly (readonly [name: string, port: "tls" | "proxy" | "web", first: string, then?: string])[] = [
    ["TLS, silent", "tls", ""],
    ["TLS, the start of a handshake", "tls", hello],
    ["TLS, a handshake byte by byte", "tls", hello, "\x03"],
    ["PROXY header, its start", "proxy", "PROXY TCP4 203."],
    ["PROXY header, byte by byte", "proxy", "PROXY ", "T"],
    ["PROXY header, then no TLS", "proxy", proxied],
    ["PROXY header, then TLS byte by byte", "proxy", proxied + hello, "\x03"],
    ["HTTP, silent", "web", ""],
    ["HTTP, the start of headers", "web", `${request}X-Slow: `],
    ["HTTP, headers byte by byte", "web", `${request}X-Slow: `, "x"],
    ["HTTP, an upgrade without its end", "web", upgrade],
    ["HTTP, an upgrade with endless headers", "web", upgrade, "X-More: 1\r\n"],
    ["HTTP, a body that does not come", "web", `${request}Content-Length: 1000\r\n\r\n`],
    ["HTTP, a body byte by byte", "web", `${request}Content-Length: 1000\r\n\r\n`, "x"],
    [
      "HTTP, a chunked body byte by byte",
      "web",
      `${request}Transfer-Encoding: chunked\r\n\r\n`,
      "1\r\nx\r\n",
    ],
    ["HTTP, no further request", "web", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ];

Deno.test({ name: "no phase of a connection lasts longer than its deadline", ignore, fn: allPhases });

interface Places extends Disposable {
  readonly tls: Listening;
  readonly proxy: Listening;
  readonly site: Site;
}

async function open(limits: SocketLimits): Promise<Places> {
  const tls = await testCertificate();
  const options = { tls, limits, headerTimeoutMs: shortMs, handshakeTimeoutMs: shortMs };
  const places = {
    tls: startListening(options),
    proxy: startListening({ ...options, isTrustedProxy: () => true }),
  };
  const site = startSite({}, {
    limits,
    deadlines: { headersMs: shortMs, idleMs: shortMs, stallMs: shortMs, bytesPerSecond: 1_000_000 },
    routes: [async (request, response) => {
      for await (const _part of request);
      response.end("ok");
    }],
    onError: () => {},
  });
  return {
    ...places,
    site,
    [Symbol.dispose]() {
      places.tls[Symbol.dispose]();
      places.proxy[Symbol.dispose]();
    },
  };
}

async function allPhases(): Promise<void> {
  const limits = new SocketLimits();
  using places = await open(limits);
  await using site = places.site;
  const ports = {
    tls: places.tls.listener.port,
    proxy: places.proxy.listener.port,
    web: site.web.port,
  };
  const alone = openDescriptors() ?? 0;
  const peers: Deno.TcpConn[] = [];
  const timers: ReturnType<typeof setInterval>[] = [];
  for (const [, port, first, then] of phases) {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: ports[port] });
    peers.push(socket);
    await sendText(socket, first);
    if (then !== undefined) timers.push(setInterval(() => sendText(socket, then).catch(() => {}), 15));
  }
  const counted = () =>
    places.tls.listener.connections + places.proxy.listener.connections + site.web.connections;
  const serverEnds = () => (openDescriptors() ?? 0) - alone - peers.length;
  let [uncounted, checks] = [0, 0];
  const waiting = async () => {
    while (counted() > 0 || serverEnds() > 0) {
      checks++;
      if (serverEnds() > counted()) uncounted++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await withDeadline(waiting(), 5_000, () => `${serverEnds()} are open, ${counted()} count`);
  assertEquals(limits.connections, 0);
  // Deno closes a descriptor a moment after close().
  assert(uncounted <= checks / 2, `In ${uncounted} of ${checks} checks more sockets were open than counted`);
  for (const timer of timers) clearInterval(timer);
  for (const socket of peers) socket.close();
}
