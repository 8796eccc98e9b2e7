#!/usr/bin/env bash
# An HTTP server is not told that a peer has left, for answers that wait behind another answer.
#
# Expected: every ServerResponse emits "close" when its connection ends; the documentation says that it then is completed,
# "or its underlying connection was terminated prematurely".
# Seen: of five requests that came one behind the other on a connection, only the first answer emits "close" when the peer
# leaves. The other four emit nothing, ever. It is the same in Node.js and in Deno.
# For a chat server: a download that waits for "close" keeps its file open for ever, and a count of running requests for
# each address never goes down again. Remember the answers of each socket, and end them when the socket closes.
# Our code: lib/server/web/http_socket.ts (endAnswers).
# Source: https://nodejs.org/api/http.html#event-close_2
set -euo pipefail

command -v npx >/dev/null || { echo "This needs Node with npm"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/answers.mjs" <<'PROGRAM'
import http from "node:http";
import net from "node:net";
import process from "node:process";

const [requests, pauseMs] = [5, 500];
let [asked, closed] = [0, 0];
const server = http.createServer((_request, response) => {
  response.on("close", () => closed++);
  if (++asked === requests) leave();
});
let peer;
server.listen(0, "127.0.0.1", () => {
  peer = net.connect(server.address().port, "127.0.0.1");
  peer.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(requests));
});
function leave() {
  peer.destroy();
  setTimeout(() => {
    console.log(closed);
    process.exit();
  }, pauseMs);
}
PROGRAM

node --version
npx -y deno@2.9.6 --version | head -1
in_node=$(node "$folder/answers.mjs")
in_deno=$(npx -y deno@2.9.6 run -A "$folder/answers.mjs")

echo "Expected: 5 of 5 answers emit close after their peer has left"
echo "Seen in Node.js: $in_node of 5"
echo "Seen in Deno:    $in_deno of 5"
[[ $in_node == 1 && $in_deno == 1 ]]
