#!/usr/bin/env bash
# A message that is larger than its whole JetStream stream is acknowledged, not stored, and deletes all others.
#
# Expected: a stream with max_bytes and "discard old" refuses a message that cannot fit, as it does with max_msg_size.
# Seen with nats-server 2.9.10, 2.10.27 and 2.15.1: the publisher gets an acknowledgement with a sequence. The stream
# then deletes its oldest messages until it is small enough, and that is all of them, the new one too.
# For a chat server: know the max_bytes of the stream, also when somebody else made it, and refuse larger messages
# before they are published. An acknowledgement does not mean that a reader will get the message.
# Our code: lib/server/cluster/nats_stream.ts refuses an event of more than 1/16 of the stream.
set -euo pipefail

server=$(command -v nats-server) || { echo "nats-server is needed (Debian: apt install nats-server)" >&2; exit 2; }
folder=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" \
  @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0 >/dev/null
"$server" -a 127.0.0.1 -p -1 -js -sd "$folder/store" --ports_file_dir "$folder" >/dev/null 2>&1 &
pid=$!
for _ in {1..50}; do compgen -G "$folder/*.ports" >/dev/null && break; sleep 0.1; done
url=$(grep -ho 'nats://[^"]*' "$folder"/*.ports | head -1)

cat >"$folder/publish.mjs" <<'PROGRAM'
import { connect } from "@nats-io/transport-node";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";

const connection = await connect({ servers: process.argv[2] });
const manager = await jetstreamManager(connection);
const client = jetstream(connection);
await manager.streams.add({ name: "CHAT", subjects: ["chat"], max_bytes: 100_000 });
for (let count = 0; count < 5; count++) await client.publish("chat", `message ${count}`);
const answer = await client.publish("chat", "x".repeat(150_000)).then(
  ({ seq }) => `acknowledged as number ${seq}`,
  ({ message }) => `refused: ${message}`,
);
const { state } = await manager.streams.info("CHAT");
console.log(`nats-server ${connection.info.version}, a stream of 100,000 bytes with 5 messages gets one of 150,000 bytes:`);
console.log(`  expected: refused; the stream has 5 messages`);
console.log(`  seen: ${answer}; the stream has ${state.messages} messages`);
await connection.close();
process.exit(answer.startsWith("acknowledged") && state.messages === 0 ? 0 : 1);
PROGRAM
node "$folder/publish.mjs" "$url"
