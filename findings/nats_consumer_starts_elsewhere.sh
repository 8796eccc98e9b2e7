#!/usr/bin/env bash
# A JetStream consumer starts at another sequence than the one it asked for, without an error.
#
# Expected: a consumer with opt_start_seq 100 on a stream of 5 messages waits for message 100. An ordered consumer starts
# at the first message after its stream was deleted and created again.
# Seen with nats-server 2.9: the consumer gets message 6. Its configuration still says 100. (The change below makes
# nats-server 2.11 wait for message 100.) The ordered consumer skips the first messages of the new stream, because it
# continues at the sequence it had reached in the old one. Its status says that the consumer was created again, but not
# that messages are lost.
# For a chat server: a position in a stream is a sequence together with the stream's creation time. With the sequence
# alone, a reader of a restored or new stream loses messages and cannot notice it.
# Our code: lib/server/cluster/nats_health_check.ts compares the creation time each second.
# Sources: https://github.com/nats-io/nats-server/pull/6253, https://github.com/nats-io/nats-server/pull/5785
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

cat >"$folder/read.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";
import { DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";

const connection = await connect({ servers: process.argv[2] });
const manager = await jetstreamManager(connection);
const client = jetstream(connection);

/** Reads from a sequence on; the returned list grows. */
async function read(stream, sequence) {
  const consumer = await client.consumers.get(stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: sequence,
  });
  const messages = [];
  await consumer.consume({
    expires: 1000,
    idle_heartbeat: 500,
    callback: (message) => messages.push(`${message.seq} "${message.string()}"`),
  });
  return messages;
}

async function publish(subject, ...texts) {
  for (const text of texts) await client.publish(subject, text);
}

await manager.streams.add({ name: "early", subjects: ["early"] });
await publish("early", "m1", "m2", "m3", "m4", "m5");
const early = await read("early", 100);
await publish("early", "m6", "m7");

await manager.streams.add({ name: "renewed", subjects: ["renewed"] });
await publish("renewed", "old1", "old2", "old3");
const renewed = await read("renewed", 1);
await pause(500);
const before = renewed.splice(0);
await manager.streams.delete("renewed");
await manager.streams.add({ name: "renewed", subjects: ["renewed"] });
await publish("renewed", "new1", "new2");
// The client makes its consumer again after two missed heartbeats.
await pause(8000);
await publish("renewed", "new3", "new4", "new5");
await pause(2000);

const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
const library = versionOf("@nats-io/jetstream");
const { version } = connection.info;
console.log(`nats-server ${version}, @nats-io/jetstream ${library}, Node ${process.version}`);
console.log("expected: the reader from 100 gets nothing; the ordered reader gets new1 to new5");
console.log(`seen: reader from 100: ${early.join(", ") || "nothing"}`);
console.log(`      ordered reader of the old stream: ${before.join(", ")}`);
console.log(`      ordered reader of the new stream: ${renewed.join(", ") || "nothing"}`);
const [major, minor] = version.split(".").map(Number);
const isNew = major > 2 || minor >= 11;
const isEarlyAsDescribed = isNew ? early.length === 0 : early[0]?.startsWith("6 ");
const isRenewedAsDescribed = !renewed.join().includes("new1") && renewed.join().includes("new5");
process.exit(isEarlyAsDescribed && isRenewedAsDescribed ? 0 : 1);
PROGRAM

timeout 40 node "$folder/read.mjs" "$url"
