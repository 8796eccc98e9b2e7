/** Fairness among readers: who sends without a pause does not keep the others waiting. */
import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { Flusher } from "../../lib/net/queue.ts";
import { streamConnection, type StreamSocket } from "../../lib/net/stream.ts";

/** A peer whose next 64 KiB are always there already, `reads` times. */
function eagerSocket(reads: number): StreamSocket {
  let left = reads;
  return {
    remoteAddr: { hostname: "10.1.2.3", port: 1 },
    read(bytes) {
      if (left-- === 0) return Promise.resolve(null);
      return Promise.resolve(bytes.fill(0x0a).length);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
}

Deno.test("a peer that always has more lets the event loop go round", async () => {
  const connection = streamConnection(eagerSocket(1000), {
    flusher: new Flusher(),
    limits: { tagBytes: 4096, bodyBytes: 4096 },
  });
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
  assert(rounds > 500, `${rounds} rounds`);
});
