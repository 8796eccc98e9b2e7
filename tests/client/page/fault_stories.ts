/** Stories of the page when a part of it fails: no error of the page touches the connection. page_test.ts plays them. */
import { assertEquals, assertMatch } from "@std/assert";
import { enterAs, write } from "../../support/browser.ts";
import type { PageStory, Stage } from "./page_stories.ts";

/** Stories by their names. */
export const faultStories: Readonly<Record<string, PageStory>> = {
  "works where the browser blocks storage, and only does not remember": blockedStorage,
  "stays connected when notifications, storage or the drawing of a message fail": faults,
};

async function blockedStorage(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob11", "#blocked");
  const ann = await stage.visit("#blocked");
  await ann.context.addInitScript(`for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(globalThis, name, { get() { throw new DOMException("denied", "SecurityError"); } });
  }`);
  await ann.page.reload();
  await enterAs(ann, "ann11");
  await write(ann, "/typing off");
  await write(ann, "hello");
  assertMatch(await bob.next(/hello/), /:ann11!\S+ PRIVMSG #blocked :hello$/);
  await ann.page.click("#theme");
  await ann.page.type("#box", "typing is off");
  await write(ann, "end");
  assertEquals((await bob.lines()).filter((line) => line.includes("+typing=active")), []);
}

async function faults(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob12", "#faults");
  const ann = await stage.visit("#faults");
  const { page, context, complaints } = ann;
  await context.addInitScript(`localStorage.setItem("notify", "on");
    document.hasFocus = () => false;
    globalThis.Notification = class {
      static permission = "granted";
      constructor() { throw new TypeError("Illegal constructor"); }
    };`);
  await page.reload();
  await enterAs(ann, "ann12");
  await page.evaluate(`const append = Element.prototype.append;
    Element.prototype.append = function (...parts) {
      if (parts.includes("broken row")) throw new TypeError("cannot draw");
      return append.apply(this, parts);
    };
    Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    dispatchEvent(new Event("pagehide"));`);
  bob.send("PRIVMSG #faults :http://127.0.0.1/files/%zz.png", "PRIVMSG #faults :broken row");
  bob.send("PRIVMSG #faults :ann12: after it");
  await page.waitForSelector(".entry.mention >> text=after it");
  await page.waitForSelector(".entry.warning >> text=This message cannot be shown");
  await page.waitForSelector(".entry >> text=%zz.png");
  await write(ann, "still here");
  assertMatch(await bob.next(/still here/), /^\S+ :ann12!\S+ PRIVMSG #faults :still here$/);
  assertEquals(await page.isHidden("#status"), true);
  assertEquals(complaints.splice(0).filter((words) => !/cannot draw|Illegal/.test(words)), []);
}
