#!/usr/bin/env bash
# A client with irc-framework does not come back when a server refuses it once.
#
# Expected: with `auto_reconnect: true` and 30 retries, the client connects again after each lost connection.
# Seen: it does so only after a connection that was registered for more than 5 seconds. Each TCP connection resets the
# counter of retries. So after a restart of the server, one ERROR before 001 (such as "try again later") ends all retries,
# and the client stays offline until its user acts.
# For a chat server: do not answer a short outage with ERROR. Accept connections only when the server is ready, or delay
# 001 until then. The Lounge and many bots use this library.
# Our code: lib/server/commands/complete_registration.ts refuses new users while the servers of a chat cannot reach each
# other.
# Sources: https://github.com/kiwiirc/irc-framework/issues/211, https://github.com/thelounge/thelounge/issues/3419
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" irc-framework@4.14.0 >/dev/null

cat >"$folder/clients.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import irc from "irc-framework";

const refuse = (socket) => socket.end("ERROR :Closing link: try again later\r\n");

/** Welcomes the client; with `forMs` the connection ends then. */
function welcome(socket, forMs) {
  socket.write(":server 001 ann :Welcome\r\n:server 422 ann :There is no message of the day\r\n");
  if (forMs !== undefined) setTimeout(() => socket.end("ERROR :Closing link: restart\r\n"), forMs);
}

/** The number of connections of a client whose registrations are answered by these steps, and then welcomed. */
async function connections(...steps) {
  let count = 0;
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      if (/^USER /m.test(String(data))) (steps[count++] ?? welcome)(socket);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new irc.Client();
  client.connect({
    host: "127.0.0.1",
    port: server.address().port,
    nick: "ann",
    ping_interval: 0,
    auto_reconnect: true,
    auto_reconnect_max_retries: 30,
    auto_reconnect_max_wait: 2000,
  });
  await pause(20_000);
  server.close();
  for (const socket of sockets) socket.destroy();
  return count;
}

const [afterSixSeconds, afterOneSecond, refusedAtFirst, refusedAfterRestart] = await Promise.all([
  connections((socket) => welcome(socket, 6000)),
  connections((socket) => welcome(socket, 1000)),
  connections(refuse),
  connections((socket) => welcome(socket, 6000), refuse),
]);
const file = new URL("node_modules/irc-framework/package.json", import.meta.url);
console.log(`irc-framework ${JSON.parse(readFileSync(file, "utf8")).version}, Node ${process.version}`);
console.log("expected: 2, 2, 2 and 3 connections in 20 seconds");
console.log(`seen: closed 6 s after 001: ${afterSixSeconds} connections`);
console.log(`      closed 1 s after 001: ${afterOneSecond}`);
console.log(`      ERROR before the first 001: ${refusedAtFirst}`);
console.log(`      closed 6 s after 001, then ERROR before 001: ${refusedAfterRestart}`);
const isAsDescribed = afterSixSeconds === 2 && afterOneSecond === 1 && refusedAtFirst === 1 &&
  refusedAfterRestart === 2;
process.exit(isAsDescribed ? 0 : 1);
PROGRAM

timeout 40 node "$folder/clients.mjs"
