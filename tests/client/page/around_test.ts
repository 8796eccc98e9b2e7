/** The page in a real browser: files, accounts, a server that goes away, small screens, and who cannot see or use a mouse. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { type BrowserVisitor, enterAs, write } from "../../support/browser.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startServer } from "../../support/server.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("around the page in Chromium", {
  "a file goes up with progress and its picture is shown": upload,
  "files that are dropped are shared": drop,
  "what was read on one device is read on the other": devices,
  "it comes back when the server does": restart,
  "it fits a phone": phone,
  "the lists of a phone close by a mark and by Escape": panes,
  "the links of a topic can be followed": topic,
  "the message area has 600 × 400 pixels and grows": size,
  "no serious violation of accessibility, in either theme": accessible,
  "everything can be done from the keyboard": keyboard,
});

/** A picture of 1 × 1, and bytes behind it that make it large. */
function picture(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes);
  const dot =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==";
  whole.set(Uint8Array.fromBase64(dot));
  return whole;
}

async function upload(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#upload");
  const { page, context } = await stage.enter("ann1", "#upload");
  const slow = await context.newCDPSession(page);
  await slow.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 2_000_000,
  });
  const file = { name: "tea pot.png", mimeType: "image/png", buffer: picture(1_000_000) };
  await page.setInputFiles("#file", [file]);
  await page.waitForSelector("#uploads progress");
  await page.waitForSelector("#messages img");
  assert(await page.isHidden("#uploads"));
  const line = await bob.next(/ PRIVMSG #upload /);
  const url = /http:\S+/.exec(line)?.[0] ?? "";
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/files\/[\w-]{22}\/tea%20pot\.png$/);
  const got = await fetch(url);
  assertEquals((await got.arrayBuffer()).byteLength, 1_000_000);
}

async function drop(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#drop");
  const { page } = await stage.enter("ann2", "#drop");
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["tea\\n"], "list.txt", { type: "text/plain" }));
    document.querySelector("#messages").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
  })()`);
  assertMatch(await bob.next(/ PRIVMSG #drop /), /\/list\.txt$/);
}

async function register({ page }: BrowserVisitor): Promise<void> {
  await page.click("#account");
  await page.fill("dialog [type=password]", "two sugars please");
  await page.press("dialog [type=password]", "Enter");
  await page.waitForSelector(".toast >> text=You registered");
}

async function devices(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob9", "#devices");
  const laptop = await stage.enter("ann9", "#devices");
  await register(laptop);
  const phone = await stage.visit("#devices");
  await phone.page.fill("#password", "two sugars please");
  await enterAs(phone, "ann9");
  for (const device of [laptop, phone]) await write(device, "/join #elsewhere");
  for (const { page } of [laptop, phone]) await page.waitForSelector("#buffer-title >> text=#elsewhere");
  bob.send("PRIVMSG #devices :anybody there?");
  for (const { page } of [laptop, phone]) await page.waitForSelector("#channel-list .count >> text=1");
  await phone.page.click("#channel-list button:has-text('#devices')");
  await laptop.page.waitForSelector("#channel-list .count", { state: "detached" });
}

async function restart(stage: Stage): Promise<void> {
  using data = temporaryFolder();
  const flags = ["--data", data.folder];
  const first = await startServer(flags);
  const port = String(first.webPort);
  const ann = await stage.browser.visit(`http://127.0.0.1:${port}/`);
  const { page, complaints } = ann;
  await enterAs(ann, "ann4");
  await write(ann, "before");
  await page.waitForSelector(".entry.message >> text=before");
  await first.stop();
  await page.waitForSelector("#status >> text=/Trying again/");
  await write(ann, "meanwhile");
  await using _second = await startServer([...flags, "--web-port", port]);
  await page.waitForSelector(".entry.message >> text=meanwhile");
  assert(await page.isHidden("#status"));
  assertEquals(await page.locator(".entry.message").count(), 2);
  complaints.splice(0); // The browser tells of each try that failed.
  await page.close();
}

async function phone(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob5", "#phone");
  const ann = await stage.enter("ann5", "#phone", 360);
  const { page } = ann;
  // The name is given: its place is for the messages.
  assert(await page.isHidden("#join"));
  const { height = 0 } = await page.locator("header").boundingBox() ?? {};
  assert(height < 60, `the header has ${height} pixels`);
  bob.send(`PRIVMSG #phone :${"a-very-long-word-".repeat(20)}`, "PRIVMSG ann5 :psst");
  await page.waitForSelector(".entry.message");
  const wide = () => page.evaluate("document.documentElement.scrollWidth");
  assertEquals(await wide(), 360);
  await page.click("#show-members");
  await page.waitForSelector("#member-list >> text=bob5");
  assertEquals(await wide(), 360);
  await page.click("#show-channels");
  await page.click("#conversation-list button");
  await page.waitForSelector(".entry.message >> text=psst");
  await write(ann, "yes?");
  assertMatch(await bob.next(/yes\?/), / PRIVMSG bob5 /);
}

async function panes(stage: Stage): Promise<void> {
  const { page } = await stage.enter("ann19", "#panes", 390);
  for (const pane of ["channels", "members"]) {
    const pressed = () => page.getAttribute(`#show-${pane}`, "aria-pressed");
    await page.click(`#show-${pane}`);
    assertEquals(await pressed(), "true");
    await page.click(`#hide-${pane}`);
    assert(await page.isVisible("#messages") && await page.isHidden(`#${pane}`));
    await page.click(`#show-${pane}`);
    await page.keyboard.press("Escape");
    assert(await page.isVisible("#messages") && await page.isHidden(`#${pane}`));
    assertEquals(await pressed(), "false");
  }
}

async function topic(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob10", "#topic");
  const { page } = await stage.enter("ann10", "#topic");
  bob.send("TOPIC #topic :tea at https://tea.example/menu, <b>daily</b>");
  await page.waitForSelector("#topic a[href='https://tea.example/menu'][rel~=noopener]");
  assertEquals(await page.textContent("#topic"), "tea at https://tea.example/menu, <b>daily</b>");
}

async function size(stage: Stage): Promise<void> {
  const { page } = await stage.enter("ann6", "#size", 840);
  const area = async () => await page.locator("#messages").boundingBox() ?? { width: 0, height: 0 };
  const small = await area();
  assert(small.width >= 600 && small.height >= 400, JSON.stringify(small));
  await page.setViewportSize({ width: 1600, height: 1000 });
  const large = await area();
  assert(large.width > small.width && large.height > small.height, JSON.stringify(large));
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function accessible(stage: Stage): Promise<void> {
  const { default: axe } = await import("axe-core");
  await using bob = await stage.peer("bob7", "#axe");
  const ann = await stage.enter("ann7", "#axe");
  const { page } = ann;
  await write(ann, "hello");
  const id = /msgid=([^;\s]+)/.exec(await bob.next(/:hello/))?.[1];
  bob.send(`@+draft/reply=${id} PRIVMSG #axe :hi ann7, see http://example.org/`, "PRIVMSG ann7 :psst");
  bob.send(`@+draft/react=🎂;+draft/reply=${id} TAGMSG #axe`);
  await page.waitForSelector(".reactions");
  await page.evaluate(axe.source);
  const check = async () => {
    const found = await page.evaluate("axe.run()") as { violations: readonly Violation[] };
    return found.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  };
  assertEquals(await check(), []);
  await page.click("#theme");
  await page.click("#emoji");
  assertEquals(await check(), []);
  await page.keyboard.press("Escape");
  await page.click("#account");
  assertEquals(await check(), []);
}

async function keyboard(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob8", "#keys");
  const { page } = await stage.visit("#keys");
  const focused = () => page.evaluate("document.activeElement.id");
  assertEquals(await focused(), "name");
  await page.keyboard.type("ann8");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#box:focus");
  await page.keyboard.type("bo");
  await page.keyboard.press("Tab");
  assertEquals(await page.inputValue("#box"), "bob8: ");
  await page.keyboard.type(":teap");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assertMatch(await bob.next(/ PRIVMSG /), /:bob8: 🫖 ?$/);
  await page.keyboard.press("ArrowUp");
  assertMatch(await page.inputValue("#box"), /^bob8: 🫖/);
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "emoji");
}
