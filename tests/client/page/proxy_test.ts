/** The page over https, behind a proxy that adds TLS, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { enterAs, hasBrowser, startBrowser, write } from "../../support/browser.ts";
import { freePort, startServer } from "../../support/server.ts";
import { type ProxyChanges, startTlsProxy } from "../../support/tls_proxy.ts";

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
  await using _server = await startServer(["--web-port", String(webPort), "--web-address", address]);
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
  await page.waitForSelector("#messages img");
  await page.evaluate("document.querySelector('#messages img').decode()");
  assert((await page.textContent(".entry.message a"))?.startsWith(`${address}/files/`));
  await write(ann, "over TLS");
  await page.waitForSelector(".entry.message >> text=over TLS");
  await page.click("#invite");
  await page.waitForSelector(`.toast >> text=${address}/join#tea`);
  assertEquals(complaints, []);
}
