#!/usr/bin/env bash
# A client with matrix-org-irc, the library of the Matrix bridge, does not get in again after its first connection.
#
# Expected: after a lost connection it connects again and registers as it did before: CAP LS, NICK, USER, CAP END.
# Seen: it connects again and negotiates capabilities, but never sends CAP END. A server that holds registration open
# until CAP END, as the IRCv3 specification asks, waits until its time limit. The client then tries again, without end.
# For a chat server: after each restart these users stay away until somebody restarts their bridge. The time limit of
# registration must close such connections, and a restart should be rare and short.
# Our code: --registration-time in lib/server/settings/limits.ts.
# Source: https://ircv3.net/specs/extensions/capability-negotiation
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" matrix-org-irc@3.0.0 >/dev/null

cat >"$folder/client.cjs" <<'PROGRAM'
const { createServer } = require("node:net");
const { Client } = require("matrix-org-irc");
const { version } = require("matrix-org-irc/package.json");

/** The lines of the client, one list for each of its connections. */
const connections = [];
const sockets = new Set();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  const lines = [];
  connections.push(lines);
  let rest = "";
  socket.on("data", (data) => {
    const parts = (rest + data).split(/\r?\n/);
    rest = parts.pop();
    for (const line of parts) {
      lines.push(line.replace(/ .*/s, line.startsWith("CAP ") ? ` ${line.split(" ")[1]}` : ""));
      answer(socket, line, connections.length === 1);
    }
  });
});

function answer(socket, line, isFirst) {
  if (line.startsWith("CAP LS")) socket.write(":server CAP * LS :multi-prefix\r\n");
  const [, wanted] = /^CAP REQ :?(.*)/.exec(line) ?? [];
  if (wanted !== undefined) socket.write(`:server CAP * ACK :${wanted.trim()}\r\n`);
  if (line !== "CAP END") return;
  socket.write(":server 001 bob :Welcome bob!bob@host\r\n:server 422 bob :There is no message of the day\r\n");
  if (isFirst) setTimeout(() => socket.end("ERROR :Closing link: restart\r\n"), 6000);
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const client = new Client("127.0.0.1", "bob", {
    port,
    userName: "bob",
    retryDelay: 500,
  });
  client.on("error", () => {});
  setTimeout(() => {
    const [first = [], second = []] = connections;
    console.log(`matrix-org-irc ${version}, Node ${process.version}`);
    console.log("expected: CAP END in both connections");
    console.log(`seen: first connection:  ${first.slice(0, 8).join(", ")}`);
    console.log(`      second connection: ${second.join(", ") || "none"}`);
    const isAsDescribed = first.includes("CAP END") && second.includes("CAP LS") && !second.includes("CAP END");
    process.exit(isAsDescribed ? 0 : 1);
  }, 15_000);
});
PROGRAM

timeout 40 node "$folder/client.cjs"
