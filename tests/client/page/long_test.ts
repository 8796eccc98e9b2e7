/** What is long at the page in a real browser: rooms, messages, absences. */
import { assert, assertEquals } from "@std/assert";
import { write } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("what is long at the page in Chromium", {
  "of a long room few messages are elements, and all can be read by scrolling up": longRoom,
  "a long message is folded until one wants all of it": longMessage,
});

const toTop = "document.querySelector('#messages').scrollTop = 0";
const toEnd = "document.querySelector('#messages').scrollTop = 1e9";

async function longRoom(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#long");
  const { page } = await stage.enter("ann1", "#long");
  for (let at = 1; at <= 3300; at++) {
    bob.send(`PRIVMSG #long :line ${at}.`);
    if (at % 300 === 0) await bob.lines();
  }
  await page.waitForSelector(".entry >> text=line 3300.");
  assert(await page.locator(".entry").count() <= 200);
  const oldest = page.locator(".entry.message >> nth=0");
  const isThere = async () => /line 1\.$/.test(await oldest.textContent() ?? "");
  for (let steps = 0; steps < 2000 && !await isThere(); steps++) await page.evaluate(toTop);
  assertEquals(await page.locator(".entry.message").count(), 3300);
  await page.evaluate(toEnd);
  bob.send("PRIVMSG #long :the end");
  await page.waitForSelector(".entry >> text=the end");
  assert(await page.locator(".entry").count() <= 200);
}

async function longMessage(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann2", "#folded");
  await write(ann, Array.from({ length: 90 }, (_, at) => `line ${at + 1}.`).join("\n"));
  const { page } = ann;
  const height = async () => (await page.locator(".entry.message").boundingBox())?.height ?? 0;
  await page.waitForSelector(".entry.message .unfold");
  assert(await height() < 500);
  await page.click(".unfold");
  assert(await height() > 1500);
  assertEquals(await page.textContent(".unfold"), "Show less");
}
