#!/usr/bin/env bash
# Firefox forgets what a page with Cross-Origin-Opener-Policy stores in sessionStorage at "pagehide", when the next page
# is of another site.
#
# Expected: "pagehide" is the last event that a page certainly gets, so guides recommend it for storing drafts. Storing is
# synchronous, so the value is there when the person comes back.
# Seen: with "Cross-Origin-Opener-Policy: same-origin", which safe pages have, a page of another site replaces the whole
# browsing context of the tab. What was stored at "pagehide" is then gone after Back. What was stored at "beforeunload" is
# there; so are both after a page of the same site, and without the header. (Chromium 156, tried by hand, keeps both.)
# For a chat page: the last words of a draft, unsent messages and the place in the chat are lost on a click on a link.
# Our code: lib/client/page/page.ts stores at "beforeunload" too, and half a second after each change of the words.
# Source: https://developer.mozilla.org/docs/Web/API/Window/pagehide_event
set -euo pipefail

browser=$(command -v firefox-esr || command -v firefox) || {
  echo "Cannot run: there is no firefox; install the package firefox-esr" >&2
  exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --silent --no-audit --no-fund ws@8.23.0 >>npm.log
HOME=$folder "$browser" --version

cat >try.mjs <<'JS'
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { WebSocket } from "ws";

const page = `<title>page</title><script>
  for (const name of ["beforeunload", "pagehide"]) {
    addEventListener(name, () => sessionStorage.setItem(name, "stored"));
  }
</script>`;
const server = createServer(({ url }, response) => {
  // "no-store": the page itself could be kept otherwise, which is another matter.
  const headers = { "content-type": "text/html", "cache-control": "no-store" };
  response.writeHead(200, { ...headers, "cross-origin-opener-policy": "same-origin" });
  response.end(url === "/page" ? page : "<title>other</title>");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const { port } = server.address();

const args = ["--headless", "--no-remote", "--profile", process.argv[3], "--remote-debugging-port", "0"];
const firefox = spawn(process.argv[2], args, { env: { ...process.env, HOME: process.argv[3] } });
const address = await new Promise((found) => {
  let text = "";
  firefox.stderr.on("data", (data) => {
    text += data;
    const [url] = /ws:\/\/\S+/.exec(text) ?? [];
    if (url !== undefined) found(url);
  });
});
// WebDriver BiDi, the protocol of the W3C for driving browsers.
const driver = new WebSocket(`${address}/session`);
await new Promise((opened) => driver.on("open", opened));
const waiting = new Map();
driver.on("message", (data) => {
  const { id, result } = JSON.parse(data);
  waiting.get(id)?.(result);
});
let sent = 0;
const call = (method, params) =>
  new Promise((resolve) => {
    waiting.set(++sent, resolve);
    driver.send(JSON.stringify({ id: sent, method, params }));
  });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await call("session.new", { capabilities: {} });
const seen = {};
for (const [name, host] of [["the same site", "127.0.0.1"], ["another site", "localhost"]]) {
  const { context } = await call("browsingContext.create", { type: "tab" });
  const open = (url) => call("browsingContext.navigate", { context, url, wait: "complete" });
  await open(`http://127.0.0.1:${port}/page`);
  await open(`http://${host}:${port}/other`);
  await wait(500);
  await call("browsingContext.traverseHistory", { context, delta: -1 });
  await wait(1_500);
  const expression = `["beforeunload", "pagehide"].filter((name) => sessionStorage.getItem(name)).join(" and ")`;
  const { result } = await call("script.evaluate", { expression, target: { context }, awaitPromise: false });
  seen[name] = result.value;
  console.log(`after a page of ${name} there is what was stored at: ${result.value}`);
}
await Promise.race([call("browser.close", {}), wait(3_000)]);
firefox.kill("SIGKILL");
driver.terminate();
server.close();
const same = seen["the same site"] === "beforeunload and pagehide" && seen["another site"] === "beforeunload";
console.log(same ? "As described: what was stored at pagehide is gone" : "This has changed");
process.exitCode = same ? 0 : 1;
JS
mkdir profile
timeout 55 node try.mjs "$browser" "$folder/profile"
