#!/usr/bin/env bash
# setNoDelay() of a TCP connection in Deno throws "Unable to get resources" while a write runs.
#
# Expected: an option of a socket can be set at any time, as in Node.js; after close() Deno throws BadResource.
# Seen: from the call of write() until its promise resolves, setNoDelay() throws an Error without a
# class or code of its own. It happens also for ten bytes that the system takes at once.
# For a chat server: code that takes over a connection on which somebody has already begun to write, for example TLS that
# sends tickets after its handshake, fails only sometimes, and the error ends the program if nobody catches it. Set the
# options right after accept().
# Our code: lib/net/accept.ts.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/no_delay.ts" <<'PROGRAM'
using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
using socket = await listener.accept();
function attempt(): string {
  try {
    socket.setNoDelay();
    return "works";
  } catch (error) {
    return String(error);
  }
}
const before = attempt();
const writing = socket.write(new Uint8Array(10));
const during = attempt();
await writing;
console.log(`Deno ${Deno.version.deno}`);
console.log(`expected: works, works, works\nbefore a write: ${before}\nduring a write: ${during}\nafter it: ${attempt()}`);
Deno.exit(before === "works" && during.includes("Unable to get resources") ? 0 : 1);
PROGRAM

cd "$folder"
npx -y deno@2.9.6 run --no-config --allow-net=127.0.0.1 "$folder/no_delay.ts"
