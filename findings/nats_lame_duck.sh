#!/usr/bin/env bash
# A NATS client stays on a server that is about to stop.
#
# Expected: lame duck mode (nats-server --signal ldm) tells the client to leave, and the client connects to another server.
# Seen: @nats-io/transport-node reports the status "ldm" and stays. The server closes the connection 10 seconds later,
# and only then the client connects to the other server. A client that calls reconnect() when it gets "ldm" is on the
# other server in less than a second.
# For a chat server: lame duck mode alone does not prevent an interruption. Call reconnect() at a good moment, or publish
# unanswered messages again.
# Our code: lib/server/cluster/nats_outbox.ts publishes again, so it does nothing on "ldm".
# Sources: https://docs.nats.io/nats-server/nats_admin/lame_duck_mode,
# https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-5.md
set -euo pipefail

server=$(command -v nats-server) || { echo "nats-server is needed (Debian: apt install nats-server)" >&2; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @nats-io/transport-node@3.4.0 >/dev/null

# Starts a server; its process id is in the file NAME.pid.
start() {
  mkdir "$folder/$1"
  "$server" -a 127.0.0.1 -p -1 --ports_file_dir "$folder/$1" -P "$folder/$1.pid" >/dev/null 2>&1 &
  for _ in {1..50}; do compgen -G "$folder/$1/*.ports" >/dev/null && break; sleep 0.1; done
}
address() { grep -ho 'nats://[^"]*' "$folder/$1"/*.ports | head -1; }
start leaving
start staying

cat >"$folder/clients.mjs" <<'PROGRAM'
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";

const [, , leaving, staying, program, pid] = process.argv;

/** A client on the leaving server that knows both addresses; with `moves` it calls reconnect() on "ldm". */
async function client(moves) {
  const connection = await connect({ servers: [leaving, staying], noRandomize: true, reconnectTimeWait: 100 });
  const history = { saysLeavingMs: undefined, isBackMs: undefined };
  (async () => {
    for await (const { type } of connection.status()) {
      if (type === "ldm") {
        history.saysLeavingMs = Date.now() - beginning;
        if (moves) await connection.reconnect();
      }
      if (type === "reconnect") history.isBackMs ??= Date.now() - beginning;
    }
  })();
  return { connection, history };
}

let beginning = Date.now();
const waiting = await client(false);
const moving = await client(true);
const version = waiting.connection.info.version;
beginning = Date.now();
spawnSync(program, ["--signal", `ldm=${readFileSync(pid, "utf8").trim()}`], { stdio: "ignore" });
await pause(14_000);
const library =
  JSON.parse(readFileSync(new URL("node_modules/@nats-io/transport-node/package.json", import.meta.url), "utf8")).version;
console.log(`nats-server ${version}, @nats-io/transport-node ${library}, Node ${process.version}`);
console.log("expected: the client is on the other server less than 2 s after 'ldm'");
for (const [name, { history }] of Object.entries({ "without action": waiting, "with reconnect()": moving })) {
  console.log(`seen: ${name}: 'ldm' after ${history.saysLeavingMs} ms, on the other server after ${history.isBackMs} ms`);
}
const isAsDescribed = waiting.history.saysLeavingMs < 2000 && waiting.history.isBackMs > 8000 &&
  moving.history.isBackMs < 2000;
await Promise.all([waiting.connection.close(), moving.connection.close()]);
process.exit(isAsDescribed ? 0 : 1);
PROGRAM

timeout 40 node "$folder/clients.mjs" "$(address leaving)" "$(address staying)" "$server" "$folder/leaving.pid"
