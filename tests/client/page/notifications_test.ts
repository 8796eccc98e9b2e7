/** Notifications at the page in a real browser: the bell, and the number in the window title. */
import { assertEquals, assertMatch } from "@std/assert";
import { type BrowserVisitor, enterAs } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("notifications at the page in Chromium", {
  "mentions and private messages cause notifications in a hidden page, once the person has pressed the bell":
    notifications,
  "the title counts unread mentions in a tab without frames": title,
  "over plain HTTP the bell says why there are no notifications": plainBell,
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
  await using bob = await stage.peer("bob2", "#unread-title");
  const { page } = await stage.enter("ann2", "#unread-title");
  await page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "hidden" });
    globalThis.requestAnimationFrame = () => 0;`);
  bob.send("PRIVMSG #unread-title :ann2: are you there?");
  await page.waitForSelector(".entry.message");
  assertMatch(await page.title(), /^\(1\) #unread-title/);
}

async function plainBell(stage: Stage): Promise<void> {
  const ann = await stage.visit("#bell", undefined, "laptop.local");
  await enterAs(ann, "ann3");
  await ann.page.click("#notify");
  await ann.page.waitForSelector(".toast.error >> text=Browsers show notifications only");
}
