/**
 * Peers that do not cooperate: each of their sockets is closed by the server alone, and it counts until then. Both ends
 * are in this process, so the number of its open descriptors shows whether the server's end is closed.
 */
import { Duplex } from "node:stream";
import { connect } from "node:tls";
import { assert, assertEquals } from "@std/assert";
import { testCertificate } from "../support/certificate.ts";
import { openDescriptors } from "../../lib/net/descriptors.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import { SocketLimits } from "../../lib/net/socket_limits.ts";
import { until, withDeadline } from "../support/deadline.ts";
import { type Listening, readAll, sendText, startListening } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";
import { startSite } from "../support/site.ts";

const ignore = !granted("net", "read", "env") || openDescriptors() === undefined;
const hostname = "127.0.0.1";
const tls = ignore ? undefined : await testCertificate();

Deno.test({
  name: "a TLS handshake that never comes ends, and counts until then",
  ignore,
  fn: silentHandshake,
});
Deno.test({ name: "a handshake counts for its address", ignore, fn: countedHandshake });
Deno.test({
  name: "a refused peer that does not finish its handshake soon leaves its place to the next one",
  ignore,
  fn: refusedHandshake,
});
Deno.test({ name: "handshakes of an address that comes too often begin later", ignore, fn: slowHandshakes });
Deno.test({ name: "refused WebSockets are counted, and those beyond get 503", ignore, fn: refusedUpgrades });
Deno.test({ name: "a reader that is cut off is closed at once, also over TLS", ignore, fn: cutOff });
Deno.test({ name: "a WebSocket closes although its peer does not answer", ignore, fn: silentWebSocket });
Deno.test({ name: "a slow HTTP peer is closed in each phase", ignore, fn: slowRequests });
Deno.test({ name: "a slow but steady sender and an active connection stay", ignore, fn: steady });

/**
 * Waits until the server has closed its ends of all sockets: it counts none, and only `left` more descriptors are open
 * than `before`.
 */
async function untilOpen(before: number, left: number, counted: () => number): Promise<void> {
  const waiting = async () => {
    while (counted() > 0 || (openDescriptors() ?? 0) > before + left) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await withDeadline(
    waiting(),
    3_000,
    () => `${(openDescriptors() ?? 0) - before} descriptors are open, not ${left}`,
  );
}

async function silentHandshake(): Promise<void> {
  const before = openDescriptors() ?? 0;
  using place = startListening({ ...(tls && { tls }), handshakeTimeoutMs: 60 });
  const alone = openDescriptors() ?? 0;
  const silent = await place.connect();
  const halfway = await place.connect();
  await halfway.write(Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01));
  await until(() => place.listener.connections === 2);
  await untilOpen(alone, 2, () => place.listener.connections);
  assertEquals([await readAll(silent), await readAll(halfway)], ["", ""]);
  assert(alone > before);
}

async function countedHandshake(): Promise<void> {
  const limits = new SocketLimits({ maxPerPeer: 1 });
  using place = startListening({
    ...(tls && { tls }),
    limits,
    isTrustedProxy: () => true,
    handshakeTimeoutMs: 60_000,
  });
  const visit = async () => {
    const socket = await place.connect();
    await sendText(socket, "PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667\r\n");
    return socket;
  };
  await visit();
  await until(() => limits.connections === 1);
  const second = await visit();
  const secure = await Deno.startTls(second, { hostname, caCerts: tls ? [tls.cert] : [] });
  using _secure = secure;
  assertEquals(
    await readAll(secure),
    "ERROR :Closing link: Too many connections from your address: 1 of 1\r\n",
  );
  await place.listener.close();
  await until(() => limits.connections === 0);
}

async function slowHandshakes(): Promise<void> {
  const counted: string[] = [];
  using place = startListening({
    ...(tls && { tls }),
    isTrustedProxy: () => true,
    handshakeTimeoutMs: 60_000,
    handshakeWaitMs: ({ address, isLocal }) => {
      counted.push(`${address} ${isLocal}`);
      return address === "203.0.113.9" ? 80 : 0;
    },
    onConnection: (connection) => connection.close(),
  });
  const visit = async (address: string) => {
    const startMs = performance.now();
    const socket = await place.connect();
    await sendText(socket, `PROXY TCP4 ${address} 10.0.0.5 4711 6667\r\n`);
    using secure = await Deno.startTls(socket, { hostname, caCerts: tls ? [tls.cert] : [] });
    await readAll(secure);
    return performance.now() - startMs;
  };
  await visit("198.51.100.7");
  const tookMs = await visit("203.0.113.9");
  assert(tookMs >= 79, `${tookMs} ms`);
  assertEquals(counted, ["198.51.100.7 false", "203.0.113.9 false"]);
}

/** Space for one connection, and for one that is refused in words. */
const narrow = { maxConnections: 1, maxDescriptors: 16 };
const full = "ERROR :The server is full: 1 of 1 connections";

async function refusedHandshake(): Promise<void> {
  using place = startListening({
    ...(tls && { tls }),
    limits: new SocketLimits(narrow),
    handshakeTimeoutMs: 60_000,
    stream: { closeTimeoutMs: 50 },
  });
  await place.connect();
  const refused = await place.connect();
  assertEquals(await withDeadline(readAll(refused), 3_000, () => "It keeps its place"), "");
  const next = await Deno.startTls(await place.connect(), { hostname, caCerts: tls ? [tls.cert] : [] });
  assertEquals(await readAll(next), `${full}\r\n`);
  next.close();
  await place.listener.close();
}

async function refusedUpgrades(): Promise<void> {
  const limits = new SocketLimits(narrow);
  await using site = startSite({}, { limits });
  const answers: string[] = [];
  const sockets: Deno.TcpConn[] = [];
  for (let count = 0; count < 3; count++) {
    const socket = await Deno.connect({ hostname, port: site.web.port });
    sockets.push(socket);
    await sendText(socket, upgrade);
    const bytes = new Uint8Array(500);
    const length = await socket.read(bytes) ?? 0;
    answers.push(new TextDecoder().decode(bytes.subarray(0, length)));
  }
  assertEquals(answers.map((answer) => answer.slice(9, 12)), ["101", "101", "503"]);
  assert(answers[1]?.includes(full) && answers[2]?.endsWith(full.slice("ERROR :".length)), answers.join());
  for (const socket of sockets) socket.close();
  while (limits.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert(limits.enterRefused());
}

/** The server sends much to a peer that reads nothing. */
async function overwhelm(
  place: Listening,
  cut: PromiseWithResolvers<void>,
  come: () => Promise<Disposable>,
): Promise<void> {
  const alone = openDescriptors() ?? 0;
  using _peer = await come();
  await cut.promise;
  await untilOpen(alone, 1, () => place.listener.connections);
}

async function cutOff(): Promise<void> {
  const block = new Uint8Array(200_000).fill(10);
  let cut = Promise.withResolvers<void>();
  const options = {
    stream: { maxQueueBytes: 1_000_000, closeTimeoutMs: 50 },
    onConnection: (connection: { write(chunk: Uint8Array): void; ended: string | undefined }) => {
      const more = () => {
        if (connection.ended !== undefined) return cut.resolve();
        connection.write(block);
        setTimeout(more, 0);
      };
      more();
    },
  };
  using plain = startListening(options);
  await overwhelm(plain, cut, () => Deno.connect({ hostname, port: plain.listener.port }));
  cut = Promise.withResolvers();
  using secure = startListening({ ...options, ...(tls && { tls }) });
  await overwhelm(secure, cut, () => deafPeer(secure.listener.port));
}

/** A peer that reads nothing after the TLS handshake. Deno's own TLS connections read ahead. */
async function deafPeer(port: number): Promise<Disposable> {
  const socket = await Deno.connect({ hostname, port });
  let isDeaf = false;
  const stream = new Duplex({
    read() {
      if (isDeaf) return;
      const bytes = new Uint8Array(16_384);
      socket.read(bytes).then((count) => stream.push(bytes.subarray(0, count ?? 0)), () => {});
    },
    write: (chunk, _encoding, done) => void socket.write(chunk).then(() => done(), done),
  });
  const peer = connect({ socket: stream, rejectUnauthorized: false });
  peer.on("error", () => {});
  await new Promise((resolve) => peer.once("secureConnect", resolve));
  isDeaf = true;
  return {
    [Symbol.dispose]() {
      peer.destroy();
      stream.destroy();
      socket.close();
    },
  };
}

const upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

async function silentWebSocket(): Promise<void> {
  const limits = new SocketLimits();
  await using site = startSite({}, {
    limits,
    onConnection: (connection) => connection.close(),
    stream: { flusher: new Flusher(), limits: { tagBytes: 99, bodyBytes: 99 }, closeTimeoutMs: 50 },
  });
  const alone = openDescriptors() ?? 0;
  using socket = await Deno.connect({ hostname, port: site.web.port });
  await sendText(socket, upgrade);
  await socket.read(new Uint8Array(500));
  await untilOpen(alone, 1, () => site.web.connections + limits.connections);
}

const deadlines = { headersMs: 40, idleMs: 80, stallMs: 80, bytesPerSecond: 1_000_000 };

async function slowRequests(): Promise<void> {
  const big = new Uint8Array(20_000_000);
  await using site = startSite({}, {
    deadlines,
    onError: () => {},
    routes: [async (request, response, path) => {
      if (path === "/big") return void response.end(big);
      for await (const _chunk of request);
      response.end("ok");
    }],
  });
  const alone = openDescriptors() ?? 0;
  const say = async (text: string) => {
    const socket = await Deno.connect({ hostname, port: site.web.port });
    await sendText(socket, text);
    return socket;
  };
  const host = "Host: localhost\r\n";
  const phases = {
    silent: await say(""),
    headers: await say(`GET / HTTP/1.1\r\n${host}X-Slow: `),
    idle: await say(`GET / HTTP/1.1\r\n${host}\r\n`),
    body: await say(`POST / HTTP/1.1\r\n${host}Content-Length: 100000\r\n\r\nabc`),
    reader: await say(`GET /big HTTP/1.1\r\n${host}\r\n`),
  };
  const trickling = setInterval(() => sendText(phases.body, "x").catch(() => {}), 10);
  await untilOpen(alone, Object.keys(phases).length, () => site.web.connections);
  clearInterval(trickling);
  const statuses = [];
  for (const phase of ["headers", "idle", "body"] as const) {
    statuses.push((await readAll(phases[phase]).catch(() => "cut")).split(" ")[1]);
  }
  assertEquals(statuses.slice(0, 2), ["408", "200"]);
  for (const socket of Object.values(phases)) socket.close();
}

async function steady(): Promise<void> {
  await using site = startSite({}, {
    deadlines: { ...deadlines, bytesPerSecond: 100 },
    routes: [async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      response.end(`${bytes} bytes`);
    }],
  });
  using socket = await Deno.connect({ hostname, port: site.web.port });
  await sendText(
    socket,
    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 120\r\n\r\n",
  );
  for (let sent = 0; sent < 120; sent += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await sendText(socket, "x".repeat(10));
  }
  assert((await readAll(socket)).includes("120 bytes"));
}
