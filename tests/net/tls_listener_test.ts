/** Listening with TLS: lines in both directions, and a new certificate while connections stay. */
import { X509Certificate } from "node:crypto";
import { assertEquals } from "@std/assert";
import { parseFingerprint } from "../../lib/irc/digest.ts";
import type { KeyPair } from "../../lib/net/certificate.ts";
import { testCertificate } from "../support/certificate.ts";
import { dialTls } from "../../lib/net/dial_tls.ts";
import { listen, type Listener } from "../../lib/net/listen.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import type { TlsIdentity } from "../../lib/net/tls_identity.ts";
import { granted } from "../support/permissions.ts";
import { overTcp } from "../support/peer.ts";

const ignore = !granted("net");

Deno.test({ name: "a TLS listener accepts lines and marks them as secure", ignore, fn: carries });
Deno.test({
  name: "a TLS listener knows the certificate of a client, and binds logins to its own",
  ignore,
  fn: identifies,
});
Deno.test({ name: "useCertificate() changes the certificate and closes no connection", ignore, fn: reloads });
Deno.test({ name: "a peer that does not speak TLS is closed, and the others stay", ignore, fn: plain });

function echo(tls: KeyPair): Listener {
  return listen({
    hostname: "127.0.0.1",
    port: 0,
    tls,
    stream: { flusher: new Flusher(), limits: { tagBytes: 4096, bodyBytes: 4096 }, closeTimeoutMs: 50 },
    async onConnection(connection) {
      for await (const lines of connection.lines()) {
        for (const line of lines) connection.send(`${connection.secure} ${line}`);
      }
      connection.close();
    },
  });
}

/** Sends a line over a new connection that trusts only this certificate. */
async function dialled(
  port: number,
  { cert }: KeyPair,
): Promise<{ say(line: string): Promise<string>; close(): Promise<void> }> {
  const wire = overTcp(await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [cert] }));
  const lines = wire.lines[Symbol.asyncIterator]();
  return {
    async say(line) {
      wire.send(line);
      return String((await lines.next()).value);
    },
    async close() {
      wire.close();
      await lines.next();
    },
  };
}

async function over(listener: Listener): Promise<void> {
  await listener.close();
  while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function carries(): Promise<void> {
  const pair = await testCertificate();
  const listener = echo(pair);
  const ann = await dialled(listener.port, pair);
  assertEquals(await ann.say("hello"), "true hello");
  await ann.close();
  await over(listener);
}

async function identifies(): Promise<void> {
  const [pair, own] = [await testCertificate(), await testCertificate()];
  const tls = Promise.withResolvers<TlsIdentity | undefined>();
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    tls: pair,
    stream: { flusher: new Flusher(), limits: { tagBytes: 4096, bodyBytes: 4096 }, closeTimeoutMs: 50 },
    onConnection(connection) {
      tls.resolve(connection.tls);
      connection.abort();
    },
  });
  const { port } = listener;
  const { connection } = await dialTls(`ircs://127.0.0.1:${port}`, { clientCertificate: own });
  const fingerprint = (cert: string) => parseFingerprint(new X509Certificate(cert).fingerprint256);
  const identity = await tls.promise;
  assertEquals(identity?.clientCertificate, fingerprint(own.cert));
  // Our certificate is signed with SHA-256, so its digest is its fingerprint.
  assertEquals(encodeHex(identity?.serverEndPoint), fingerprint(pair.cert));
  assertEquals(connection.tls?.serverEndPoint, identity?.serverEndPoint);
  connection.abort();
  await over(listener);
}

function encodeHex(bytes: Uint8Array = new Uint8Array()): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function reloads(): Promise<void> {
  const [first, second] = [await testCertificate(), await testCertificate()];
  const listener = echo(first);
  const { port } = listener;
  const ann = await dialled(port, first);
  assertEquals(await ann.say("hello"), "true hello");
  listener.useCertificate(second);
  assertEquals(listener.port, port);
  const bob = await dialled(port, second);
  assertEquals(await bob.say("hello"), "true hello");
  assertEquals(await ann.say("still here"), "true still here");
  await ann.close();
  await bob.close();
  await over(listener);
}

async function plain(): Promise<void> {
  const pair = await testCertificate();
  const listener = echo(pair);
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
  await socket.write(new TextEncoder().encode("NICK ann\r\n"));
  const rest = new Uint8Array(100);
  while (await socket.read(rest).catch(() => null) !== null);
  const bob = await dialled(listener.port, pair);
  assertEquals(await bob.say("hello"), "true hello");
  await bob.close();
  await over(listener);
}
