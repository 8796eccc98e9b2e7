/** The page in a real browser when one is not in the room in front: removed from it, or in none. */
import { assert, assertEquals } from "@std/assert";
import { write } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("outside of rooms at the page in Chromium", {
  "who is kicked is told, keeps the past, and can rejoin": kicked,
  "who is kicked comes to another room": kickedAway,
  "who leaves the last room is told what to do": roomless,
});

async function kicked(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#kicked");
  const ann = await stage.enter("ann1", "#kicked");
  const { page } = ann;
  await write(ann, "is there tea?");
  await bob.next(/is there tea/);
  bob.send("KICK #kicked ann1 :out");
  await page.waitForSelector(".toast >> text=You were kicked from #kicked by bob1: out");
  await page.waitForSelector("#not-joined >> text=You are not in #kicked");
  assert(await page.isVisible("#messages.not-joined .entry >> text=is there tea?"));
  assertEquals(await page.getAttribute("#box", "placeholder"), "You are not in #kicked");
  await page.click("#rejoin");
  await page.waitForSelector("#not-joined", { state: "hidden" });
  await page.waitForSelector("#member-list >> text=ann1");
  assertEquals(await page.locator(".entry >> text=is there tea?").count(), 1);
  await write(ann, "back");
  await bob.next(/ PRIVMSG #kicked :back/);
}

async function kickedAway(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#away");
  const ann = await stage.enter("ann2", "#away");
  const { page } = ann;
  await write(ann, "/join #other2");
  await page.waitForSelector("#buffer-title >> text=#other2");
  await page.click("#channel-list button:has-text('#away')");
  await page.waitForSelector("#buffer-title >> text=#away");
  bob.send("KICK #away ann2");
  await page.waitForSelector("#buffer-title >> text=#other2");
  await page.click("#channel-list button.not-joined:has-text('#away')");
  await page.click("#not-joined >> text=Close");
  await page.waitForSelector("#buffer-title >> text=#other2");
  assertEquals(await page.locator("#channel-list button").allTextContents(), ["#other2"]);
}

async function roomless(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann3", "#last");
  const { page } = ann;
  await write(ann, "/part");
  await page.waitForSelector("#not-joined >> text=You are not in any channel");
  assertEquals(await page.getAttribute("#box", "placeholder"), "Write /join #channel");
  await write(ann, "/join #next3");
  await page.waitForSelector("#buffer-title >> text=#next3");
  assert(await page.isHidden("#not-joined"));
}
