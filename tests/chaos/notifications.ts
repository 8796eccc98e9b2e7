/**
 * Notifications at the page in a real browser: the bell, and the number in the window title. Also leaving the page. Only
 * `deno task chaos` runs this test, because it needs a whole Chromium, which is slow.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { type BrowserVisitor, enterAs, isTrue } from "../support/browser.ts";
import { leavingStories } from "./leaving_stories.ts";
import { pageStories, type Stage } from "../client/page/page_stories.ts";

pageStories("notifications at the page in Chromium", {
  "mentions and private messages cause notifications in a hidden page, once the person has pressed the bell":
    notifications,
  "a browser that refuses notifications loses no message and no connection": refused,
  "messages missed without a connection are unread and cause a notification": missed,
  "the title counts unread mentions in a tab without frames": title,
  "over plain HTTP the bell says why there are no notifications": plainBell,
  ...leavingStories,
}, { whole: true });

/** Chrome on Android has the constructor, and it throws. */
const noConstructor = `globalThis.Notification = class extends Notification {
  constructor() {
    throw new TypeError("Illegal constructor");
  }
}`;

/** The focus as a browser has it, which a driven one never loses. */
async function loseFocus({ page, context }: BrowserVisitor): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  await (await context.newPage()).bringToFront();
  // On a busy machine the browser needs a moment.
  while (await page.evaluate("document.hasFocus()")) await page.waitForTimeout(20);
}

/** The bell, with the permission of the person. */
async function pressBell({ page, context }: BrowserVisitor): Promise<void> {
  await context.grantPermissions(["notifications"]);
  await page.click("#notify");
  await page.waitForSelector("#notify[aria-pressed=true]");
}

/** Notes what the page shows: a Chromium without a desktop now and then drops a notification that it accepted. */
const noteShown = `globalThis.shown = [];
  const { showNotification } = ServiceWorkerRegistration.prototype;
  ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
    shown.push({ title, ...options });
    return showNotification.call(this, title, options);
  };`;

/** Waits until the page has shown exactly these notifications since the last call. */
async function untilShown(visitor: BrowserVisitor, ...expected: string[]): Promise<void> {
  await isTrue(visitor, `shown.length >= ${expected.length}`);
  const texts = await visitor.page.evaluate(
    "globalThis.lastShown = shown.at(-1), shown.splice(0).map(({ title, body }) => `${title}: ${body}`)",
  );
  assertEquals(texts, expected);
}

/** Waits until no notification of a conversation is visible. */
async function untilClosed(visitor: BrowserVisitor, tag: string): Promise<void> {
  await isTrue(
    visitor,
    `navigator.serviceWorker.getRegistrations().then(async ([one]) =>
      (await one.getNotifications({ tag: "${tag}" })).length === 0)`,
  );
}

async function notifications(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#bell");
  const ann = await stage.visit("#bell");
  const { page, context } = ann;
  await page.evaluate(`${noConstructor}; ${noteShown}`);
  await enterAs(ann, "ann1");
  assertEquals(await page.evaluate("Notification.permission"), "default");
  bob.send("PRIVMSG ann1 :before the bell");
  await page.waitForSelector("#conversation-list >> text=bob1");
  await pressBell(ann);
  bob.send("PRIVMSG #bell :ann1: are you there?");
  await page.waitForSelector(".entry >> text=are you there?");
  await loseFocus(ann);
  bob.send("PRIVMSG #bell :nobody special", "PRIVMSG #bell :hey \x0304ann1\x03", "PRIVMSG ann1 :psst");
  await untilShown(ann, "bob1 in #bell: hey ann1", "bob1: psst");
  bob.send("PRIVMSG ann1 :forget it");
  await untilShown(ann, "bob1: forget it");
  const echo = (await bob.lines()).find((line) => line.includes("forget it")) ?? "";
  bob.send(`REDACT ann1 ${/msgid=([^; ]+)/.exec(echo)?.[1]}`);
  await untilClosed(ann, "bob1");
  bob.send("PRIVMSG ann1 :are you busy?");
  await untilShown(ann, "bob1: are you busy?");
  // Deletions and read markers reach the notification under an earlier nick too.
  const question = (await bob.lines()).find((line) => line.includes("busy")) ?? "";
  bob.send("NICK rob1", `REDACT ann1 ${/msgid=([^; ]+)/.exec(question)?.[1]}`);
  await untilClosed(ann, "bob1");
  bob.send("NICK bob1", "PRIVMSG ann1 :are you busy now?");
  await untilShown(ann, "bob1: are you busy now?");
  const data = await page.evaluate("lastShown.data");
  const [worker] = context.serviceWorkers();
  await worker?.evaluate(`dispatchEvent(Object.assign(new ExtendableEvent("notificationclick"), {
    notification: { data: ${JSON.stringify(data)}, close: () => {} },
  }))`);
  await page.waitForSelector("#buffer-title >> text=bob1");
  await page.bringToFront();
  await page.click("#channel-list >> text=#bell");
  for (const tag of ["bob1", "#bell"]) await untilClosed(ann, tag);
}

/** A browser without workers, that also refuses to show anything: the chat goes on, and the bell says so. */
async function refused(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob6", "#silent");
  const ann = await stage.visit("#silent");
  await ann.page.evaluate(`delete Navigator.prototype.serviceWorker; ${noConstructor}`);
  await enterAs(ann, "ann6");
  await pressBell(ann);
  await loseFocus(ann);
  bob.send("PRIVMSG #silent :ann6: hello");
  await ann.page.waitForSelector(".toast.error >> text=The browser cannot show notifications");
  await ann.page.waitForSelector("#notify[aria-pressed=false]");
  await ann.page.waitForSelector(".entry >> text=ann6: hello");
  bob.send("NAMES #silent");
  assertMatch((await bob.lines()).join("\n"), /353 bob6 . #silent :(?!.*ann6_)/);
}

async function missed(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob5", "#missed-call");
  const ann = await stage.visit("#missed-call");
  const { page } = ann;
  await page.evaluate(`${noteShown}
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      globalThis.closeConnection = () => this.close();
    }
  }`);
  await enterAs(ann, "ann5");
  await pressBell(ann);
  await loseFocus(ann);
  await page.evaluate("closeConnection()");
  bob.send("PRIVMSG #missed-call :ann5?", "PRIVMSG #missed-call :nobody special");
  bob.send("PRIVMSG #missed-call :ann5, hello");
  await untilShown(ann, "bob5 in #missed-call: ann5, hello");
  // The page draws after the event, and a hidden page has no frames to wait for.
  await isTrue(ann, "document.title.startsWith('(2) #missed-call')");
  assertEquals(await page.locator("#channel-list .count").textContent(), "3");
  assertMatch(await page.getAttribute("link[rel=icon]", "href") ?? "", /icon_unread\.svg$/);
}

async function title(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#unread-title");
  const { page } = await stage.enter("ann2", "#unread-title");
  await page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "hidden" });
    globalThis.requestAnimationFrame = () => 0;`);
  bob.send("PRIVMSG #unread-title :ann2: are you there?");
  await page.waitForSelector(".entry.message");
  assertMatch(await page.title(), /^\(1\) #unread-title/);
  const [, id] = /msgid=([^;\s]+)/.exec(await bob.next(/are you there/)) ?? [];
  bob.send(`REDACT #unread-title ${id}`);
  await page.waitForSelector(".entry.deleted");
  assertMatch(await page.title(), /^#unread-title/);
}

async function plainBell(stage: Stage): Promise<void> {
  const ann = await stage.visit("#bell", undefined, "laptop.local");
  await enterAs(ann, "ann3");
  await ann.page.click("#notify");
  await ann.page.waitForSelector(".toast.error >> text=Browsers show notifications only");
}
