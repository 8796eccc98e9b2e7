import { assert, assertEquals } from "@std/assert";
import type { ServerConnection } from "../../lib/net/connection.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import { streamConnection } from "../../lib/net/stream.ts";
import { until } from "../support/deadline.ts";
import { granted } from "../support/permissions.ts";
import { allLines, nextLines, readAll, sendText, startListening } from "../support/listening.ts";

const ignore = !granted("net");
/** More bytes than the system accepts for a reader that does not read. */
const hugeBytes = 12 << 20;

function hasIPv6(): boolean {
  if (ignore) return false;
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Complete numbered lines, at least `bytes` of them. */
function numberedLines(bytes: number): string {
  const lines: string[] = [];
  for (let length = 0; length < bytes; length += 100) lines.push(`${lines.length} `.padEnd(98, "x") + "\r\n");
  return lines.join("");
}

/** Queues so many bytes that the running write stops in the middle, and waits for that. */
async function stuff(connection: ServerConnection): Promise<string> {
  const text = numberedLines(hugeBytes);
  connection.write(new TextEncoder().encode(text));
  await connection.progress();
  assert(connection.queuedBytes > 0);
  return text;
}

Deno.test(
  { name: "a connection gives all lines of a read at once, and joins split lines", ignore },
  async () => {
    using place = startListening();
    const [peer, connection] = await place.pair();
    await sendText(peer, "NICK ann\r\nUSER ann 0 * :Ann\nJOI");
    assertEquals(await nextLines(connection), ["NICK ann", "USER ann 0 * :Ann"]);
    await sendText(peer, "N #t");
    await sendText(peer, "ea\r\n");
    assertEquals(await nextLines(connection), ["JOIN #tea"]);
  },
);

Deno.test({ name: "a connection reports unusable lines and continues", ignore }, async () => {
  using place = startListening();
  const [peer, connection] = await place.pair();
  const bytes = new TextEncoder().encode(`a\r\n${"x".repeat(9_000)}\r\n\xff\r\nnul \0\r\n`);
  bytes[bytes.indexOf(0xc3)] = 0xff;
  for (let sent = 0; sent < bytes.length;) sent += await peer.write(bytes.subarray(sent));
  peer.closeWrite();
  assertEquals(await allLines(connection), ["a", { fault: "too long" }, {
    fault: "not UTF-8",
    text: "\ufffd\ufffd",
  }, "nul \0"]);
});

Deno.test({ name: "a connection knows the address of its peer", ignore }, async () => {
  using place = startListening();
  const [peer, connection] = await place.pair();
  assertEquals([connection.address, connection.remote], ["127.0.0.1", `127.0.0.1:${peer.localAddr.port}`]);
  assertEquals([connection.secure, connection.framing], [false, "line"]);
});

Deno.test({
  name: "a connection gives IPv4 and IPv6 peers of one port in their usual form",
  ignore: !hasIPv6(),
}, async () => {
  using place = startListening({ hostname: "::" });
  const [ann, annConnection] = await place.pair("127.0.0.1");
  assertEquals([annConnection.address, annConnection.remote], [
    "127.0.0.1",
    `127.0.0.1:${ann.localAddr.port}`,
  ]);
  const [bob, bobConnection] = await place.pair("::1");
  assertEquals([bobConnection.address, bobConnection.remote], ["::1", `[::1]:${bob.localAddr.port}`]);
});

Deno.test({ name: "a connection ends when the peer leaves", ignore }, async () => {
  using place = startListening();
  const [ann, connection] = await place.pair();
  ann.close();
  assertEquals([await allLines(connection), connection.ended], [[], "Connection closed"]);
});

Deno.test({ name: "a peer that sent its last line still gets the answer", ignore }, async () => {
  using place = startListening();
  const [peer, connection] = await place.pair();
  await sendText(peer, "LIST\r\n");
  await peer.closeWrite();
  assertEquals(await allLines(connection), ["LIST"]);
  connection.send("the list");
  connection.close();
  assertEquals(await readAll(peer), "the list\r\n");
});

Deno.test(
  { name: "a slow reader within the limit gets everything in order", ignore },
  async () => {
    using place = startListening({ stream: { maxQueueBytes: 2 * hugeBytes } });
    const [peer, connection] = await place.pair();
    const text = await stuff(connection);
    for (let i = 0; i < 100; i++) connection.send(`more ${i}`);
    connection.close();
    const more = Array.from({ length: 100 }, (_, i) => `more ${i}\r\n`).join("");
    assert(await readAll(peer) === text + more);
  },
);

Deno.test(
  { name: "a reader over its limit is disconnected between two lines, with an error", ignore },
  async () => {
    using place = startListening({ stream: { maxQueueBytes: hugeBytes + 1_000, closeTimeoutMs: 10_000 } });
    const [peer, connection] = await place.pair();
    const over = allLines(connection);
    const text = await stuff(connection);
    for (const line = new Uint8Array(2 << 20).fill(0x0a); connection.ended === undefined;) {
      connection.write(line);
    }
    assertEquals([await over, connection.ended], [[], "SendQ exceeded"]);
    const lines = (await readAll(peer)).split("\r\n");
    assertEquals(lines.splice(-2), ["ERROR :SendQ exceeded", ""]);
    assert(text.startsWith(lines.join("\r\n") + "\r\n"));
  },
);

Deno.test({ name: "a reader that does not read does not delay the others", ignore }, async () => {
  using place = startListening({ stream: { maxQueueBytes: 1 << 20, closeTimeoutMs: 1 } });
  const [, stuck] = await place.pair();
  const [ann, annConnection] = await place.pair();
  const chunk = new Uint8Array(64_000).fill(0x0a);
  const buffer = new Uint8Array(64_000);
  let sent = 0;
  for (let received = 0; stuck.ended === undefined || received < sent;) {
    if (stuck.ended === undefined) {
      for (const connection of [stuck, annConnection]) connection.write(chunk);
      sent += chunk.length;
    }
    received += await ann.read(buffer) ?? 0;
  }
  assertEquals([stuck.ended, annConnection.ended], ["SendQ exceeded", undefined]);
});

Deno.test(
  { name: "close() ends the lines at once, sends queued bytes, and gives the reason", ignore },
  async () => {
    using place = startListening();
    const [peer, connection] = await place.pair();
    const lines = allLines(connection);
    for (const line of ["one", "two"]) connection.send(line);
    connection.close();
    connection.send("too late");
    assertEquals([await lines, connection.ended], [[], "Connection closed"]);
    assertEquals(await readAll(peer), "one\r\ntwo\r\n");
  },
);

Deno.test(
  { name: "close() delivers the last line although the peer still sends", ignore },
  async () => {
    using place = startListening();
    const [peer, connection] = await place.pair();
    await sendText(peer, "PRIVMSG #tea :flood\r\n".repeat(1_000));
    await nextLines(connection);
    connection.send("ERROR :Excess flood");
    connection.close();
    assertEquals(await readAll(peer), "ERROR :Excess flood\r\n");
  },
);

Deno.test(
  { name: "close() waits for the peer to close, at most for its timeout", ignore },
  async () => {
    using place = startListening({ stream: { closeTimeoutMs: 5 } });
    const [, connection] = await place.pair();
    connection.close();
    await until(() => place.listener.connections === 0);
    assertEquals(place.listener.connections, 0);
  },
);

Deno.test({ name: "abort() closes at once", ignore }, async () => {
  using place = startListening({ stream: { maxQueueBytes: 2 * hugeBytes } });
  const [, connection] = await place.pair();
  const lines = allLines(connection);
  await stuff(connection);
  const progress = connection.progress();
  connection.abort();
  assertEquals([await lines, connection.ended, place.listener.connections], [[], "Connection closed", 0]);
  await progress;
  for (const act of [() => connection.close(), () => connection.abort(), () => connection.send("late")]) {
    act();
  }
});

Deno.test(
  { name: "progress() waits for room, and resolves at once if nothing is queued", ignore },
  async () => {
    using place = startListening({ stream: { maxQueueBytes: 2 * hugeBytes } });
    const [peer, connection] = await place.pair();
    await connection.progress();
    await stuff(connection);
    const full = connection.queuedBytes;
    const reading = readAll(peer);
    await connection.progress();
    assert(connection.queuedBytes < full);
    connection.close();
    await reading;
  },
);

Deno.test({ name: "a peer that speaks HTTP gets an HTTP answer", ignore }, async () => {
  using place = startListening({ stream: { onWrongProtocol: (which) => `No ${which} here` } });
  const [peer, connection] = await place.pair();
  await sendText(peer, "GET / HTTP/1.1\r\nHost: chat.test\r\n\r\n");
  assertEquals([await allLines(connection), connection.ended], [[], "Wrong protocol: HTTP"]);
  const answer = await readAll(peer);
  assert(answer.startsWith("HTTP/1.1 400 ") && answer.endsWith("\r\n\r\nNo HTTP here\n"));
});

Deno.test({ name: "a peer that speaks TLS on a plain port fails at once", ignore }, async () => {
  using place = startListening({ stream: { onWrongProtocol: (which) => `No ${which} here` } });
  const [peer, connection] = await place.pair();
  const over = allLines(connection);
  using secure = await Deno.startTls(peer, { hostname: "chat.test" });
  const fault = await secure.handshake().catch((error) => error);
  assertEquals([await over, connection.ended], [[], "Wrong protocol: TLS"]);
  assert(/unexpected_?message/i.test(String(fault)), String(fault));
});

Deno.test("a socket that was closed before it became a connection only ends the connection", async () => {
  const gone = () => Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
  let closed = 0;
  const connection = streamConnection(
    {
      remoteAddr: { hostname: "10.1.2.3", port: 1 },
      handshake: true,
      read: gone,
      write: gone,
      closeWrite: gone,
      close: () => {},
    },
    { flusher: new Flusher(), limits: { tagBytes: 99, bodyBytes: 99 } },
    { closed: () => closed++ },
  );
  assertEquals([await allLines(connection), connection.ended, closed], [
    [],
    "Read error: Bad resource ID",
    1,
  ]);
});
