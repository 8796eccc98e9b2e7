/** The page in a real browser without a mouse, for screen readers, and on small screens. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { write } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("keyboard, screen readers and small screens at the page in Chromium", {
  "joining, completing and sending work with the keyboard alone": writing,
  "reacting and replying work with the keyboard alone": messageTools,
  "Alt-↑ and Alt-↓ switch to another channel, and letters go to the box": shortcuts,
  "axe finds no serious violation, in either theme": violations,
  "the page fits a phone": phone,
  "the lists on a phone close by a button and by Escape": panes,
  "the message area has at least 600 × 400 pixels and grows": size,
});

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function writing(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#keys");
  const { page } = await stage.visit("#keys");
  const focused = () => page.evaluate("document.activeElement.id");
  assertEquals(await focused(), "name");
  await page.keyboard.type("ann1");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#box:focus");
  await page.keyboard.type("bo");
  await page.keyboard.press("Tab");
  assertEquals(await page.inputValue("#box"), "bob1: ");
  await page.keyboard.type(":teap");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assertMatch(await bob.next(/ PRIVMSG /), /:bob1: 🫖 ?$/);
  await page.keyboard.press("ArrowUp");
  assertMatch(await page.inputValue("#box"), /^bob1: 🫖/);
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "emoji");
}

async function messageTools(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#keyboard");
  const { page } = await stage.enter("ann2", "#keyboard");
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

async function shortcuts(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann3", "#keys7");
  const { page } = ann;
  for (const channel of ["#a7", "#b7"]) {
    await write(ann, `/join ${channel}`);
    await page.waitForSelector(`#buffer-title >> text=${channel}`);
  }
  for (const [key, channel] of [["Up", "#a7"], ["Up", "#keys7"], ["Down", "#a7"], ["Down", "#b7"]]) {
    await page.keyboard.press(`Alt+Arrow${key}`);
    assertEquals(await page.getAttribute("#box", "placeholder"), `Message ${channel}`);
  }
  await page.focus("#messages");
  await page.keyboard.type("hello there");
  assertEquals(await page.inputValue("#box"), "hello there");
}

async function violations(stage: Stage): Promise<void> {
  const { default: axe } = await import("axe-core");
  await using bob = await stage.peer("bob4", "#axe");
  const ann = await stage.enter("ann4", "#axe");
  const { page } = ann;
  await write(ann, "hello");
  const id = /msgid=([^;\s]+)/.exec(await bob.next(/:hello/))?.[1];
  bob.send(`@+draft/reply=${id} PRIVMSG #axe :hi ann4, see http://example.org/`, "PRIVMSG ann4 :psst");
  bob.send(`@+draft/react=🎂;+draft/reply=${id} TAGMSG #axe`);
  await page.waitForSelector(".reactions");
  await page.setInputFiles("#file", [{
    name: "tea.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("tea"),
  }]);
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
  const { page } = await stage.enter("ann6", "#panes", 390);
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

async function size(stage: Stage): Promise<void> {
  const { page } = await stage.enter("ann7", "#size", 840);
  const area = async () => await page.locator("#messages").boundingBox() ?? { width: 0, height: 0 };
  const small = await area();
  assert(small.width >= 600 && small.height >= 400, JSON.stringify(small));
  await page.setViewportSize({ width: 1600, height: 1000 });
  const large = await area();
  assert(large.width > small.width && large.height > small.height, JSON.stringify(large));
}
