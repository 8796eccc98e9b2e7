#!/usr/bin/env bash
# After the clock of its machine was set back by an hour, the JavaScript client of NATS does not connect again for an hour.
#
# Expected: with reconnectTimeWait 250, a client that lost its connection tries again every quarter of a second. The wall
# clock has no part in this, as for other timers of Node.
# Seen with @nats-io/nats-core 3.4: it notes the wall clock at each attempt, and tries again when the wall clock is 250 ms
# later. An attempt that happened while the clock was an hour ahead (before NTP corrected it, for example) delays the next
# one by an hour. It goes on waiting 250 ms at a time and says nothing; it is "reconnecting".
# For a chat server: one correction of the clock during an outage of NATS keeps a machine away from all others.
# Our code: lib/server/cluster/nats_reconnect.ts measures the delay with the monotonic clock (reconnectDelayHandler).
# Source: dialLoop() in https://github.com/nats-io/nats.js/blob/main/core/src/protocol.ts
set -euo pipefail

server=$(command -v nats-server) || { echo "nats-server is needed (Debian: apt install nats-server)" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @nats-io/transport-node@3.4.0 >/dev/null

cat >"$folder/reconnect.mjs" <<'PROGRAM'
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";

const probe = createServer().listen(0, "127.0.0.1");
await once(probe, "listening");
const { port } = probe.address();
probe.close();
const start = () => spawn(process.argv[2], ["-a", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
process.on("exit", () => nats.kill("SIGKILL"));
let nats = start();
await pause(500);

/** Whether a client is back two seconds after NATS is; its clock is `ms` ahead during the outage. */
async function isBack(ms) {
  const connection = await connect({
    servers: `127.0.0.1:${port}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 0,
  });
  let isBack = false;
  const watch = async () => {
    for await (const { type } of connection.status()) if (type === "reconnect") isBack = true;
  };
  watch();
  const { now } = Date;
  Date.now = () => now() + ms;
  nats.kill("SIGKILL");
  await once(nats, "exit");
  await pause(1000);
  Date.now = now;
  nats = start();
  await pause(2000);
  return isBack;
}

const core = new URL("node_modules/@nats-io/nats-core/package.json", import.meta.url);
console.log(`@nats-io/nats-core ${JSON.parse(readFileSync(core, "utf8")).version}, Node ${process.version}`);
console.log("expected: both clients are back within two seconds");
const right = await isBack(0);
const ahead = await isBack(3_600_000);
const words = (back) => back ? "is back" : "is still away";
console.log(`seen: the client with a right clock ${words(right)}`);
console.log(`      the client whose clock was an hour ahead during the outage ${words(ahead)}`);
process.exit(right && !ahead ? 0 : 1);
PROGRAM

timeout 50 node "$folder/reconnect.mjs" "$server"
