/** The page over https, behind a proxy that adds TLS, in a real browser. Only `deno task chaos` runs this. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type BrowserVisitor, enterAs, hasBrowser, startBrowser, write } from "../support/browser.ts";
import { freePort, startServer } from "../support/server.ts";
import { type ProxyChanges, startTlsProxy } from "../support/tls_proxy.ts";

const proxies: Record<string, ProxyChanges> = {
  "passes Host and the path on": {},
  "names the server by its inner address, and removes the path": { ownHost: true, strip: "/chat" },
};

for (const [how, changes] of Object.entries(proxies)) {
  Deno.test({
    name: `the page works over https and wss, at a path, behind a proxy that ${how}`,
    ignore: !hasBrowser,
    // The driver keeps resources until the end.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => overTls(changes),
  });
}

async function overTls(changes: ProxyChanges): Promise<void> {
  await using proxy = await startTlsProxy("chat.test", changes);
  const address = `https://chat.test:${proxy.port}/chat`;
  const webPort = freePort();
  await using _server = await startServer(
    ["--web-port", String(webPort), "--web-address", address, "--trusted-proxy", "127.0.0.1"],
  );
  proxy.lead(webPort);
  await using browser = await startBrowser();
  const ann = await browser.visit(`${address}/join#tea`);
  const { page, complaints } = ann;
  const sockets: string[] = [];
  page.on("websocket", (socket) => void sockets.push(socket.url()));
  await enterAs(ann, "ann");
  assertEquals(sockets, [`wss://chat.test:${proxy.port}/chat/`]);
  await page.click("#account");
  await page.fill("dialog [type=password]", "two sugars please");
  await page.press("dialog [type=password]", "Enter");
  await page.waitForSelector(".toast >> text=You registered");
  const dot =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==";
  await page.setInputFiles("#file", [{
    name: "pot.png",
    mimeType: "image/png",
    buffer: Buffer.from(dot, "base64"),
  }]);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#messages img");
  await page.evaluate("document.querySelector('#messages img').decode()");
  assert((await page.textContent(".entry.message a"))?.startsWith(`${address}/files/`));
  await write(ann, "over TLS");
  await page.waitForSelector(".entry.message >> text=over TLS");
  await page.setInputFiles("#file", [{ name: "beep.wav", mimeType: "audio/wav", buffer: sound() }]);
  await page.keyboard.press("Enter");
  const link = await page.waitForSelector("a >> text=beep.wav");
  await playsAlone(ann, await link.getAttribute("href") ?? "");
  await page.click("#invite");
  await page.waitForSelector(`.toast >> text=${address}/join#tea`);
  assertEquals(complaints, []);
}

/** A WAV file: a tenth of a second of silence, 8,000 samples a second. */
function sound(): Buffer {
  const samples = 800;
  const file = Buffer.alloc(44 + samples, 0x80);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(8_000, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  return file;
}

/** A file that is opened directly, in a tab of its own, can be played. */
async function playsAlone({ context }: BrowserVisitor, address: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(address);
  const session = await context.newCDPSession(page);
  const read = async (expression: string): Promise<unknown> =>
    (await session.send("Runtime.evaluate", { expression, awaitPromise: true })).result.value;
  const played = `new Promise((resolve) => {
    const player = document.querySelector("video, audio");
    if (player.readyState > 0) resolve(player.duration);
    player.onloadedmetadata = () => resolve(player.duration);
    if (player.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) resolve("no source");
    player.onerror = () => resolve("no source");
  })`;
  assertEquals(await read(played), 0.1);
  await page.close();
}
