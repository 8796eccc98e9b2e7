/** Listening behind proxies: the address from the header, and connections without a header or with a wrong one. */
import { assertEquals, assertRejects } from "@std/assert";
import type { KeyPair } from "../../lib/net/certificate.ts";
import { testCertificate } from "../support/certificate.ts";
import { SocketLimits } from "../../lib/net/socket_limits.ts";
import { readAll, sendText, startListening } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";
import { binaryHeader, headerOf } from "../support/proxy_headers.ts";

const ignore = !granted("net");

Deno.test({ name: "the visitor's address comes from the header of a trusted proxy", ignore, fn: named });
Deno.test({ name: "a header can arrive in any pieces, together with lines", ignore, fn: pieces });
Deno.test({ name: "a proxy that speaks for itself keeps its address", ignore, fn: itself });
Deno.test({
  name: "a loopback address in a header is replaced by the proxy's address",
  ignore,
  fn: loopback,
});
Deno.test({ name: "a peer that starts without a header keeps its address", ignore, fn: plain });
Deno.test({
  name: "a silent peer keeps its address after a while, and then a header is too late",
  ignore,
  fn: silent,
});
Deno.test({ name: "a malformed or incomplete header ends the connection", ignore, fn: malformed });
Deno.test({ name: "a header from an untrusted address is refused with an explanation", ignore, fn: strange });
Deno.test({ name: "where a header is required, others are refused with a sentence", ignore, fn: required });
Deno.test({
  name: "a visitor without an address behind a proxy on this machine is not local",
  ignore,
  fn: notLocal,
});
Deno.test({
  name: "a socket that waits for a header counts as a connection, and close() ends the wait",
  ignore,
  fn: places,
});
Deno.test({ name: "TLS starts after the header, and without a header at once", ignore, fn: encrypted });
Deno.test({ name: "useCertificate() changes the certificate on a port for proxies", ignore, fn: reloads });

interface Echo extends Disposable {
  readonly port: number;
  readonly place: ReturnType<typeof startListening>;
  readonly errors: string[];
}

/** Answers each line with the address of its sender; it closes when the peer ends. */
function startEcho(
  trusted = true,
  options: { tls?: KeyPair; headerTimeoutMs?: number; onlyProxied?: string } = {},
): Echo {
  const errors: string[] = [];
  const place = startListening({
    ...options,
    isTrustedProxy: () => trusted,
    onError: (error) => errors.push(String(error)),
    async onConnection(connection) {
      connection.send("hello");
      for await (const lines of connection.lines()) {
        for (const line of lines) connection.send(`${connection.remote} ${connection.secure} ${line}`);
      }
      connection.close();
    },
    stream: { closeTimeoutMs: 50, onWrongProtocol: (which, address) => `${which} from ${address}` },
  });
  return { port: place.listener.port, place, errors, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

/** The whole answer to these pieces. */
async function answer(echo: Echo, ...pieces: (string | Uint8Array<ArrayBuffer>)[]): Promise<string> {
  const socket = await echo.place.connect();
  for (const piece of pieces) {
    if (typeof piece === "string") await sendText(socket, piece);
    else await socket.write(piece);
  }
  await socket.closeWrite();
  const text = await readAll(socket);
  return text.replaceAll(/127\.0\.0\.1:\d+/g, "here").replaceAll("\r\n", "; ");
}

const line = "PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667\r\n";

async function named(): Promise<void> {
  using echo = startEcho();
  assertEquals(await answer(echo, line, "hi\r\n"), "hello; 203.0.113.9:4711 false hi; ");
  assertEquals(await answer(echo, headerOf("203.0.113.9"), "hi\r\n"), "hello; 203.0.113.9:4711 false hi; ");
  assertEquals(
    await answer(echo, headerOf("203.0.113.9", true), "hi\r\n"),
    "hello; 203.0.113.9:4711 true hi; ",
  );
  const six = "PROXY TCP6 2001:db8:0::9 ::1 4711 6667\r\n";
  assertEquals(await answer(echo, six, "hi\r\n"), "hello; [2001:db8::9]:4711 false hi; ");
}

async function pieces(): Promise<void> {
  using echo = startEcho();
  const long = "x".repeat(3_000);
  const whole = `${line}hi\r\n${long}\r\nbye\r\n`;
  const wanted = ["hello", ...["hi", long, "bye"].map((text) => `203.0.113.9:4711 false ${text}`), ""].join(
    "; ",
  );
  assertEquals(await answer(echo, whole), wanted);
  assertEquals(await answer(echo, ...whole.slice(0, 60), whole.slice(60)), wanted);
  const bytes = [...headerOf("203.0.113.9")].map((byte) => Uint8Array.of(byte));
  assertEquals(await answer(echo, ...bytes, "hi\r\n"), "hello; 203.0.113.9:4711 false hi; ");
}

async function itself(): Promise<void> {
  using echo = startEcho();
  const unknown = "PROXY UNKNOWN 203.0.113.9 10.0.0.5 1 2\r\n";
  assertEquals(await answer(echo, unknown, "hi\r\n"), "hello; here false hi; ");
  assertEquals(await answer(echo, binaryHeader(0x20, 0, []), "hi\r\n"), "hello; here false hi; ");
}

async function loopback(): Promise<void> {
  using echo = startEcho();
  const peer = await echo.place.connect();
  await sendText(peer, "PROXY TCP4 127.0.0.9 127.0.0.1 4711 6667\r\nhi\r\n");
  await peer.closeWrite();
  const { port } = peer.localAddr;
  assertEquals(await readAll(peer), `hello\r\n127.0.0.1:${port} false hi\r\n`);
}

async function plain(): Promise<void> {
  using echo = startEcho();
  assertEquals(await answer(echo, "hi\r\n"), "hello; here false hi; ");
  assertEquals(await answer(echo, "\r\n", "P", "ROX", "hi\r\n"), "hello; here false PROXhi; ");
}

async function silent(): Promise<void> {
  using echo = startEcho(true, { headerTimeoutMs: 1 });
  const ann = await echo.place.connect();
  assertEquals(await greeting(ann), "hello\r\n");
  await sendText(ann, "hi\r\n");
  await ann.closeWrite();
  assertEquals(await readAll(ann), `127.0.0.1:${ann.localAddr.port} false hi\r\n`);
  const late = await echo.place.connect();
  assertEquals(await greeting(late), "hello\r\n");
  await sendText(late, line);
  assertEquals(await readAll(late), "ERROR :PROXY from 127.0.0.1\r\n");
}

async function greeting(socket: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array("hello\r\n".length);
  await socket.read(bytes);
  return new TextDecoder().decode(bytes);
}

async function malformed(): Promise<void> {
  using echo = startEcho(true, { headerTimeoutMs: 30 });
  assertEquals(await answer(echo, "PROXY me\r\nhi\r\n"), "");
  const unfinished = await echo.place.connect();
  await sendText(unfinished, "PROXY TCP4 203.");
  assertEquals(await readAll(unfinished), "");
  assertEquals(await answer(echo, "PROXY TCP4 203."), "");
  assertEquals(echo.errors, [
    "Error: the proxy 127.0.0.1 sent a malformed header",
    "Error: the proxy 127.0.0.1 did not send its header in time",
  ]);
  assertEquals(echo.place.listener.connections, 0);
}

async function strange(): Promise<void> {
  using echo = startEcho(false);
  assertEquals(await answer(echo, line), "hello; ERROR :PROXY from 127.0.0.1; ");
  assertEquals(await answer(echo, headerOf("203.0.113.9")), "hello; ERROR :PROXY from 127.0.0.1; ");
}

const sentence = "Connect to the proxy";

async function required(): Promise<void> {
  using echo = startEcho(true, { onlyProxied: sentence });
  assertEquals(await answer(echo, "hi\r\n"), `ERROR :${sentence}; `);
  assertEquals(await answer(echo, line, "hi\r\n"), "hello; 203.0.113.9:4711 false hi; ");
  // The health check of HAProxy.
  assertEquals(await answer(echo, binaryHeader(0x20, 0, []), "hi\r\n"), "hello; here false hi; ");
  using strangers = startEcho(false, { onlyProxied: sentence });
  assertEquals(await answer(strangers, "hi\r\n"), `ERROR :${sentence}; `);
  assertEquals(await answer(strangers, line), `ERROR :${sentence}; `);
  using silent = startEcho(true, { onlyProxied: sentence, headerTimeoutMs: 1 });
  assertEquals(await readAll(await silent.place.connect()), `ERROR :${sentence}\r\n`);
  await echo.place.listener.close();
  assertEquals(echo.place.listener.connections, 0);
}

async function notLocal(): Promise<void> {
  const found: [string, boolean][] = [];
  using place = startListening({
    isTrustedProxy: () => true,
    onConnection(connection) {
      found.push([connection.address, connection.isLocal]);
      connection.close();
    },
  });
  const starts = [
    "NICK ann\r\n",
    "PROXY UNKNOWN\r\n",
    "PROXY TCP4 127.0.0.1 127.0.0.1 4711 6667\r\n",
    line,
  ];
  for (const start of starts) {
    const socket = await place.connect();
    await sendText(socket, start);
    await socket.closeWrite();
    await readAll(socket);
  }
  assertEquals(found, [["127.0.0.1", true], ["127.0.0.1", false], ["127.0.0.1", true], [
    "203.0.113.9",
    false,
  ]]);
}

async function places(): Promise<void> {
  using place = startListening({
    isTrustedProxy: () => true,
    limits: new SocketLimits({ maxConnections: 1 }),
  });
  const waiting = await place.connect();
  const refused = await place.connect();
  await sendText(refused, "hi\r\n");
  assertEquals(await readAll(refused), "ERROR :The server is full: 1 of 1 connections\r\n");
  assertEquals(place.listener.connections, 1);
  await place.listener.close();
  assertEquals([await readAll(waiting), place.listener.connections], ["", 0]);
}

/** The answer to "hi" over TLS that starts after `first`. */
async function encryptedAnswer(echo: Echo, { cert }: KeyPair, first: string): Promise<string> {
  const socket = await echo.place.connect();
  await sendText(socket, first);
  using secure = await Deno.startTls(socket, { hostname: "127.0.0.1", caCerts: [cert] });
  await sendText(secure, "hi\r\n");
  assertEquals(await greeting(secure), "hello\r\n");
  const bytes = new Uint8Array(100);
  const text = new TextDecoder().decode(bytes.subarray(0, await secure.read(bytes) ?? 0));
  return text.replace(/127\.0\.0\.1:\d+/, "here").trim();
}

async function encrypted(): Promise<void> {
  const tls = await testCertificate();
  using echo = startEcho(true, { tls });
  assertEquals(await encryptedAnswer(echo, tls, line), "203.0.113.9:4711 true hi");
  assertEquals(await encryptedAnswer(echo, tls, ""), "here true hi");
  // Both arrive in one read, so TLS gets its first bytes at once.
  const noTls = await echo.place.connect();
  await sendText(noTls, `${line}NICK ann\r\n`);
  await readAll(noTls);
  assertEquals(await encryptedAnswer(echo, tls, line), "203.0.113.9:4711 true hi");
  using strangers = startEcho(false, { tls });
  assertEquals(await encryptedAnswer(strangers, tls, ""), "here true hi");
  await assertRejects(() => encryptedAnswer(strangers, tls, line));
  assertEquals(await answer(strangers, line), "ERROR :PROXY from 127.0.0.1; ");
}

async function reloads(): Promise<void> {
  const [first, second] = [await testCertificate(), await testCertificate()];
  using echo = startEcho(true, { tls: first });
  assertEquals(await encryptedAnswer(echo, first, line), "203.0.113.9:4711 true hi");
  echo.place.listener.useCertificate(second);
  assertEquals(await encryptedAnswer(echo, second, line), "203.0.113.9:4711 true hi");
}
