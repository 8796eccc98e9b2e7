/** Writing at the page in a real browser: suggestions, emoji, drafts, pictures from the clipboard. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { write } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("writing at the page in Chromium", {
  "what could be meant is offered, and chosen with arrows, Tab or a click": suggestions,
  "Enter sends when nothing was chosen, Escape hides what is offered": unchosen,
  "an emoji is found in the picker and put in, and nothing else": picker,
  "an emoji that Tab completes is no name": emojiFirst,
  "each room has its own draft": drafts,
  "what was refused is told once, and is there again": refused,
  "Alt-↑ and Alt-↓ turn to the next room, and letters go to the box": shortcuts,
  "a message is reacted to and answered by the keyboard alone": keyboard,
  "a picture from the clipboard is shared": paste,
  "the invite link is copied, over plain HTTP too": invite,
  "a private conversation has no invite link": inviteless,
  "two toasts stay, and cover neither messages nor buttons": toasts,
});

async function suggestions(stage: Stage): Promise<void> {
  await using _bob = await stage.peer("bob1", "#offers");
  const { page } = await stage.enter("ann1", "#offers");
  await page.type("#box", "/typ");
  assertEquals(await page.textContent("#suggestions li span"), "/typing [on|off]");
  await page.keyboard.press("ArrowUp");
  assertEquals(await page.getAttribute("#box", "aria-activedescendant"), "suggestion-0");
  await page.keyboard.press("Enter");
  assertEquals(await page.inputValue("#box"), "/typing ");
  await page.fill("#box", "");
  await page.type("#box", "hello @bo");
  await page.click("#suggestions li >> text=@bob1");
  assertEquals(await page.inputValue("#box"), "hello @bob1 ");
  await page.type("#box", ":teap");
  await page.keyboard.press("Tab");
  assertEquals(await page.inputValue("#box"), "hello @bob1 🫖 ");
  assert(await page.isHidden("#suggestions"));
}

async function unchosen(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#unchosen");
  const { page } = await stage.enter("ann2", "#unchosen");
  await page.type("#box", "#un");
  assert(await page.isVisible("#suggestions"));
  await page.keyboard.press("Enter");
  assertMatch(await bob.next(/ PRIVMSG /), /:#un$/);
  await page.type("#box", "#un");
  await page.keyboard.press("Escape");
  assert(await page.isHidden("#suggestions"));
  await page.keyboard.press("Tab");
  assertEquals(await page.inputValue("#box"), "#unchosen ");
}

async function picker(stage: Stage): Promise<void> {
  const { page } = await stage.enter("ann3", "#picker");
  await page.type("#box", "tea ");
  await page.click("#emoji");
  const bottom = async () => {
    const { y = 0, height = 0 } = await page.locator(".picker").boundingBox() ?? {};
    return Math.round(y + height);
  };
  const before = await bottom();
  await page.keyboard.type("teap");
  assertEquals(await bottom(), before);
  await page.keyboard.press("Enter");
  assertEquals(await page.inputValue("#box"), "tea 🫖");
  assertEquals(await page.evaluate("document.activeElement.id"), "box");
}

async function emojiFirst(stage: Stage): Promise<void> {
  const { page } = await stage.enter("ann4", "#first");
  await page.type("#box", ":teapot");
  await page.keyboard.press("Tab");
  assertEquals(await page.inputValue("#box"), "🫖 ");
}

async function drafts(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann5", "#drafts");
  const { page } = ann;
  await write(ann, "/join #other5");
  await page.waitForSelector("#buffer-title >> text=#other5");
  await page.type("#box", "for the others");
  await page.click("#channel-list button:has-text('#drafts')");
  assertEquals(await page.inputValue("#box"), "");
  await page.click("#channel-list button:has-text('#other5')");
  assertEquals(await page.inputValue("#box"), "for the others");
}

async function refused(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob10", "#refused");
  const ann = await stage.enter("ann10", "#refused");
  bob.send("MODE #refused +m");
  await bob.lines();
  await write(ann, "may I speak?");
  const { page } = ann;
  await page.waitForSelector(".toast");
  assertEquals(await page.inputValue("#box"), "may I speak?");
  assertEquals(await page.locator(".toast").count(), 1);
  assertMatch(await page.textContent(".toast") ?? "", /^Not sent: Cannot send to #refused: Only people/);
}

async function shortcuts(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann7", "#keys7");
  const { page } = ann;
  for (const room of ["#a7", "#b7"]) {
    await write(ann, `/join ${room}`);
    await page.waitForSelector(`#buffer-title >> text=${room}`);
  }
  for (const [key, room] of [["Up", "#a7"], ["Up", "#keys7"], ["Down", "#a7"], ["Down", "#b7"]]) {
    await page.keyboard.press(`Alt+Arrow${key}`);
    assertEquals(await page.getAttribute("#box", "placeholder"), `Message ${room}`);
  }
  await page.focus("#messages");
  await page.keyboard.type("hello there");
  assertEquals(await page.inputValue("#box"), "hello there");
}

async function keyboard(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob8", "#keyboard");
  const { page } = await stage.enter("ann8", "#keyboard");
  bob.send("PRIVMSG #keyboard :milk or lemon?");
  await page.waitForSelector(".entry.message");
  await page.focus("#messages");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".reactions >> text=👍 1");
  await page.focus("#messages");
  await page.keyboard.press("ArrowUp");
  for (let tabs = 0; tabs < 10; tabs++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate("document.activeElement.ariaLabel") === "Reply") break;
  }
  await page.keyboard.press("Enter");
  await page.keyboard.type("lemon");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".entry.message:has(.quote) >> text=lemon");
}

async function paste(stage: Stage): Promise<void> {
  const { page, context } = await stage.enter("ann6", "#paste");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(40, 40);
    canvas.getContext("2d").fillRect(0, 0, 40, 40);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  })()`);
  await page.focus("#box");
  await page.keyboard.press("Control+V");
  await page.waitForSelector("#messages img");
  await page.evaluate("document.querySelector('#messages img').decode()");
  assertMatch(await page.textContent(".entry.message a") ?? "", /\/image\.png$/);
}

async function invite(stage: Stage): Promise<void> {
  for (const host of ["127.0.0.1", "laptop.local"]) {
    const { page, context } = await stage.visit("#invite", undefined, host);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.fill("#name", `ann-${host.slice(0, 1)}`);
    await page.press("#name", "Enter");
    await page.waitForSelector("#box:not([disabled])");
    await page.click("#invite");
    await page.waitForSelector(".toast >> text=Copied the invite link to #invite");
    await page.focus("#box");
    await page.keyboard.press("Control+V");
    assertEquals(await page.inputValue("#box"), `http://${host}:${stage.server.webPort}/join#invite`);
  }
}

async function toasts(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob9", "#toasts");
  const ann = await stage.enter("ann9", "#toasts");
  const { page } = ann;
  bob.send("PRIVMSG #toasts :the newest");
  await page.waitForSelector(".entry >> text=the newest");
  for (const command of ["/one", "/two", "/three", "/three"]) await write(ann, command);
  await page.waitForSelector(".toast >> text=/three");
  assertEquals(await page.locator(".toast").count(), 2);
  // Playwright does not click what is covered.
  const once = { trial: true, timeout: 2_000 };
  for (
    const place of ["#invite", ".entry >> text=the newest", "#member-list button >> nth=0", "#send-button"]
  ) {
    await page.click(place, once);
  }
}

async function inviteless(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann10", "#inviteless");
  assert(await ann.page.isVisible("#invite"));
  await write(ann, "/query bob10");
  await ann.page.waitForSelector("#buffer-title >> text=bob10");
  assert(await ann.page.isHidden("#invite"));
}
