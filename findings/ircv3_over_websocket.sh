#!/usr/bin/env bash
# The npm package "ircv3" cannot read the messages of an IRCv3 WebSocket server.
#
# Expected: with the option `webSocket: true`, the library follows the IRCv3 WebSocket extension. It offers the subprotocol
# text.ircv3.net, and each WebSocket message is one line without CR LF.
# Seen: the library offers no subprotocol, ends its own messages with CR LF, and waits for CR LF in received messages.
# With a server that follows the extension it sends CAP LS and then waits. With a server that sends CR LF it registers.
# For a chat server: bots with this library cannot use the WebSocket address. They can use the TCP port. A server should
# accept clients without a subprotocol, and CR LF at the end of a message.
# Our code: lib/server/web/web_socket.ts accepts a client without a subprotocol; it sends no CR LF.
# Source: https://ircv3.net/specs/extensions/websocket ("MUST NOT include trailing \r or \n characters")
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" ircv3@0.33.1 ws@8.23.0 >/dev/null

cat >"$folder/client.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
const require = createRequire(import.meta.url);
const { IrcClient } = require("ircv3");
const { WebSocketServer } = require("ws");

/** A server that ends its messages with `end`; resolves to what it saw of the client. */
async function meet(end) {
  const seen = { subprotocols: undefined, sentLineEnds: false, lines: [], isWelcomed: false };
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket, request) => {
    seen.subprotocols = request.headers["sec-websocket-protocol"];
    socket.on("message", (data) => {
      const line = String(data);
      seen.sentLineEnds ||= line.endsWith("\r\n");
      seen.lines.push(line.trimEnd());
      if (line.startsWith("CAP LS")) socket.send(":server CAP * LS :multi-prefix" + end);
      if (line.startsWith("CAP REQ")) socket.send(":server CAP * ACK :multi-prefix" + end);
      if (line.startsWith("USER")) {
        socket.send(":server 001 ann :Welcome" + end);
        socket.send(":server 422 ann :There is no message of the day" + end);
      }
    });
  });
  const client = new IrcClient({
    connection: { hostName: "127.0.0.1", port: server.address().port, secure: false },
    credentials: { nick: "ann" },
    webSocket: true,
    logger: { minLevel: 0 },
  });
  client.onRegister(() => seen.isWelcomed = true);
  client.connect();
  await pause(2000);
  for (const socket of server.clients) socket.terminate();
  server.close();
  return seen;
}

const strict = await meet("");
const lenient = await meet("\r\n");
const version = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
console.log(`ircv3 ${version("ircv3")}, ws ${version("ws")}, Node ${process.version}`);
console.log("expected: the client offers text.ircv3.net, sends no CR LF, and joins a server that sends no CR LF");
console.log(`seen: offered subprotocols: ${strict.subprotocols ?? "none"}`);
console.log(`      messages end with CR LF: ${strict.sentLineEnds ? "yes" : "no"}`);
console.log(`      server without CR LF: client sent ${strict.lines.join(", ")}; welcomed: ${strict.isWelcomed}`);
console.log(`      server with CR LF: client sent ${lenient.lines.join(", ")}; welcomed: ${lenient.isWelcomed}`);
const isAsDescribed = strict.subprotocols === undefined && strict.sentLineEnds &&
  strict.lines.join() === "CAP LS 302" && !strict.isWelcomed && lenient.isWelcomed;
process.exit(isAsDescribed ? 0 : 1);
PROGRAM

timeout 30 node "$folder/client.mjs"
