/** The message box at the page in a real browser: suggestions, emoji, drafts, files. */
/// <reference lib="dom" />
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import type { BrowserContext, Page } from "playwright-core";
import { isTrue, write } from "../../support/browser.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("the message box at the page in Chromium", {
  "suggestions are chosen with arrow keys, Tab or a click": suggestions,
  "Enter sends when no suggestion is chosen, Escape closes the list": unchosen,
  "no key of an input method acts in the page": inputMethod,
  "the picker finds an emoji and puts it in": picker,
  "Tab completes an emoji without the colon of a nick": emojiFirst,
  "each channel has its own draft": drafts,
  "a refused message causes one toast and returns to the box": refused,
  "an upload shows its progress, then its picture": upload,
  "dropped files wait until they are sent, with a caption; folders and empty files are explained": drop,
  "a drop beside the message box never replaces the page": dropBeside,
  "a picture from the clipboard waits to be sent; words beside a picture are pasted": paste,
  "at most two toasts stay, and they cover neither messages nor buttons": toasts,
});

/** A picture of 1 × 1, and bytes behind it that make it large. */
function picture(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes);
  const dot =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==";
  whole.set(Uint8Array.fromBase64(dot));
  return whole;
}

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

/** The second way is that of Safari, which ends the composition before the key. */
const composingKeys = [{ isComposing: true }, { keyCode: 229 }];

async function inputMethod(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob12", "#input-method");
  const ann = await stage.enter("ann12", "#input-method");
  const { page } = ann;
  await write(ann, "before");
  await bob.next(/before/);
  await page.click("#emoji");
  const press = (selector: string, keys: readonly string[]) =>
    page.evaluate(`for (const key of ${JSON.stringify(keys)}) {
      for (const kind of ${JSON.stringify(composingKeys)}) {
        const event = new KeyboardEvent("keydown", { key, ...kind, bubbles: true, cancelable: true });
        document.querySelector(${JSON.stringify(selector)}).dispatchEvent(event);
      }
    }`);
  const keys = ["Enter", "Tab", "Escape", "ArrowUp", "ArrowDown"];
  await press(".picker input", keys);
  assert(await page.isVisible(".picker"));
  await page.keyboard.press("Escape");
  await page.type("#box", "#inp");
  await press("#box", keys);
  assertEquals(await page.inputValue("#box"), "#inp");
  assert(await page.isVisible("#suggestions"));
  assertEquals(await page.getAttribute("#box", "aria-activedescendant"), null);
  assertEquals((await bob.lines()).filter((line) => /PRIVMSG/.test(line)), []);
  await page.keyboard.press("Enter");
  assertMatch(await bob.next(/ PRIVMSG /), /:#inp$/);
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
  await write(ann, "which tea?");
  await page.hover(".entry.message >> text=which tea?");
  await page.click("[aria-label=Reply]");
  await page.type("#box", "for the others");
  await isTrue(ann, "sessionStorage.getItem('drafts')?.includes('for the others')");
  await page.click("#channel-list button:has-text('#drafts')");
  assertEquals(await page.inputValue("#box"), "");
  assert(await page.isHidden("#replying"));
  await page.click("#channel-list button:has-text('#other5')");
  assertEquals(await page.inputValue("#box"), "for the others");
  assertEquals(await page.textContent("#replying-to"), "ann5: which tea?");
  await page.click("#cancel-reply");
  // A command that switches to another buffer is not a draft.
  await page.fill("#box", "");
  await write(ann, "/query bob5");
  await page.waitForSelector("#buffer-title >> text=bob5");
  await page.click("#channel-list button:has-text('#other5')");
  assertEquals(await page.inputValue("#box"), "");
}

async function refused(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob6", "#refused");
  const ann = await stage.enter("ann6", "#refused");
  bob.send("MODE #refused +m");
  await bob.lines();
  await write(ann, "may I speak?");
  const { page } = ann;
  await page.waitForSelector(".toast");
  assertEquals(await page.inputValue("#box"), "may I speak?");
  assertEquals(await page.locator(".toast").count(), 1);
  assertMatch(await page.textContent(".toast") ?? "", /^Not sent: Cannot send to #refused: Only members/);
  for (const written of ["/topc tea", "//slashes"]) {
    await write(ann, written);
    await isTrue(ann, `document.querySelector("#box").value === ${JSON.stringify(written)}`);
  }
  await page.fill("#box", "");
  await page.fill("#box", "/msg nobody6 words for nobody");
  await page.press("#box", "Enter");
  await page.waitForSelector(".entry.unsent >> text=words for nobody");
  assertMatch(await page.textContent(".unsent .delivery") ?? "", /^To nobody6 · Not sent: There is nobody/);
  await write(ann, "/query nobody6");
  await page.waitForSelector("#buffer-title >> text=nobody6");
  assertMatch(await page.textContent(".unsent .delivery") ?? "", /^Not sent: There is nobody/);
}

async function upload(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob7", "#upload");
  const { page, context, complaints } = await stage.enter("ann7", "#upload");
  const slow = await context.newCDPSession(page);
  await slow.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 2_000_000,
  });
  const file = { name: "tea pot.png", mimeType: "image/png", buffer: picture(1_000_000) };
  await page.setInputFiles("#file", [file]);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#uploads progress");
  await page.waitForSelector("#messages img");
  assert(await page.isHidden("#uploads"));
  const line = await bob.next(/ PRIVMSG #upload /);
  const url = /http:\S+/.exec(line)?.[0] ?? "";
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/files\/[\w-]{22}\/tea%20pot\.png$/);
  const got = await fetch(url);
  assertEquals((await got.arrayBuffer()).byteLength, 1_000_000);
  await page.hover("#messages .entry.message");
  await page.click(".message-tools [aria-label='Delete the file']");
  await page.click(".message-tools >> text=Delete the file?");
  await page.waitForSelector(".toast >> text=Deleted the file");
  assertEquals((await fetch(url, { method: "HEAD" })).status, 404);
  await page.route(() => true, (route) => route.abort());
  await page.setInputFiles("#file", [{
    ...file,
    name: "cut.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("tea"),
  }]);
  await page.fill("#box", "a list");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".upload-fault >> text=Not sent: the connection was lost");
  await page.unrouteAll();
  await page.click("#uploads .retry");
  assertMatch(await bob.next(/cut\.txt/), / PRIVMSG #upload :a list http\S+\/cut\.txt$/);
  assert(await page.isHidden("#uploads"));
  complaints.splice(0); // The browser reports the request that failed.
}

async function drop(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob8", "#drop");
  const ann = await stage.enter("ann8", "#drop");
  const { page, context } = ann;
  await dropInto(page, "#messages", { "list.txt": "tea\n", "b.txt": "b", "empty.txt": "" });
  await page.waitForSelector('.toast.error >> text=Cannot share "empty.txt": it is empty or cannot be read');
  await page.waitForSelector(
    "#attachments-hint >> text=Send these 2 files to #drop? Enter sends, Escape removes",
  );
  // Each buffer has its own files.
  await write(ann, "/query bob8");
  await page.waitForSelector("#buffer-title >> text=bob8");
  assert(await page.isHidden("#attachments"));
  await page.click("#channel-list button");
  assertEquals(await page.locator(".attachment-name").allTextContents(), ["list.txt", "b.txt"]);
  await page.click("[aria-label='Remove b.txt']");
  assertEquals((await bob.lines()).filter((line) => / PRIVMSG /.test(line)), []);
  await page.type("#box", "what we need");
  await page.keyboard.press("Enter");
  assertMatch(await bob.next(/ PRIVMSG #drop /), /:what we need http\S+\/list\.txt$/);
  assert(await page.isHidden("#attachments"));
  await dropFolder(page, context);
  await dropInto(page, "#box", { "c.txt": "c" });
  await page.keyboard.press("Escape");
  assert(await page.isHidden("#attachments"));
  await page.keyboard.press("Enter");
  assertEquals((await bob.lines()).filter((line) => / PRIVMSG /.test(line)), []);
}

/** Drops files, by their names, and texts, by their types. */
async function dropInto(
  page: Page,
  selector: string,
  files: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) {
      dataTransfer.items.add(new File([text], name, { type: "text/plain" }));
    }
    for (const [type, text] of Object.entries(${JSON.stringify(texts)})) dataTransfer.setData(type, text);
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector(${JSON.stringify(selector)}).dispatchEvent(event);
  })()`);
}

/** As a file manager drops a folder, which a script in the page cannot do. */
async function dropFolder(page: Page, context: BrowserContext): Promise<void> {
  using place = temporaryFolder();
  await dragFrom(context, page, { items: [], files: [place.folder] });
  await page.waitForSelector(".toast.error >> text=/^Cannot share the folder .*: pack it into a zip file/");
  assert(await page.isHidden("#attachments"));
}

/** A drag that begins outside of the page and ends in its middle. */
async function dragFrom(
  context: BrowserContext,
  page: Page,
  data: { items: { mimeType: string; data: string }[]; files?: string[] },
): Promise<void> {
  const driver = await context.newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await driver.send("Input.dispatchDragEvent", {
      type,
      x: 500,
      y: 300,
      data: { ...data, dragOperationsMask: 1 },
    });
  }
}

async function dropBeside(stage: Stage): Promise<void> {
  const { page, context } = await stage.enter("ann13", "#beside");
  const address = "https://chat.example/a";
  const items = ["text/uri-list", "text/plain"].map((mimeType) => ({ mimeType, data: address }));
  await page.fill("#box", "see ");
  await dragFrom(context, page, { items });
  assertEquals(await page.inputValue("#box"), `see ${address}`);
  await dropInto(page, "#messages", {}, { "text/uri-list": "file:///home/ann/tea.txt" });
  await page.waitForSelector(".toast.error >> text=/did not let the page read the file/");
  // A drag that began in the page brings nothing new.
  await page.evaluate(
    "document.querySelector('#messages').dispatchEvent(new DragEvent('dragstart', { bubbles: true }))",
  );
  await dragFrom(context, page, { items });
  await page.evaluate(
    "document.querySelector('#messages').dispatchEvent(new DragEvent('dragend', { bubbles: true }))",
  );
  assertEquals(await page.inputValue("#box"), `see ${address}`);
  await page.click("#search");
  await dropInto(page, "dialog", { "a.txt": "a" });
  await page.keyboard.press("Escape");
  await page.waitForSelector(".attachment >> text=a.txt");
  const asked = page.waitForEvent("dialog");
  const closing = page.close({ runBeforeUnload: true });
  const question = await asked;
  assertEquals(question.type(), "beforeunload");
  await question.accept();
  await closing;
}

async function paste(stage: Stage): Promise<void> {
  const { page, context } = await stage.enter("ann9", "#paste");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(40, 40);
    canvas.getContext("2d").fillRect(0, 0, 40, 40);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  })()`);
  await page.focus("#box");
  await page.keyboard.press("Control+V");
  await page.waitForSelector(".attachment img");
  await page.evaluate("document.querySelector('.attachment img').decode()");
  assertEquals(await page.locator("#uploads > *, #messages img").count(), 0);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#messages img");
  await page.evaluate("document.querySelector('#messages img').decode()");
  assertMatch(await page.textContent(".entry.message a") ?? "", /\/image\.png$/);
  const pasteText = async (text: string) => {
    await page.fill("#box", "");
    await page.evaluate(`(async () => {
      const text = new Blob([${JSON.stringify(text)}], { type: "text/plain" });
      const [{ types }] = await navigator.clipboard.read();
      const picture = types.includes("image/png") ? await (await navigator.clipboard.read())[0].getType("image/png") : null;
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": text, ...(picture && { "image/png": picture }) })]);
    })()`);
    await page.keyboard.press("Control+V");
    return await page.inputValue("#box");
  };
  // An office program copies cells as text and as a picture.
  assertEquals(await pasteText("tea\t2\nmilk\t1"), "tea\t2\nmilk\t1");
  assertEquals(await pasteText("/etc/passwd"), "//etc/passwd");
  // A text of more lines than one message takes waits as a file.
  assertEquals(await pasteText("tea\n".repeat(600)), "");
  await page.waitForSelector(".attachment >> text=pasted.txt");
  await page.keyboard.press("Escape");
  assertEquals(await pasteText("/etc/passwd"), "//etc/passwd");
  // Outside of fields too, words go to the box.
  await page.fill("#box", "");
  await page.focus("#messages");
  await page.keyboard.press("Control+V");
  assertEquals(await page.inputValue("#box"), "//etc/passwd");
  assertEquals(await page.locator("#uploads > *, .attachment, #messages img").count(), 1);
}

async function toasts(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob10", "#toasts");
  const ann = await stage.enter("ann10", "#toasts");
  const { page } = ann;
  bob.send("PRIVMSG #toasts :the newest");
  await page.waitForSelector(".entry >> text=the newest");
  for (const command of ["/one", "/two", "/three", "/three"]) await write(ann, command);
  await page.waitForSelector(".toast >> text=/three");
  assertEquals(await page.locator(".toast").count(), 2);
  // Playwright does not click a covered element.
  const once = { trial: true, timeout: 2_000 };
  for (
    const place of ["#invite", ".entry >> text=the newest", "#member-list button >> nth=0", "#send-button"]
  ) {
    await page.click(place, once);
  }
}
