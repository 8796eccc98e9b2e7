/** Accounts at the page in a real browser: with TLS or on the computer of the server, and without. */
import { assert, assertEquals } from "@std/assert";
import { type BrowserVisitor, enterAs, write } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("accounts at the page in Chromium", {
  "a name is registered, and used from two devices": twoDevices,
  "messages read on one device are read on the other": readMarkers,
  "over plain HTTP from another computer a person logs in": plainLogin,
  "over plain HTTP from another computer the page says where to register": plainRegister,
});

const password = "two sugars please";
const plainHost = "laptop.local";

async function register({ page }: BrowserVisitor): Promise<void> {
  await page.click("#account");
  await page.fill("dialog [type=password]", password);
  await page.press("dialog [type=password]", "Enter");
  await page.waitForSelector(".toast >> text=You registered");
}

async function twoDevices(stage: Stage): Promise<void> {
  const laptop = await stage.enter("ann1", "#account");
  await register(laptop);
  assertEquals(await laptop.page.locator("dialog").count(), 0);
  const wrong = await stage.visit("#account");
  await wrong.page.fill("#password", "no sugar at all");
  await wrong.page.fill("#name", "ann1");
  await wrong.page.press("#name", "Enter");
  await wrong.page.waitForSelector(".toast.error");
  const phone = await stage.visit("#account");
  await phone.page.fill("#password", password);
  await enterAs(phone, "ann1");
  await laptop.page.waitForSelector(".toast >> text=New login to your account");
  await laptop.page.click("#account");
  await laptop.page.click("dialog button:has-text('Devices')");
  await laptop.page.waitForSelector("text=2 devices: /sessions end ID");
  await write(phone, "from my phone");
  await laptop.page.waitForSelector(".entry.message >> text=from my phone");
  assertEquals(await laptop.page.textContent("#member-list"), "@ann1");
  // A lost phone shows nothing of the chat any more, and the next person there does not get the draft.
  await phone.page.fill("#box", "half a secret");
  await write(laptop, "/sessions end others");
  await phone.page.waitForSelector(".toast >> text=Logged out: another device");
  assertEquals(
    await phone.page.locator(".entry, #channel-list li, #member-list li").count(),
    0,
  );
  assertEquals(await phone.page.inputValue("#box"), "");
  await enterAs(phone, "cat1");
  assertEquals(await phone.page.inputValue("#box"), "");
}

async function readMarkers(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#devices");
  const laptop = await stage.enter("ann2", "#devices");
  await register(laptop);
  // An invite link leads to its channel, though the account is in another one already.
  const phone = await stage.visit("#invited2");
  await phone.page.fill("#password", "two sugars please");
  await enterAs(phone, "ann2");
  await phone.page.waitForSelector("#buffer-title >> text=#invited2");
  for (const device of [laptop, phone]) await write(device, "/join #elsewhere");
  for (const { page } of [laptop, phone]) await page.waitForSelector("#buffer-title >> text=#elsewhere");
  bob.send("PRIVMSG #devices :anybody there?");
  for (const { page } of [laptop, phone]) await page.waitForSelector("#channel-list .count >> text=1");
  await phone.page.click("#channel-list button:has-text('#devices')");
  await laptop.page.waitForSelector("#channel-list .count", { state: "detached" });
}

async function plainLogin(stage: Stage): Promise<void> {
  await register(await stage.enter("ann3", "#plain"));
  const { page } = await stage.visit("#plain", undefined, plainHost);
  assert(await page.evaluate("crypto.subtle === undefined"));
  assertEquals(
    await page.evaluate(
      "performance.getEntriesByType('resource').filter(one => /plain_digest/.test(one.name)).length",
    ),
    0,
  );
  await page.fill("#password", "no sugar at all");
  await page.fill("#name", "ann3");
  await page.press("#name", "Enter");
  await page.waitForSelector(".toast.error");
  await page.fill("#password", password);
  await page.press("#name", "Enter");
  await page.waitForSelector(".toast >> text=logged in as ann3");
  await page.waitForSelector("#member-list >> text=ann3");
}

async function plainRegister(stage: Stage): Promise<void> {
  const ann = await stage.visit("#plain", undefined, plainHost);
  await enterAs(ann, "ann4");
  await ann.page.click("#account");
  await ann.page.waitForSelector("dialog >> text=Set it over TLS or on the server's own machine");
  assertEquals(await ann.page.locator("dialog menu button").allTextContents(), ["Close", "Log in"]);
  await ann.page.click("dialog menu button");
  await write(ann, "/register");
  await ann.page.waitForSelector(".toast.error >> text=Set it over TLS or on the server's own machine");
}
