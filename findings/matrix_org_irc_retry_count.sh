#!/usr/bin/env bash
# With a limit of retries, matrix-org-irc does not connect again at all.
#
# Expected: with `retryCount: 10` a client connects again up to ten times after its connection is lost, as with irc-upd,
# from which the option comes.
# Seen: it never connects again. The first connection already counts as the tenth retry. Only without the option, which
# means without a limit, it connects again.
# For a chat server: such a client is away after each restart, however short it is, and its author does not expect that.
# So a restart should be rare, and the guide should name the option.
# Our code: none; the table of programs is in tests/README.md.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" \
  irc-upd@0.11.0 matrix-org-irc@3.0.0 >/dev/null

cat >"$folder/clients.cjs" <<'PROGRAM'
const { createServer } = require("node:net");

/** The number of connections in eight seconds; the first is closed one second after its welcome. */
function connections(name, options) {
  return new Promise((resolve) => {
    let count = 0;
    const sockets = new Set();
    const server = createServer((socket) => {
      sockets.add(socket);
      const isFirst = ++count === 1;
      socket.on("error", () => {});
      socket.on("data", (data) => {
        if (!/^USER /m.test(String(data))) return;
        socket.write(":server 001 bob :Welcome bob!bob@host\r\n:server 422 bob :There is no message of the day\r\n");
        if (isFirst) setTimeout(() => socket.end("ERROR :Closing link: restart\r\n"), 1000);
      });
    });
    server.listen(0, "127.0.0.1", () => {
      const { Client } = require(name);
      const { port } = server.address();
      const client = new Client("127.0.0.1", "bob", { port, userName: "bob", retryDelay: 500, ...options });
      client.on("error", () => {});
    });
    setTimeout(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
      resolve(count);
    }, 8000);
  });
}

async function main() {
  const [older, limited, unlimited] = await Promise.all([
    connections("irc-upd", { retryCount: 10 }),
    connections("matrix-org-irc", { retryCount: 10 }),
    connections("matrix-org-irc", {}),
  ]);
  const version = (name) => `${name} ${require(`${name}/package.json`).version}`;
  console.log(`Node ${process.version}`);
  console.log("expected: two connections or more, each time");
  console.log(`seen: ${version("irc-upd")}, retryCount 10: ${older}`);
  console.log(`      ${version("matrix-org-irc")}, retryCount 10: ${limited}`);
  console.log(`      ${version("matrix-org-irc")}, no retryCount: ${unlimited}`);
  process.exit(older > 1 && limited === 1 && unlimited > 1 ? 0 : 1);
}
main();
PROGRAM

timeout 40 node "$folder/clients.cjs"
