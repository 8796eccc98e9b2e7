/** An accepted socket inside TLS, by the engine and by the streams of node:tls, which must not differ. */
import { once } from "node:events";
import { clearImmediate, setImmediate } from "node:timers";
import { connect, createSecureContext, type TLSSocket } from "node:tls";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { acceptTls, secureContext, type TlsServerContext } from "../../lib/net/tls_accept.ts";
import type { SendBatch } from "../../lib/net/send_batch.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import { streamConnection, type StreamSocket } from "../../lib/net/stream.ts";
import { testCertificate } from "../support/certificate.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("net", "read", "env");
const hostname = "127.0.0.1";

Deno.test({ name: "this Deno has the functions of the TLS engine", ignore, fn: isHere });
Deno.test({ name: "large writes pass through TLS whole, in both directions", ignore, fn: large });
Deno.test({
  name: "a batch that sends a part of a TLS record leaves the rest for the next write",
  ignore,
  fn: partly,
});
Deno.test({ name: "TLS 1.2 works like TLS 1.3", ignore, fn: older });
Deno.test({
  name: "bytes that are not TLS end a connection, before and after the handshake",
  ignore,
  fn: spoilt,
});
Deno.test({ name: "the end of one direction leaves the other open", ignore, fn: halfClosed });

Deno.test({ name: "a ticket that still waits does not disturb a new TLS connection", ignore, fn: busy });

Deno.test({ name: "handshakes that begin at the same time take turns", fn: inTurns });

type Maker = (context: TlsServerContext) => TlsServerContext;
const makers = {
  engine: (context) => context,
  streams: (context) => ({ ...context, makeEngine: undefined }),
} satisfies Record<string, Maker>;

/** Both ends of a connection; the server's end is undefined if the handshake failed. */
interface Ends {
  readonly server: StreamSocket | undefined;
  readonly client: TLSSocket;
  /** The socket below the server's end. */
  readonly below: Deno.TcpConn;
}

async function withEnds(
  make: Maker,
  work: (ends: Ends) => Promise<void>,
  options: { maxVersion?: "TLSv1.2" } = {},
): Promise<void> {
  using listener = Deno.listen({ hostname, port: 0 });
  const client = connect({ host: hostname, port: listener.addr.port, rejectUnauthorized: false, ...options });
  client.on("error", () => {});
  const below = await listener.accept();
  const server = await acceptTls(below, make(secureContext(await testCertificate())));
  try {
    await work({ server, client, below });
  } finally {
    server?.close();
    client.destroy();
  }
}

async function isHere(): Promise<void> {
  assert(secureContext(await testCertificate()).makeEngine !== undefined);
}

async function writeAll(socket: StreamSocket, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}

async function readAll(socket: StreamSocket, most: number): Promise<Uint8Array> {
  const all = new Uint8Array(most);
  const space = new Uint8Array(512);
  let filled = 0;
  while (filled < most) {
    const count = await socket.read(space);
    if (count === null) break;
    all.set(space.subarray(0, count), filled);
    filled += count;
  }
  return all.subarray(0, filled);
}

/** No two places have the same bytes. */
const big = new Uint8Array(new Uint32Array(75_000).map((_, at) => at).buffer);

async function large(): Promise<void> {
  for (const make of Object.values(makers)) {
    await withEnds(make, async ({ server, client }) => {
      assert(server !== undefined);
      const received: Uint8Array[] = [];
      const all = new Promise<void>((resolve) => {
        let bytes = 0;
        client.on("data", (part: Uint8Array) => {
          received.push(part);
          if ((bytes += part.length) === big.length) resolve();
        });
      });
      client.write(big);
      const [read] = await Promise.all([readAll(server, big.length), writeAll(server, big), all]);
      assertEquals(read, big);
      assertEquals(new Uint8Array(await new Blob(received as Uint8Array<ArrayBuffer>[]).arrayBuffer()), big);
    });
  }
}

async function partly(): Promise<void> {
  await withEnds(makers.engine, async ({ server, client, below }) => {
    assert(server !== undefined);
    // The tickets of TLS are sent then.
    await Promise.all([writeAll(server, big.subarray(0, 1)), once(client, "data")]);
    for (const [round, part] of [0, 1, 10, Infinity].entries()) {
      const words = new TextEncoder().encode(`round ${round}\r\n`);
      let sealed: Uint8Array = words;
      Object.assign(below, { stage: (bytes: Uint8Array) => (sealed = bytes, true) });
      // No function of the batch is called: the socket below takes its place.
      assert(server.stage?.(words, {} as SendBatch));
      const sent = await below.write(sealed.subarray(0, part));
      const isWhole = sent === sealed.length;
      assertEquals(server.staged?.(sent), isWhole ? words.length : 0);
      if (!isWhole) await writeAll(server, words);
      const [received] = await once(client, "data");
      assertEquals(new TextDecoder().decode(received), `round ${round}\r\n`);
    }
  });
}

async function older(): Promise<void> {
  await withEnds(makers.engine, async ({ server, client }) => {
    assert(server !== undefined);
    assertEquals(client.getProtocol(), "TLSv1.2");
    client.write("hello");
    assertEquals(new TextDecoder().decode(await readAll(server, 5)), "hello");
  }, { maxVersion: "TLSv1.2" });
}

async function spoilt(): Promise<void> {
  const words = new TextEncoder().encode("NICK ann\r\n");
  for (const [name, make] of Object.entries(makers)) {
    using listener = Deno.listen({ hostname, port: 0 });
    using peer = await Deno.connect({ hostname, port: listener.addr.port });
    await peer.write(words);
    const context = make(secureContext(await testCertificate()));
    assertEquals(await acceptTls(await listener.accept(), context), undefined);
    // Streams give no chance to send the alert.
    const alert = new Uint8Array(10);
    assertEquals([await peer.read(alert), alert[0]], name === "engine" ? [7, 0x15] : [null, 0]);
  }
  await withEnds(makers.engine, async ({ server, below }) => {
    assert(server !== undefined);
    // Deno's own end is the only one that can be reached below TLS: it reads what nobody encrypted.
    const read = below.read.bind(below);
    below.read = (space) => (space.set(words), Promise.resolve(words.length));
    await assertRejects(() => server.read(new Uint8Array(512)), Error);
    below.read = read;
  });
}

async function busy(): Promise<void> {
  for (const make of Object.values(makers)) {
    await withEnds(make, ({ server, below }) => {
      assert(server !== undefined);
      // So Deno does while a write waits.
      below.setNoDelay = () => {
        throw new Error("Unable to get resources");
      };
      const limits = { tagBytes: 99, bodyBytes: 99 };
      const connection = streamConnection(server, { flusher: new Flusher(), limits });
      assertEquals(connection.ended, undefined);
      connection.abort();
      return Promise.resolve();
    });
  }
}

async function halfClosed(): Promise<void> {
  await withEnds(makers.engine, async ({ server, client }) => {
    assert(server !== undefined);
    const ended = new Promise((resolve) => client.once("end", resolve));
    client.resume();
    client.allowHalfOpen = true;
    await server.closeWrite();
    await ended;
    client.write("still here");
    assertEquals(new TextDecoder().decode(await readAll(server, 10)), "still here");
    client.end();
    assertEquals(await server.read(new Uint8Array(10)), null);
  });
}

async function inTurns(): Promise<void> {
  let round = 0;
  const begun: number[] = [];
  const context = {
    secureContext: createSecureContext({}),
    serverEndPoint: undefined,
    makeEngine() {
      begun[round] = (begun[round] ?? 0) + 1;
      throw new Error("It goes no further");
    },
  };
  const peer: StreamSocket = {
    remoteAddr: { hostname, port: 1 },
    read: () => Promise.resolve(5),
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close() {},
  };
  let rounds = setImmediate(function next() {
    round++;
    rounds = setImmediate(next);
  });
  await Promise.all(Array.from({ length: 100 }, () => acceptTls(peer, context)));
  clearImmediate(rounds);
  assertEquals(begun.reduce((sum, one) => sum + one, 0), 100);
  assert(Math.max(...begun.filter(Boolean)) <= 16, `${begun}`);
}
