/** Looking away from the page in a real browser: notifications, and a connection that goes and comes back. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type BrowserVisitor, enterAs, write } from "../../support/browser.ts";
import { startTlsProxy } from "../../support/tls_proxy.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("looking away from the page in Chromium", {
  "who looks away is notified of mentions and private messages, once he wants it": notifications,
  "the title counts what waits in a tab that has no frames": title,
  "over plain HTTP the bell says why there are no notifications": plainBell,
  "what was missed is there when the connection is back, and nothing written is lost": missed,
}, { whole: true });

/** Notifications made so far, and the focus as a browser has it, which a driven one never loses. */
async function watch({ page, context }: BrowserVisitor): Promise<void> {
  await page.evaluate(`globalThis.made = [];
    const Whole = Notification;
    globalThis.Notification = class extends Whole {
      constructor(title, options) {
        super(title, options);
        made.push(title + ": " + options.body);
      }
    }`);
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
}

async function notifications(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#bell");
  const ann = await stage.enter("ann1", "#bell");
  const { page, context } = ann;
  assertEquals(await page.evaluate("Notification.permission"), "default");
  await watch(ann);
  await context.grantPermissions(["notifications"]);
  bob.send("PRIVMSG ann1 :before the bell");
  await page.waitForSelector("#conversation-list >> text=bob1");
  await page.click("#notify");
  await page.waitForSelector("#notify[aria-pressed=true]");
  bob.send("PRIVMSG #bell :ann1: are you there?");
  await page.waitForSelector(".entry >> text=are you there?");
  await (await context.newPage()).bringToFront();
  bob.send("PRIVMSG #bell :nobody special", "PRIVMSG #bell :hey ann1", "PRIVMSG ann1 :psst");
  await page.waitForSelector("#conversation-list .count >> text=2");
  assertEquals(await page.evaluate("made"), ["bob1 · #bell: hey ann1", "bob1 · bob1: psst"]);
}

async function title(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob4", "#unread-title");
  const { page } = await stage.enter("ann4", "#unread-title");
  await page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "hidden" });
    globalThis.requestAnimationFrame = () => 0;`);
  bob.send("PRIVMSG #unread-title :ann4: are you there?");
  await page.waitForSelector(".entry.message");
  assertMatch(await page.title(), /^\(1\) #unread-title/);
}

async function plainBell(stage: Stage): Promise<void> {
  const ann = await stage.visit("#bell", undefined, "laptop.local");
  await enterAs(ann, "ann2");
  await ann.page.click("#notify");
  await ann.page.waitForSelector(".toast.error >> text=Browsers show notifications only");
}

async function missed(stage: Stage): Promise<void> {
  await using proxy = await startTlsProxy("laptop.local", false);
  proxy.lead(stage.server.webPort ?? 0);
  await using bob = await stage.peer("bob3", "#missed");
  const ann = await stage.browser.visit(`https://laptop.local:${proxy.port}/join#missed`);
  const { page, complaints } = ann;
  await enterAs(ann, "ann3");
  bob.send("PRIVMSG #missed :one");
  await page.waitForSelector(".entry.message >> text=one");
  proxy.cut();
  await page.waitForSelector("#status:not([hidden])");
  await write(ann, "from afar");
  await page.type("#box", "half a thou");
  bob.send("PRIVMSG #missed :two", "PRIVMSG #missed :three");
  await bob.lines();
  proxy.lead(stage.server.webPort ?? 0);
  await page.waitForSelector(".entry.message >> text=from afar");
  assertEquals(await page.locator(".entry.message .text").allTextContents(), [
    "one",
    "two",
    "three",
    "from afar",
  ]);
  await page.type("#box", "ght");
  assertEquals(await page.inputValue("#box"), "half a thought");
  assert(await page.isHidden("#status"));
  complaints.splice(0); // The browser tells of each try that failed.
}
