/**
 * Stories of leaving the page and coming back, for a whole Chromium: the shell has no back-forward cache.
 * notifications.ts plays them.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { write } from "../support/browser.ts";
import type { PageStory, Stage } from "../client/page/page_stories.ts";

/** Stories by their names. */
export const leavingStories: Readonly<Record<string, PageStory>> = {
  "others see at once that a person left the page or a frozen tab, who comes back as before": leaving,
};

async function leaving(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob20", "#leave");
  const ann = await stage.enter("ann20", "#leave");
  const { page, complaints } = ann;
  await write(ann, "hello");
  await write(ann, "/query bob20");
  await write(ann, "psst");
  await page.click("#channel-list >> text=#leave");
  await page.fill("#box", "half a thought");
  await page.evaluate("globalThis.isSamePage = true");
  await bob.next(/ PRIVMSG bob20 /);
  const leftAt = performance.now();
  await page.goto("about:blank", { waitUntil: "commit" });
  assertMatch(await bob.next(/ QUIT /), /^\S+ :ann20!/);
  assert(performance.now() - leftAt < 5_000);
  bob.send("PRIVMSG #leave :one", "PRIVMSG #leave :ann20: two");
  await bob.lines();
  // The driver can miss that the browser brings back a page that it kept.
  await page.evaluate("setTimeout(() => history.back())");
  assertMatch(await bob.next(/ JOIN /), /^\S+ :ann20!/);
  await page.waitForSelector(".entry.mention >> text=two");
  assert(await page.evaluate("isSamePage"), "the browser kept the page");
  await page.evaluate("document.dispatchEvent(new Event('freeze'))");
  await bob.next(/ QUIT /);
  bob.send("PRIVMSG #leave :three");
  await bob.lines();
  await page.evaluate("document.dispatchEvent(new Event('resume'))");
  assertMatch(await bob.next(/ JOIN /), /^\S+ :ann20!/);
  await page.waitForSelector(".entry >> text=three");
  const texts = await page.locator(".entry.message .text").allTextContents();
  assertEquals(texts, ["hello", "one", "ann20: two", "three"]);
  assertEquals(await page.inputValue("#box"), "half a thought");
  assertEquals(await page.locator("#conversation-list button").allTextContents(), ["bob20"]);
  assertEquals(complaints, []);
}
