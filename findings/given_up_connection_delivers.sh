#!/usr/bin/env bash
# A message on a connection that a client has given up still arrives, after the client is back on another one.
#
# Expected: a client that hears nothing from its server closes the connection (close() of a WebSocket, or terminate(), or
# destroy() of a TCP socket) and connects again. What it had sent on the first connection is lost, so it can send it again.
# Seen: what was written is on its way, and is delivered when the network works again, in all three
# cases, after the client has joined on its new connection. The message that was sent again is then there twice, and at
# the moment of the reconnect the history of the server does not contain the first one yet.
# For a chat client: never send such a message again automatically. Look into the history, ask the person, and take the
# message for sent when it appears later. Messages that were never written to the dead connection are safe to send.
# Our code: lib/client/core/outbox.ts and lib/client/core/link_check.ts.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" ws@8.18.0 >/dev/null

cat >"$folder/given_up.mjs" <<'PROGRAM'
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";

const listening = async (server) => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
};

/** A network that can stand still: it reads nothing, as a broken router does. */
async function startNetwork(port) {
  const sockets = new Set();
  const network = createServer((outer) => {
    const inner = connect(port, "127.0.0.1");
    for (const socket of [outer, inner]) sockets.add(socket.on("error", () => {}));
    outer.pipe(inner).pipe(outer);
  });
  return {
    port: await listening(network),
    stop: () => sockets.forEach((socket) => socket.pause()),
    go: () => sockets.forEach((socket) => socket.resume()),
    end: () => {
      network.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

/** The events at the server for one way to give up: "first: hello", "second joined". */
async function play(giveUp, isWeb) {
  const events = [];
  let count = 0;
  const take = (connection) => {
    const name = count++ === 0 ? "first" : "second";
    connection.on("error", () => {});
    connection.on(isWeb ? "message" : "data", (data) => events.push(`${name}: ${String(data).trim()}`));
  };
  const server = createServer(take);
  const web = isWeb ? new WebSocketServer({ port: 0, host: "127.0.0.1" }) : undefined;
  web?.on("connection", take);
  if (web) await once(web, "listening");
  const network = await startNetwork(web ? web.address().port : await listening(server));
  const dial = async (port) => {
    const made = isWeb ? new WebSocket(`ws://127.0.0.1:${port}/`) : connect(port, "127.0.0.1");
    made.on("error", () => {});
    await once(made, isWeb ? "open" : "connect");
    return made;
  };
  const send = (connection, text) => isWeb ? connection.send(text) : connection.write(`${text}\n`);
  const first = await dial(network.port);
  await pause(100);
  network.stop();
  send(first, "hello");
  await pause(100);
  giveUp(first);
  // Another way to the same server, as a phone has when Wi-Fi is gone.
  const second = await dial(web ? web.address().port : server.address().port);
  send(second, "joined again");
  await pause(200);
  network.go();
  await pause(500);
  (second.terminate ?? second.destroy).call(second);
  network.end();
  web?.close();
  server.close();
  return events.join(", ");
}

const ways = [
  ["WebSocket close()", (socket) => socket.close(), true],
  ["WebSocket terminate()", (socket) => socket.terminate(), true],
  ["TCP destroy()", (socket) => socket.destroy(), false],
];
console.log(`node ${process.version}, ws 8.18.0`);
let same = true;
for (const [name, giveUp, isWeb] of ways) {
  const seen = await play(giveUp, isWeb);
  console.log(`${name}: expected "second: joined again" alone; seen "${seen}"`);
  same &&= seen === "second: joined again, first: hello";
}
process.exit(same ? 0 : 1);
PROGRAM
timeout 40 node "$folder/given_up.mjs"
