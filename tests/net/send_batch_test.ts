/** Many sends in one system call: each peer gets its bytes and no others, whatever the sockets take at once. */
import { assert, assertEquals } from "@std/assert";
import { DirectSocket } from "../../lib/net/direct_socket.ts";
import { listen } from "../../lib/net/listen.ts";
import { longestInBatch, sendBatch } from "../../lib/net/send_batch.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import type { ServerConnection } from "../../lib/net/connection.ts";
import { testCertificate } from "../support/certificate.ts";
import { readBytes } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";

// A kernel can refuse io_uring; then each socket is written by itself, as the other tests of sockets show.
const ignore = !granted("net") || !granted("ffi") || sendBatch() === null;
const encoder = new TextEncoder();

Deno.test({ name: "a batch sends to each socket what was added for it", ignore, fn: sends });
Deno.test({
  name: "a full socket takes nothing, a closed one neither, and the others get theirs",
  ignore,
  fn: full,
});
Deno.test({ name: "each peer of a flusher gets all its bytes in order", ignore, fn: () => carries(false) });
Deno.test({ name: "each peer over TLS gets all its bytes in order", ignore, fn: () => carries(true) });

async function direct(): Promise<{ socket: DirectSocket; peer: Deno.TcpConn } & Disposable> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peer = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const socket = new DirectSocket(await listener.accept());
  const close = () => [socket, peer].forEach((end) => end.close());
  return { socket, peer, [Symbol.dispose]: close };
}

async function sends(): Promise<void> {
  const batch = sendBatch();
  assert(batch !== null);
  using one = await direct();
  using other = await direct();
  const line = encoder.encode("secret:for both\r\n:secret").subarray(7, 17);
  for (let round = 0; round < 300; round++) {
    const own = encoder.encode(`round ${round}\r\n`);
    assert(one.socket.stage(line, batch));
    assert(other.socket.stage(line, batch));
    assert(other.socket.stage(own, batch));
    assertEquals(batch.count, 3);
    batch.submit();
    assertEquals([0, 1, 2].map((place) => batch.taken(place)), [10, 10, own.length]);
    assertEquals(new TextDecoder().decode(await readBytes(one.peer, 10)), "for both\r\n");
    assertEquals(
      new TextDecoder().decode(await readBytes(other.peer, 10 + own.length)),
      `for both\r\nround ${round}\r\n`,
    );
  }
  assertEquals(one.socket.stage(new Uint8Array(longestInBatch + 1), batch), false);
}

async function full(): Promise<void> {
  const batch = sendBatch();
  assert(batch !== null);
  using slow = await direct();
  using closed = await direct();
  using other = await direct();
  const much = new Uint8Array(longestInBatch).fill(7);
  while (slow.socket.attempt(much) > 0);
  await closed.socket.closeWrite();
  for (const { socket } of [slow, closed, other]) assert(socket.stage(encoder.encode("hello"), batch));
  batch.submit();
  assertEquals([0, 1, 2].map((place) => Math.max(0, batch.taken(place))), [0, 0, 5]);
  assertEquals(new TextDecoder().decode(await readBytes(other.peer, 5)), "hello");
}

/**
 * Writes to more peers than fit into one batch. Some peers are slow. Some chunks have one byte, others far more than a
 * socket takes at once.
 */
async function carries(isTls: boolean): Promise<void> {
  const peerCount = isTls ? 12 : 300;
  const batch = sendBatch();
  assert(batch !== null);
  let sendCount = 0;
  const submit = batch.submit.bind(batch);
  batch.submit = () => {
    sendCount += batch.count;
    submit();
  };
  const rounds = 30;
  // Of each write, TLS encrypts 32 KB at once, and the rest waits.
  const longBytes = isTls ? 250_000 : 50_000;
  const accepted: ServerConnection[] = [];
  const all = Promise.withResolvers<void>();
  const tls = isTls ? await testCertificate() : undefined;
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    ...(tls === undefined ? {} : { tls }),
    onConnection: (connection) => accepted.push(connection) === peerCount && all.resolve(),
    stream: {
      flusher: new Flusher(),
      limits: { tagBytes: 4096, bodyBytes: 4096 },
      maxQueueBytes: Infinity,
      closeTimeoutMs: 50,
    },
  });
  const { port } = listener;
  const dial = () => {
    if (tls === undefined) return Deno.connect({ hostname: "127.0.0.1", port });
    return Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [tls.cert] });
  };
  const peers: Deno.Conn[] = [];
  for (let at = 0; at < peerCount; at++) {
    const peer = await dial();
    if ("handshake" in peer) await (peer as Deno.TlsConn).handshake();
    peers.push(peer);
  }
  await all.promise;

  const expected: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const common = new Uint8Array(1 + round * 7).fill(round);
    for (const [at, connection] of accepted.entries()) {
      expected[at] = (expected[at] ?? 0) + common.length;
      connection.write(common);
      // Every tenth peer gets far more than its socket takes at once.
      if (at % 10 !== 0) continue;
      const own = new Uint8Array(longBytes + at).fill(round);
      expected[at] += own.length;
      connection.write(own);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  const byPort = new Map(accepted.map(({ remote }, at) => [Number(remote.split(":").at(-1)), at]));
  await Promise.all(peers.map(async (peer) => {
    const at = byPort.get((peer.localAddr as Deno.NetAddr).port) ?? -1;
    const bytes = await readBytes(peer, expected[at] ?? 0);
    let offset = 0;
    for (let round = 0; round < rounds; round++) {
      const length = 1 + round * 7 + (at % 10 === 0 ? longBytes + at : 0);
      const part = bytes.subarray(offset, offset += length);
      assert(part.length === length && part.every((byte) => byte === round), `peer ${at}, round ${round}`);
    }
  }));
  // A socket with a write that waits is left out, and the number of a few sockets may be unknown.
  assert(sendCount > peerCount * rounds / 2, `${sendCount} sends`);
  batch.submit = submit;
  for (const connection of accepted) connection.abort();
  for (const peer of peers) peer.close();
  await listener.close();
}
