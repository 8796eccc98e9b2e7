/** Joining a server with a password at the page in a real browser: the field for it, and one toast for each failure. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type BrowserVisitor, enterAs } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("a server with a password at the page in Chromium", {
  "the page asks for the server password, and joins with it": asksForPassword,
  "the page says which of two passwords is wrong": wrongPassword,
}, {
  flags(folder) {
    const path = `${folder}/password`;
    Deno.writeTextFileSync(path, "open sesame\n");
    return ["--password-file", path];
  },
});

async function failure({ page }: BrowserVisitor): Promise<string> {
  await page.press("#name", "Enter");
  await page.waitForSelector("#name:not([disabled])");
  assertEquals(await page.locator(".toast").count(), 1);
  const sentence = await page.textContent(".toast.error") ?? "";
  // A click on the button would move the focus.
  await page.evaluate("document.querySelector('.toast').remove()");
  return sentence;
}

async function asksForPassword(stage: Stage): Promise<void> {
  const ann = await stage.visit("#tea");
  const { page } = ann;
  assert(await page.isHidden("#server-password"));
  await page.fill("#name", "ann1");
  assertEquals(await failure(ann), "This server needs a password: enter it above");
  assertEquals(await page.getAttribute(":focus", "id"), "server-password");
  await page.fill("#server-password", "close sesame");
  assertEquals(await failure(ann), "The server password is wrong");
  await page.fill("#server-password", "open sesame");
  await enterAs(ann, "ann1");
  assert(await page.isHidden("#server-password"));
  assertEquals(await page.locator(".toast").count(), 0);
}

async function wrongPassword(stage: Stage): Promise<void> {
  const ann = await stage.visit("#tea");
  const { page } = ann;
  await page.fill("#name", "ann2");
  await failure(ann);
  await page.fill("#password", "no sugar at all");
  await page.fill("#server-password", "close sesame");
  assertMatch(await failure(ann), /^Cannot log in as ann2: .*; The server password is wrong$/);
  await page.fill("#server-password", "open sesame");
  await page.press("#name", "Enter");
  await page.waitForSelector("#box:not([disabled])");
  assertMatch(await page.textContent(".toast.error") ?? "", /^Cannot log in as ann2: /);
}
