/** Fairness among readers: a peer that sends without a pause does not block the others. */
import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { countRead, type Reader, readInTurn } from "../../lib/net/read_scheduler.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import type { ServerConnection } from "../../lib/net/connection.ts";
import {
  streamConnection,
  type StreamOptions,
  type StreamSocket,
  webSocketConnection,
} from "../../lib/net/stream.ts";
import { granted } from "../support/permissions.ts";

/** A peer that always has these bytes ready, for `reads` reads. */
function eagerSocket(reads: number, pattern: readonly number[]): StreamSocket {
  let left = reads;
  return {
    remoteAddr: { hostname: "10.1.2.3", port: 1 },
    read(bytes) {
      if (left-- === 0) return Promise.resolve(null);
      const whole = bytes.length - bytes.length % pattern.length;
      for (let at = 0; at < whole; at++) bytes[at] = pattern[at % pattern.length] ?? 0;
      return Promise.resolve(whole);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
}

/** The number of rounds of the event loop while a connection is read to its end. */
async function roundsOf(connection: ServerConnection): Promise<number> {
  let rounds = 0;
  let isOver = false;
  const count = () => {
    rounds++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  for await (const lines of connection.lines()) assertEquals(lines, []);
  isOver = true;
  connection.abort();
  await new Promise<void>((resolve) => setImmediate(resolve));
  return rounds;
}

const options: StreamOptions = {
  flusher: new Flusher(),
  limits: { tagBytes: 4096, bodyBytes: 4096 },
};

Deno.test("a peer that always has more bytes does not block the event loop", async () => {
  const rounds = await roundsOf(streamConnection(eagerSocket(1000, [0x0a]), options));
  assert(rounds > 500, `${rounds} rounds`);
});

Deno.test("a WebSocket peer that sends only empty frames does not block it either", async () => {
  const frame = [0x8a, 0x80, 0, 0, 0, 0];
  const rounds = await roundsOf(webSocketConnection(eagerSocket(1000, frame), "text", options));
  assert(rounds > 300, `${rounds} rounds`);
});

Deno.test("a socket is read soon although others have more data without end", {
  ignore: !granted("net"),
}, async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using peer = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using socket = await listener.accept();
  let isRead = false;
  const eager: Reader = {
    takeTurn() {
      for (const endMs = performance.now() + 6; performance.now() < endMs;);
      countRead(65_536, 0);
      if (!isRead) setImmediate(() => readInTurn(eager));
    },
  };
  const read = socket.read(new Uint8Array(1)).then(() => isRead = true);
  eager.takeTurn();
  await new Promise((resolve) => setTimeout(resolve, 40));
  const startedMs = performance.now();
  await peer.write(Uint8Array.of(1));
  await read;
  const ms = performance.now() - startedMs;
  // The last pause ends after the test's last read.
  await new Promise((resolve) => setTimeout(resolve, 5));
  // Without a pause it is read in the 61st round, after 366 ms.
  assert(ms < 200, `${ms} ms`);
});
