import { assert, assertEquals, assertThrows } from "@std/assert";
import { ListenError } from "../../lib/net/listen.ts";
import { TextLineStream } from "@std/streams/text-line-stream";
import { SocketLimits } from "../../lib/net/socket_limits.ts";
import { withDeadline } from "../support/deadline.ts";
import { readAll, sendText, startListening } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("net");

Deno.test({ name: "listen() on port 0 reports its port", ignore }, async () => {
  using place = startListening();
  await place.pair();
  assert(place.listener.port > 0);
  assertEquals([place.listener.hostname, place.listener.connections], ["127.0.0.1", 1]);
});

Deno.test({ name: "listen() reports why it failed", ignore }, () => {
  using place = startListening();
  const { port } = place.listener;
  const table: [hostname: string, port: number, reason: string][] = [
    ["127.0.0.1", port, "the port is in use"],
    ["192.0.2.1", 0, "this machine does not have this address"],
    ["no-such-host.invalid", 0, "the host does not exist"],
  ];
  for (const [hostname, port, reason] of table) {
    const error = assertThrows(() => startListening({ hostname, port }), ListenError);
    assertEquals([error.reason, error.message], [
      reason,
      `Cannot listen on ${hostname}:${port}: ${reason}`,
    ]);
  }
});

Deno.test(
  { name: "a full listener refuses connections until one ends", ignore },
  async () => {
    using place = startListening({ limits: new SocketLimits({ maxConnections: 1 }) });
    const [, first] = await place.pair();
    const refused = await place.connect();
    assertEquals(await readAll(refused), "ERROR :The server is full: 1 of 1 connections\r\n");
    // This end is still open, but it no longer counts.
    first.abort();
    await place.pair();
    assertEquals(place.listener.connections, 1);
  },
);

Deno.test({ name: "a listener survives an error of its connection handler", ignore }, async () => {
  const reported = Promise.withResolvers<unknown>();
  const fault = new Error("A bug");
  using place = startListening({
    onConnection: () => {
      throw fault;
    },
    onError: reported.resolve,
  });
  assertEquals(await readAll(await place.connect()), "");
  assertEquals([await reported.promise, place.listener.connections], [fault, 0]);
});

Deno.test({ name: "close() stops accepting and keeps connections open", ignore }, async () => {
  using place = startListening();
  const { port } = place.listener;
  const [peer, connection] = await place.pair();
  await place.listener.close();
  await place.listener.close();
  using again = startListening({ port });
  assertEquals(again.listener.port, port);
  connection.send("still here");
  connection.close();
  assertEquals(await readAll(peer), "still here\r\n");
});

/** A thread that connects and resets the connection while the test does not accept. */
const leaver = `
import { connect } from "node:net";
self.onmessage = ({ data: [port, shared] }) => {
  const socket = connect(port, "127.0.0.1", () => socket.resetAndDestroy());
  socket.on("close", () => {
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
  });
};
self.postMessage("ready");
`;

Deno.test({ name: "a peer that leaves before it is accepted is not an error", ignore }, async () => {
  const errors: unknown[] = [];
  using place = startListening({ onError: (error) => errors.push(error) });
  const thread = new Worker(`data:text/javascript,${encodeURIComponent(leaver)}`, { type: "module" });
  await new Promise((resolve) => thread.onmessage = resolve);
  const shared = new Int32Array(new SharedArrayBuffer(4));
  thread.postMessage([place.listener.port, shared]);
  Atomics.wait(shared, 0, 0, 5_000);
  await place.pair();
  thread.terminate();
  assertEquals(errors, []);
});

/** A program that echoes lines; it prints its port, and the codes of accepts that failed. */
const echo = `
import { listen } from "./lib/net/listen.ts";
import { Flusher } from "./lib/net/send_queue.ts";
// Deno ends the program if it needs its descriptors for signals later, when none is free.
Deno.addSignalListener("SIGHUP", () => {});
const listener = listen({
  hostname: "127.0.0.1",
  port: 0,
  stream: { flusher: new Flusher(), limits: { tagBytes: 4096, bodyBytes: 4096 } },
  async onConnection(connection) {
    for await (const lines of connection.lines()) for (const line of lines) connection.send(line);
    connection.close();
  },
  onError: (error) => console.log(error.code),
});
console.log(listener.port);
`;

Deno.test({
  name: "a listener without free file descriptors continues when some are free",
  ignore: !granted("net", "run") || Deno.build.os === "windows",
}, async () => {
  const command = new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 64 && exec "$0" eval --no-config --ext=ts "$1"', Deno.execPath(), echo],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
  });
  await using child = command.spawn();
  const printed = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const words = printed[Symbol.asyncIterator]();
  const port = Number((await words.next()).value);
  const peers = await Promise.all(Array.from({ length: 80 }, () => Deno.connect({ port })));
  assertEquals((await words.next()).value, "EMFILE");
  const waiting = peers.splice(70);
  for (const peer of peers) peer.close();
  for (const peer of waiting) {
    await sendText(peer, "hello\r\n");
    await peer.closeWrite();
    assertEquals(await withDeadline(readAll(peer), 10_000, () => "Nobody answered"), "hello\r\n");
    peer.close();
  }
  child.kill();
  await words.return?.();
});
