/**
 * The page in a browser without one of its features at a time: it joins, shows and sends, and only that feature is
 * missing, with a sentence when the person asks for it. A browser that is too old gets one sentence. Only
 * `deno task chaos` runs this.
 */
import { Buffer } from "node:buffer";
import { assertEquals, assertMatch } from "@std/assert";
import { type BrowserVisitor, enterAs, write } from "../support/browser.ts";
import type { Peer } from "../support/peer.ts";
import { pageStories, type PageStory, type Stage } from "../client/page/page_stories.ts";

/** Asks for the feature; `mention` writes the name of the person. */
type Ask = (ann: BrowserVisitor, mention: () => void) => Promise<void>;

/** Code that runs before the page, by what is then missing or throws. */
const missing: Readonly<Record<string, readonly [code: string, ask?: Ask]>> = {
  "notifications that throw": [
    "globalThis.Notification = class { constructor() { throw new TypeError('Illegal constructor'); } static permission = 'granted'; static requestPermission = () => Promise.resolve('granted'); }; delete Navigator.prototype.serviceWorker;",
    async ({ page }, mention) => {
      await page.click("#notify");
      // The page shows a notification when nobody looks at it.
      await page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))");
      mention();
      await page.waitForSelector(
        ".toast >> text=/The browser cannot show notifications: Illegal constructor/",
      );
    },
  ],
  "the question for notifications": [
    "globalThis.Notification = class { static permission = 'default'; static requestPermission() { throw new TypeError('no'); } };",
    async ({ page }) => {
      await page.click("#notify");
      await page.waitForSelector(".toast >> text=/The browser blocks notifications/");
    },
  ],
  "notifications": [
    "delete globalThis.Notification;",
    async ({ page }) => assertEquals(await page.isVisible("#notify"), false),
  ],
  "service workers": ["delete Navigator.prototype.serviceWorker;"],
  "any way to copy": [
    "delete Navigator.prototype.clipboard; Document.prototype.execCommand = () => { throw new DOMException('denied', 'SecurityError'); };",
    async ({ page }) => {
      await page.click("#invite");
      await page.waitForSelector(".toast >> text=/^Invite link to/");
    },
  ],
  "localStorage and sessionStorage": [
    "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get() { throw new DOMException('denied', 'SecurityError'); } });",
  ],
  "space in the storage": [
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
  ],
  "WebCrypto": ["Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });"],
  "getSelection, and reading the focus": [
    "globalThis.getSelection = () => null; Document.prototype.hasFocus = () => false;",
  ],
  "the performance of navigation, and history.replaceState": [
    "Performance.prototype.getEntriesByType = () => []; History.prototype.replaceState = () => { throw new DOMException('denied', 'SecurityError'); };",
  ],
  "ariaLive, and reportError": [
    "delete Element.prototype.ariaLive; delete Element.prototype.ariaLabel; delete Element.prototype.ariaExpanded; delete globalThis.reportError;",
  ],
  "pictures of files": [
    "URL.createObjectURL = () => { throw new TypeError('no'); };",
    async ({ page }) => {
      const buffer = Buffer.from("no picture");
      await page.setInputFiles("#file", { name: "x.png", mimeType: "image/png", buffer });
      await page.waitForSelector(".attachment >> text=x.png");
      await page.click(".attachment button");
    },
  ],
};
const entries = Object.entries(missing);

/** Each visitor waits mostly for the browser, so several can be there at once. */
function works(from: number, step: number): PageStory {
  return async (stage) => {
    for (let at = from; at < entries.length; at += step) {
      const [what, [code, ask]] = entries[at] ?? ["", [""]];
      await visitWithout(stage, what, code, ask);
    }
  };
}

async function visitWithout(stage: Stage, what: string, before: string, ask?: Ask): Promise<void> {
  const count = entries.findIndex(([name]) => name === what);
  const channel = `#missing${count}`;
  const url = `http://127.0.0.1:${stage.server.webPort}/join${channel}`;
  const arrives = stage.peer(`bob${count}x`, channel);
  const ann = await stage.browser.visit(url, { before });
  await enterAs(ann, `ann${count}x`);
  await using bob: Peer = await arrives;
  const mention = (): void => bob.send(`PRIVMSG ${channel} :ann${count}x: without ${what}`);
  mention();
  await ann.page.waitForSelector(`.entry.mention >> text=without ${what}`);
  await ann.page.click("#theme");
  await ask?.(ann, mention);
  await write(ann, `still here ${count}`);
  await bob.next(new RegExp(`still here ${count}`));
  assertEquals(ann.complaints.splice(0), [], what);
  await ann.context.close();
}

const tooOld: PageStory = async (stage) => {
  const url = `http://127.0.0.1:${stage.server.webPort}/join#old`;
  const before = "delete URL.parse; delete Promise.withResolvers;";
  const ann = await stage.browser.visit(url, { before });
  assertMatch(
    await ann.page.textContent("#messages") ?? "",
    /This browser is too old for the page: .*version 126.*\(missing: URL\.parse, Promise\.withResolvers\)/,
  );
  assertEquals(await ann.page.isDisabled("#join-button"), true);
  ann.complaints.splice(0);
};

pageStories("the page without a feature of the browser", {
  "joins, shows and sends": works(0, 2),
  "joins, shows and sends without others": works(1, 2),
  "says in one sentence that the browser is too old": tooOld,
});
