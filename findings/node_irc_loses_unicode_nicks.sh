#!/usr/bin/env bash
# Bots and bridges with the node-irc libraries do not hear people whose nick has letters beyond ASCII.
#
# Expected: a nick is whatever stands before "!" in the source of a message, so a message of "Zoë" is an event like one of
# "ann". The server has said CASEMAPPING=ascii and UTF8ONLY.
# Seen: with irc, irc-upd and matrix-org-irc the message of "Zoë" arrives without a nick, or not at all. A pattern that
# knows only the letters of RFC 2812 reads the source.
# For a chat server: nicks beyond ASCII make their owners silent for every bot and bridge of this family, and nobody is
# told. Let them be chosen only where the operator knows the programs, and offer another place for the full name.
# Our code: lib/server/commands/nick_letters.ts, and --nick-letters in lib/server/settings/limits.ts.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" \
  irc@0.5.2 irc-upd@0.11.0 matrix-org-irc@3.0.0 >/dev/null

cat >"$folder/clients.cjs" <<'PROGRAM'
const { createServer } = require("node:net");

const lines = [
  ":server 001 bob :Welcome bob!bob@host",
  ":server 005 bob CASEMAPPING=ascii UTF8ONLY :are supported by this server",
  ":server 422 bob :There is no message of the day",
  ":ann!ann@host PRIVMSG bob :from ann",
  ":Zoë!zoe@host PRIVMSG bob :from Zoë",
  ":ann!ann@host PRIVMSG bob :the last one",
];

/** The senders and texts that a client of this library tells its program. */
async function heard(name) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      if (/^USER /m.test(String(data))) socket.write(lines.map((line) => `${line}\r\n`).join(""));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { Client } = require(name);
  const client = new Client("127.0.0.1", "bob", {
    port: server.address().port,
    userName: "bob",
    autoConnect: false,
    autoRejoin: false,
    retryCount: 0,
  });
  const messages = [];
  await new Promise((resolve) => {
    client.on("error", () => {});
    client.on("message", (from, _to, text) => {
      messages.push(`${from}: ${text}`);
      if (text === "the last one") resolve();
    });
    client.connect(0);
    setTimeout(resolve, 10_000);
  });
  server.close();
  for (const socket of sockets) socket.destroy();
  return messages;
}

async function main() {
  console.log(`Node ${process.version}`);
  console.log('expected: "ann: from ann", "Zoë: from Zoë", "ann: the last one"');
  let isAsDescribed = true;
  for (const name of ["irc", "irc-upd", "matrix-org-irc"]) {
    const { version } = require(`${name}/package.json`);
    const messages = await heard(name);
    console.log(`seen with ${name} ${version}: ${JSON.stringify(messages)}`);
    isAsDescribed &&= messages.includes("ann: the last one") && !messages.includes("Zoë: from Zoë");
  }
  process.exit(isAsDescribed ? 0 : 1);
}
main();
PROGRAM

timeout 50 node "$folder/clients.cjs"
