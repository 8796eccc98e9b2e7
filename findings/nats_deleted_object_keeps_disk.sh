#!/usr/bin/env bash
# A deleted object of NATS frees no disk space while another one that was stored at the same time exists.
#
# Expected: the object store (ADR-20) purges the chunks of a deleted object, so the disk has space again. The bytes that
# the stream reports shrink at once.
# Seen: chunks of all objects go to the same blocks of 8 MB on the disk, in the order in which they arrive. A block goes
# when all of it is deleted. Two objects of 40 MB that are stored side by side take 80 MB; when one is deleted, 80 MB
# stay. nats-server 2.10.27 and 2.15.1 rewrite a block of which less than half is left, every two minutes: then 60 MB stay.
# 2.9.10 never does. A restart frees nothing. Stored one after the other, 40 MB stay.
# For a chat server: store one shared file at a time, on all machines together. The figures of NATS do not show the loss;
# watch the disk of its host.
# Our code: lib/server/cluster/nats_file_turn.ts lets one machine store one file at a time.
set -euo pipefail

server=$(command -v nats-server) || { echo "nats-server is needed (Debian: apt install nats-server)" >&2; exit 2; }
folder=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" \
  @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0 @nats-io/obj@3.4.0 >/dev/null
"$server" -a 127.0.0.1 -p -1 -js -sd "$folder/store" --ports_file_dir "$folder" >/dev/null 2>&1 &
pid=$!
for _ in {1..50}; do compgen -G "$folder/*.ports" >/dev/null && break; sleep 0.1; done
url=$(grep -ho 'nats://[^"]*' "$folder"/*.ports | head -1)

cat >"$folder/store.mjs" <<'PROGRAM'
import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";
import { jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";

const [, , url, folder] = process.argv;
const connection = await connect({ servers: url });
const manager = await jetstreamManager(connection);
const chunk = new Uint8Array(256 * 1024);
const chunks = 160;

/** An object of 40 MB; its content comes as fast as NATS takes it. */
function content() {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ < chunks) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

/** Stores two objects and deletes one; the megabytes on the disk before and after, and what NATS says after. */
async function measure(bucketName, areTogether) {
  const bucket = await new Objm(connection).create(bucketName);
  const put = (name) => bucket.put({ name, options: { max_chunk_size: chunk.length } }, content());
  if (areTogether) await Promise.all([put("one"), put("two")]);
  else for (const name of ["one", "two"]) await put(name);
  const disk = () =>
    Number.parseInt(execFileSync("du", ["-sm", `${folder}/jetstream/$G/streams/OBJ_${bucketName}`]));
  const before = disk();
  await bucket.delete("one");
  await pause(1000);
  const { state } = await manager.streams.info(`OBJ_${bucketName}`);
  return { before, after: disk(), said: Math.round(state.bytes / 1024 ** 2) };
}

const together = await measure("TOGETHER", true);
const apart = await measure("APART", false);
console.log(`nats-server ${connection.info.version}, MB on the disk with two objects of 40 MB, and without one of them:`);
console.log(`  expected                 80, then about 40`);
console.log(`  stored at the same time  ${together.before}, then ${together.after}; NATS says ${together.said}`);
console.log(`  one after the other      ${apart.before}, then ${apart.after}; NATS says ${apart.said}`);
await connection.close();
process.exit(together.after >= 58 && together.said <= 42 && apart.after <= 55 ? 0 : 1);
PROGRAM
node "$folder/store.mjs" "$url" "$folder/store"
