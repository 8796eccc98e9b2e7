#!/usr/bin/env bash
# Chromium keeps a page that was left, with its open WebSocket: it answers pings and throws the messages away.
#
# Expected: a page with an open WebSocket is not kept for Back (so it was for years), or its connection is closed when the
# person leaves. The server then knows at once that the person is gone.
# Seen: the page goes into the back-forward cache and its connection stays open. The browser answers the pings of the
# server, so the connection looks alive, and drops what the server sends. On Back the page runs on, its socket still says
# that it is open, and then it closes with 1006. The headless shell has no such cache, and drivers such as Playwright turn
# it off, so a test in a browser does not show it. (Firefox 153, tried by hand, keeps no such page.)
# For a chat server: for some minutes others see a person who is gone, and messages to that person are lost.
# Our code: lib/client/page/page_life.ts closes the connection at "pagehide" and connects again at "pageshow".
# Source: https://web.dev/articles/bfcache
set -euo pipefail

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "Cannot run: there is no chromium; install the package chromium" >&2
  exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --silent --no-audit --no-fund playwright-core@1.65.0 ws@8.23.0 >>npm.log
"$browser" --version

cat >try.mjs <<'JS'
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { WebSocketServer } from "ws";

const page = (closes) => `<title>chat</title><script>
  const socket = new WebSocket("ws://" + location.host);
  globalThis.got = [];
  socket.onmessage = ({ data }) => got.push(data);
  socket.onclose = ({ code }) => got.push("closed " + code);
  if (${closes}) addEventListener("pagehide", () => socket.close());
</script>`;
const server = createServer(({ url }, response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.end(url === "/other" ? "<title>other</title>" : page(url === "/closes"));
});
let client;
let pongs = 0;
new WebSocketServer({ server }).on("connection", (socket) => {
  client = socket;
  socket.on("pong", () => pongs++);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--no-sandbox"],
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
});
const seen = {};
for (const path of ["/keeps", "/closes"]) {
  const tab = await browser.newPage();
  await tab.goto(origin + path);
  while (client?.readyState !== 1) await wait(20);
  pongs = 0;
  await tab.goto(`${origin}/other`, { waitUntil: "commit" });
  await wait(500);
  const isOpen = client.readyState === 1;
  if (isOpen) {
    client.ping();
    client.send("a message for the person who left");
  }
  await wait(500);
  await tab.evaluate("setTimeout(() => history.back())");
  await wait(1_000);
  const got = await tab.evaluate("got.join()");
  seen[path] = `open ${isOpen}, pongs ${pongs}, the page got: ${got}`;
  console.log(`${path === "/keeps" ? "a page as most are" : "a page that closes at pagehide"}\n  ${seen[path]}`);
  await tab.close();
  client = undefined;
}
await browser.close();
server.close();
const same = seen["/keeps"] === "open true, pongs 1, the page got: closed 1006" &&
  seen["/closes"].startsWith("open false, pongs 0");
console.log(same ? "As described: the page that was left answers, and hears nothing" : "This has changed");
process.exitCode = same ? 0 : 1;
JS
timeout 55 node try.mjs "$browser"
