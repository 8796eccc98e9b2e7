/** Stories of the page when a part of it fails: no error of the page touches the connection. page_test.ts plays them. */
import { assertEquals, assertMatch } from "@std/assert";
import { enterAs, write } from "../../support/browser.ts";
import type { PageStory, Stage } from "./page_stories.ts";

/** Stories by their names. */
export const faultStories: Readonly<Record<string, PageStory>> = {
  "works where storage is blocked and a message cannot be drawn": faults,
};

async function faults(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob11", "#faults");
  const ann = await stage.visit("#faults");
  const { page, context, complaints } = ann;
  await context.addInitScript(`for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(globalThis, name, { get() { throw new DOMException("denied", "SecurityError"); } });
  }
  const append = Element.prototype.append;
  Element.prototype.append = function (...parts) {
    if (parts.includes("broken row")) throw new TypeError("cannot draw");
    return append.apply(this, parts);
  };`);
  await page.reload();
  await enterAs(ann, "ann11");
  // The page remembers values that it cannot store until it is left.
  await write(ann, "/typing off");
  await page.click("#theme");
  bob.send("PRIVMSG #faults :http://127.0.0.1/files/%zz.png", "PRIVMSG #faults :broken row");
  bob.send("PRIVMSG #faults :ann11: after it");
  await page.waitForSelector(".entry.mention >> text=after it");
  await page.waitForSelector(
    ".entry.warning >> text=bob11: broken row (this message cannot be shown as usual)",
  );
  await page.waitForSelector(".entry >> text=%zz.png");
  await page.type("#box", "still here");
  await page.press("#box", "Enter");
  assertMatch(await bob.next(/still here|typing=active/), /^\S+ :ann11!\S+ PRIVMSG #faults :still here$/);
  assertEquals(await page.isHidden("#status"), true);
  assertEquals(complaints.splice(0).filter((words) => !words.includes("cannot draw")), []);
}
