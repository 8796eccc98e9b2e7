/**
 * The page in a browser without one of its features at a time: it joins, shows and sends, and only that feature is
 * missing. A browser that is too old gets one sentence. Only `deno task chaos` runs this.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { enterAs, write } from "../support/browser.ts";
import { pageStories, type PageStory } from "../client/page/page_stories.ts";

/** Code that runs before the page, by what is then missing or throws. */
const missing: Readonly<Record<string, string>> = {
  "notifications that throw":
    "globalThis.Notification = class { constructor() { throw new TypeError('Illegal constructor'); } static permission = 'granted'; static requestPermission = () => Promise.resolve('granted'); };",
  "notifications": "delete globalThis.Notification;",
  "service workers": "delete Navigator.prototype.serviceWorker;",
  "the clipboard": "delete Navigator.prototype.clipboard;",
  "localStorage and sessionStorage":
    "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get() { throw new DOMException('denied', 'SecurityError'); } });",
  "space in the storage":
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
  "reportError": "delete globalThis.reportError;",
  "WebCrypto": "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });",
  "getSelection": "globalThis.getSelection = () => null;",
  "the performance of navigation": "Performance.prototype.getEntriesByType = () => [];",
  "history.replaceState":
    "History.prototype.replaceState = () => { throw new DOMException('denied', 'SecurityError'); };",
  "ariaLive":
    "delete Element.prototype.ariaLive; delete Element.prototype.ariaLabel; delete Element.prototype.ariaExpanded;",
};

const works: PageStory = async (stage) => {
  let count = 0;
  for (const [what, code] of Object.entries(missing)) {
    const channel = `#missing${++count}`;
    await using bob = await stage.peer(`bob${count}x`, channel);
    const ann = await stage.visit(channel);
    await ann.context.addInitScript(code);
    await ann.page.reload();
    await enterAs(ann, `ann${count}x`);
    bob.send(`PRIVMSG ${channel} :ann${count}x: without ${what}`);
    await ann.page.waitForSelector(`.entry.mention >> text=without ${what}`);
    await ann.page.click("#theme");
    await ann.page.click("#invite");
    await ann.page.waitForSelector(".toast >> text=/[Ii]nvite link/");
    await write(ann, `still here ${count}`);
    await bob.next(new RegExp(`still here ${count}`));
    assertEquals(ann.complaints.splice(0), [], what);
    await ann.context.close();
  }
};

const tooOld: PageStory = async (stage) => {
  const ann = await stage.visit("#old");
  await ann.context.addInitScript("delete URL.parse; delete Promise.withResolvers;");
  await ann.page.reload();
  assertMatch(
    await ann.page.textContent("#messages") ?? "",
    /This browser is too old for the page: .*version 126.*\(missing: URL\.parse, Promise\.withResolvers\)/,
  );
  assertEquals(await ann.page.isDisabled("#join-button"), true);
  ann.complaints.splice(0);
};

pageStories("the page without a feature of the browser", {
  "joins, shows and sends": works,
  "says in one sentence that the browser is too old": tooOld,
});
