#!/usr/bin/env bash
# Chromium does not play a video or sound that a person opens directly when it comes with "sandbox" in its policy.
#
# Expected: "Content-Security-Policy: default-src 'none'; media-src 'self'; sandbox" is a safe policy for files that people
# share. A browser plays an opened video, because the file loads nothing except itself.
# Seen: Chromium makes a document with a player, and the player requests the address a second time. In a sandbox the
# document has the origin "null", so the request is cross-origin and CORS blocks it. The player stays black and empty.
# "sandbox allow-same-origin" plays; scripts stay off, because "allow-scripts" is missing. (Firefox 153, tried by hand,
# plays the file with each policy.)
# For a chat server: the usual strict policy for uploads breaks uploaded videos and sounds.
# Our code: lib/server/web/upload_routes.ts sends "sandbox allow-same-origin".
# Source: https://html.spec.whatwg.org/multipage/document-lifecycle.html#read-media
set -euo pipefail

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "Cannot run: there is no chromium; install the package chromium" >&2
  exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --silent --no-audit --no-fund playwright-core@1.65.0 >>npm.log
"$browser" --version

cat >try.mjs <<'JS'
import { createServer } from "node:http";
import { chromium } from "playwright-core";

// A WAV file: a tenth of a second of silence.
const samples = 800;
const sound = Buffer.alloc(44 + samples, 0x80);
sound.write("RIFF", 0);
sound.writeUInt32LE(36 + samples, 4);
sound.write("WAVEfmt ", 8);
[[16, 4, 16], [1, 2, 20], [1, 2, 22], [8000, 4, 24], [8000, 4, 28], [1, 2, 32], [8, 2, 34]].forEach(
  ([value, bytes, at]) => sound.writeUIntLE(value, at, bytes),
);
sound.write("data", 36);
sound.writeUInt32LE(samples, 40);

const policies = {
  "/none": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'",
  "/sandbox": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
  "/same-origin": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
};
const server = createServer(({ url }, response) => {
  const policy = policies[url];
  if (policy === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "audio/wav", "content-security-policy": policy });
  response.end(sound);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });
const page = await browser.newPage();
const session = await page.context().newCDPSession(page);
const found = {};
for (const path of Object.keys(policies)) {
  await page.goto(origin + path);
  // The person would see the length of the sound, or an empty player. Scripts of pages cannot run here, so the
  // browser's own tool asks.
  const expression = `new Promise((resolve) => {
    const player = document.querySelector("video, audio");
    const look = () => {
      if (player.readyState > 0) resolve("plays");
      else if (player.networkState === 3) resolve("stays black");
      else setTimeout(look, 50);
    };
    look();
  })`;
  const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true });
  found[path] = result.value;
  console.log(`${policies[path]}\n  the sound ${result.value}`);
}
await browser.close();
server.close();
const expected = { "/none": "plays", "/sandbox": "stays black", "/same-origin": "plays" };
const same = JSON.stringify(found) === JSON.stringify(expected);
console.log(same ? "As described: a sandbox without allow-same-origin blocks the file itself" : "This has changed");
process.exitCode = same ? 0 : 1;
JS
timeout 55 node try.mjs "$browser"
