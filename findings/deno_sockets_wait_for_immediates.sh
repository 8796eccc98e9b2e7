#!/usr/bin/env bash
# In Deno, work in parts with setImmediate() keeps data of the network waiting for about 60 parts.
#
# Expected: between two callbacks of setImmediate(), the event loop looks for data of the network, as in Node.js.
# Seen: while a callback of setImmediate() waits, Deno reads a socket only in about every 61st round. With parts of 5 ms,
# data that has arrived waits 300 ms. A chain of messages of a MessageChannel does the same; a timer does not.
# For a chat client: keys and lines wait while a long list of lines is read in parts. Pause with a timer.
# Our code: lib/client/core/let_others_run.ts.
# Source: none in Deno; it is probably the event_interval of tokio, https://docs.rs/tokio (runtime::Builder).
set -euo pipefail

command -v npx >/dev/null || { echo "This needs Node with npm"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/parts.mjs" <<'PROGRAM'
import { createServer, connect } from "node:net";
import { setImmediate } from "node:timers";

const server = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const client = connect(server.address().port, "127.0.0.1");
const [socket] = await Promise.all([
  new Promise((resolve) => server.once("connection", resolve)),
  new Promise((resolve) => client.once("connect", resolve)),
]);
let isRead = false;
client.on("data", () => isRead = true);
await new Promise((resolve) => setTimeout(resolve, 50));
socket.write("a line");
let parts = 0;
while (!isRead && parts < 1_000) {
  const begun = performance.now();
  while (performance.now() - begun < 2);
  await new Promise((resolve) => setImmediate(resolve));
  parts++;
}
console.log(parts);
process.exit(0);
PROGRAM

node --version
npx -y deno@2.9.6 --version | head -1
in_node=$(node "$folder/parts.mjs")
in_deno=$(npx -y deno@2.9.6 run -A "$folder/parts.mjs")

echo "Expected: a few parts of 2 ms until the line is read"
echo "Seen in Node.js: $in_node parts"
echo "Seen in Deno:    $in_deno parts"
[[ $in_node -lt 10 && $in_deno -gt 30 ]]
