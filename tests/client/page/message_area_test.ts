/** The messages at the page in a real browser: tools of a message, history, search, long channels and messages. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { write } from "../../support/browser.ts";
import type { Peer } from "../../support/peer.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("the messages at the page in Chromium", {
  "a reaction is added and removed": reactions,
  "a reply quotes, and a click on the quote goes there": reply,
  "a message is deleted after a confirmation": deletion,
  "older messages load on scrolling up": older,
  "the newest message stays in sight while a picture loads": pictureLoads,
  "unread messages are counted and marked": unread,
  "search finds a message and goes there": search,
  "a link to a message leads to it, when a person joins by it, and in the chat": messageLink,
  "a long channel has few rows, which stay in place, and any message is found": longChannel,
  "a long message is folded until the person unfolds it": longMessage,
});

const idOf = (line: string) => /msgid=([^;\s]+)/.exec(line)?.[1] ?? "";

const toTop = "document.querySelector('#messages').scrollTop = 0";

async function reactions(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#react");
  const ann = await stage.enter("ann1", "#react");
  const { page } = ann;
  await write(ann, "cake?");
  const id = idOf(await bob.next(/cake/));
  bob.send(`@+draft/react=🎂;+draft/reply=${id} TAGMSG #react`);
  await page.waitForSelector(".reactions button >> text=🎂 1");
  await page.click(".reactions button");
  await page.waitForSelector(".reactions button[aria-pressed=true] >> text=🎂 2");
  assertMatch(await bob.next(/draft\/react=🎂.*ann1/), / TAGMSG #react$/);
  await page.click(".reactions button");
  await page.waitForSelector(".reactions button[aria-pressed=false] >> text=🎂 1");
  await page.hover(".entry.message");
  await page.click(".message-tools [aria-label='React with another emoji']");
  await page.fill(".picker input", "teapot");
  await page.press(".picker input", "Enter");
  await page.waitForSelector(".reactions button >> text=🫖 1");
}

async function reply(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#reply");
  const ann = await stage.enter("ann2", "#reply");
  const { page } = ann;
  bob.send("PRIVMSG #reply :who has the key?");
  const id = idOf(await bob.next(/who has the key/));
  await page.waitForSelector(".entry.message");
  // By keyboard: ↑ to the message, Tab into what can be done with it.
  await page.focus("#messages");
  await page.keyboard.press("ArrowUp");
  await page.focus(".message-tools [aria-label=Reply]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#replying >> text=bob2: who has the key?");
  await write(ann, "I have");
  const line = await bob.next(/:I have/);
  for (const name of ["+reply", "+draft/reply"]) assert(line.includes(`;${name}=${id}`), line);
  assert(await page.isHidden("#replying"));
  await page.click(".quote");
  await page.waitForSelector(".entry.highlighted >> text=who has the key?");
  // Everything that was made from a message goes with it: the quote above an answer, the bar of the next answer, a result.
  await page.focus(".message-tools [aria-label=Reply]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#replying >> text=bob2: who has the key?");
  await page.click("#search");
  await page.fill("dialog input", "key");
  await page.press("dialog input", "Enter");
  await page.waitForSelector(".results button >> text=who has the key?");
  bob.send(`REDACT #reply ${id}`);
  await page.waitForSelector(".results button:disabled >> text=Message deleted");
  await page.waitForSelector(".quote >> text=bob2: Message deleted");
  assert(await page.isHidden("#replying"));
  assert(!(await page.textContent("body"))?.includes("who has the key?"));
}

async function deletion(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob3", "#redact");
  const ann = await stage.enter("ann3", "#redact");
  const { page } = ann;
  await write(ann, "my password is tea");
  await bob.next(/my password/);
  await page.hover(".entry.message");
  await page.dblclick(".message-tools [aria-label=Delete]");
  await page.hover("#messages .separator");
  await page.hover(".message-tools [aria-label=Delete]");
  assertEquals(await page.locator(".entry.deleted").count(), 0);
  await page.click(".message-tools [aria-label=Delete]");
  await page.click(".message-tools >> text=Delete?");
  await page.waitForSelector(".entry.deleted >> text=Message deleted");
  assert(!(await page.textContent("#messages"))?.includes("my password"));
}

async function older(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob4", "#older");
  for (let at = 1; at <= 130; at++) bob.send(`PRIVMSG #older :line ${at}.`);
  await bob.lines();
  const { page } = await stage.enter("ann4", "#older");
  await page.waitForSelector(".entry >> text=line 130.");
  assertEquals(await page.locator(".entry >> text=line 1.").count(), 0);
  for (let pages = 0; pages < 4; pages++) {
    const count = await page.locator(".entry.message").count();
    if (count >= 130) break;
    await page.evaluate("document.querySelector('#messages').scrollTop = 0");
    await page.waitForSelector(`.entry.message >> nth=${count}`);
  }
  assertEquals(await page.locator(".entry.message").count(), 130);
  assertMatch(await page.locator(".entry.message").first().textContent() ?? "", /line 1\.$/);
}

async function pictureLoads(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob9", "#picture");
  const { page } = await stage.enter("ann12", "#picture");
  for (let at = 1; at <= 60; at++) bob.send(`PRIVMSG #picture :line ${at}.`);
  await page.waitForSelector(".entry >> text=line 60.");
  // The size of a picture is known before it has loaded: its message becomes taller, without an event.
  await page.evaluate("document.querySelector('.entry:last-child').style.minHeight = '300px'");
  bob.send("PRIVMSG #picture :look");
  const isAtEnd =
    "(() => { const it = document.querySelector('#messages'); return it.scrollHeight - it.scrollTop - it.clientHeight < 2; })()";
  await page.waitForSelector(".entry >> text=look");
  assert(await page.evaluate(isAtEnd));
  // The message box becomes taller with each line, and stays so with the next key.
  await page.fill("#box", "one\ntwo\nthree\nfour\nfive\nsix");
  await page.press("#box", "End");
  await page.keyboard.type("!!");
  bob.send("PRIVMSG #picture :are you writing a letter?");
  await page.waitForSelector(".entry >> text=a letter?");
  assert(await page.evaluate(isAtEnd));
  await page.fill("#box", "");
  assert(await page.evaluate("document.querySelector('#box').clientHeight < 50"));
  await page.evaluate("document.querySelector('#messages').scrollTop -= 400");
  bob.send("PRIVMSG #picture :and more");
  await page.waitForSelector(".entry >> text=and more");
  assert(!await page.evaluate(isAtEnd));
  // A row above those in sight becomes taller.
  const seen = await page.evaluate(rowInSight);
  await page.evaluate("document.querySelector('.entry.message').style.minHeight = '400px'");
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))");
  assertEquals(await page.evaluate(rowInSight), seen);
}

async function unread(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob5", "#unread");
  const ann = await stage.enter("ann5", "#unread");
  const { page } = ann;
  await write(ann, "/join #other11");
  await page.waitForSelector("#buffer-title >> text=#other11");
  bob.send("PRIVMSG #unread :one", "PRIVMSG #unread :two, ann5");
  await page.waitForSelector("#channel-list .count.mention >> text=2");
  assertMatch(await page.title(), /^\(1\) /);
  await page.click("#channel-list button:has-text('#unread')");
  await page.waitForSelector(".separator.new + .entry >> text=one");
  assertEquals(await page.locator("#channel-list .count").count(), 0);
  await manyUnread(page, bob);
  await unchainedTimers(page);
  await hiddenPage(page, bob);
}

/** Many unread messages: the first of them is one click away, and what is selected stays selected. */
async function manyUnread(page: Page, bob: Peer): Promise<void> {
  await page.keyboard.press("Alt+ArrowUp");
  for (let at = 1; at <= 160; at++) bob.send(`PRIVMSG #unread :missed ${at}.`);
  await page.waitForSelector("#channel-list .count >> text=160");
  // A screen reader reads none of the rows that a channel opens with.
  await page.evaluate(`(() => {
    const area = document.querySelector("#messages");
    window.readOut = [];
    new MutationObserver((changes) => {
      const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).length;
      if (added > 10) window.readOut.push(area.ariaLive);
    }).observe(area, { childList: true });
  })()`);
  await page.keyboard.press("Alt+ArrowUp");
  await page.waitForSelector(".entry >> text=missed 160.");
  assertEquals(await page.evaluate("[...new Set(window.readOut)]"), ["off"]);
  await page.click("#to-unread");
  await page.waitForSelector(".separator.new + .entry:focus >> text=missed 1.");
  const isInSight = `(() => {
    const area = document.querySelector("#messages").getBoundingClientRect();
    return document.querySelector(".separator.new").getBoundingClientRect().top >= area.top - 1;
  })()`;
  assert(await page.evaluate(isInSight));
  assert(await page.isHidden("#to-unread"));
  await page.evaluate("getSelection().selectAllChildren(document.querySelector('.entry:focus .text'))");
  await page.focus("#messages");
  for (let steps = 0; steps < 30; steps++) {
    await page.evaluate("document.querySelector('#messages').scrollTop += 300");
  }
  await page.waitForSelector("#to-latest", { state: "hidden" });
  assertEquals(await page.evaluate("String(getSelection())"), "missed 1.");
}

/** The frame that a drawing waits for never comes, because the page is hidden: the title shows the message all the same. */
async function hiddenPage(page: Page, bob: Peer): Promise<void> {
  await page.evaluate("requestAnimationFrame = () => 0");
  bob.send("PRIVMSG #unread :ann5: are you here?");
  await bob.lines();
  await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 50)).then(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  })`);
  await page.waitForSelector(".entry >> text=are you here?");
  assertMatch(await page.title(), /^\(1\) /);
  // Its timers run late: work in parts does not wait for them.
  await page.evaluate(`import("/lib/client/core/let_others_run.ts").then(({ letOthersRun }) => {
    setTimeout = () => 0;
    return Promise.race([letOthersRun().then(() => document.title = "went on"), fetch("/").then((page) => page.text())]);
  })`);
  assertEquals(await page.title(), "went on");
}

/**
 * When a page was hidden for long, the browser fires a timer only once a minute if another timer has set it. So the
 * functions that a timer calls set the next timer in a message. The flag is false again in the first message after the
 * timer.
 */
async function unchainedTimers(page: Page): Promise<void> {
  const wasInTimer = await page.evaluate(`(async () => {
    const { watchSleep } = await import("/lib/client/core/sleep_watch.ts");
    const { LinkCheck } = await import("/lib/client/core/link_check.ts");
    let inTimer = false;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => inTimer = false;
    const marked = (set) => (act, ms) => set(() => {
      inTimer = true;
      port2.postMessage("over");
      act();
    }, ms);
    const [one, many] = [setTimeout, setInterval];
    [setTimeout, setInterval] = [marked(one), marked(many)];
    let at = 0;
    const woken = new Promise((resolve) => watchSleep(() => resolve(inTimer), () => at += 60_000, 5));
    const asked = new Promise((resolve) => new LinkCheck({
      ask: () => resolve(inTimer), onDead() {}, onAnswer() {}, isExcused: () => false,
      elapsed: () => performance.now(), idleMs: 5, answerMs: 1_000,
    }));
    const found = await Promise.all([woken, asked]);
    [setTimeout, setInterval] = [one, many];
    return found;
  })()`);
  assertEquals(wasInTimer, [false, false]);
}

async function search(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob6", "#search");
  bob.send("PRIVMSG #search :the samovar is on the shelf");
  for (let at = 1; at <= 60; at++) {
    bob.send(`PRIVMSG #search :then ${at}`);
    // A search names times: more messages of one millisecond than one answer has cannot be told apart.
    if (at % 10 === 0) await bob.lines();
  }
  const { page } = await stage.enter("ann6", "#search");
  await page.waitForSelector(".entry >> text=then 60");
  await page.click("#search");
  await page.fill("dialog input", "then");
  await page.press("dialog input", "Enter");
  await page.click("dialog button >> text=Older results");
  await page.waitForSelector(".results button >> text=/then 1$/");
  assertEquals(await page.locator(".results button").count(), 60);
  await page.waitForSelector("dialog button >> text=Older results", { state: "hidden" });
  // Operators that a click writes, phrases, and what was found, which is marked.
  await page.fill("dialog input", "n".repeat(200));
  await page.press("dialog input", "Enter");
  await page.waitForSelector("dialog output >> text=No messages found for nnn");
  assert(
    await page.evaluate(
      "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('dialog'))",
    ),
  );
  await page.fill("dialog input", '"the SAMOVÁR"');
  await page.click("dialog .examples >> text=in:#search");
  assertEquals(await page.inputValue("dialog input"), '"the SAMOVÁR" in:#search ');
  await page.keyboard.press("Enter");
  await page.waitForSelector(".results mark >> text=the samovar");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".entry.highlighted >> text=the samovar is on the shelf");
}

/** The first whole row in sight, and its distance from the top of the area. */
const rowInSight = `(() => {
  const area = document.querySelector("#messages");
  const { top } = area.getBoundingClientRect();
  const row = [...area.querySelectorAll(".entry")].find((one) => one.getBoundingClientRect().top >= top);
  return [row.textContent, Math.round(row.getBoundingClientRect().top - top)];
})()`;

async function messageLink(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob13", "#link");
  bob.send("PRIVMSG #link :the recipe: two spoons");
  const id = idOf(await bob.next(/the recipe/));
  for (let at = 1; at <= 120; at++) bob.send(`PRIVMSG #link :then ${at}`);
  await bob.lines();
  const { page, context } = await stage.enter("ann13", `#link,message=${id}`);
  const recipe = ".entry.highlighted >> text=two spoons";
  await page.waitForSelector(recipe);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.hover(".entry >> text=two spoons");
  await page.click(".message-tools [aria-label='Copy the link']");
  await page.waitForSelector(".toast >> text=Copied the link to this message");
  const link = `http://127.0.0.1:${stage.server.webPort}/join#link,message=${id}`;
  await page.focus("#box");
  await page.keyboard.press("Control+V");
  assertEquals(await page.inputValue("#box"), link);
  await page.click("#to-latest");
  bob.send(`PRIVMSG #link :see ${link}`);
  await page.waitForSelector(recipe, { state: "detached" });
  await page.click(".entry a");
  await page.waitForSelector(recipe);
  assertEquals(context.pages().length, 1);
}

async function longChannel(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob7", "#long");
  const say = async (from: number, to: number) => {
    for (let at = from; at <= to; at++) bob.send(`PRIVMSG #long :line ${at}.`);
    await bob.lines();
  };
  await say(1, 17);
  bob.send("PRIVMSG #long :the samovar is in the cupboard");
  await say(18, 60);
  const { page } = await stage.enter("ann7", "#long");
  await page.waitForSelector(".entry >> text=line 60.");
  await page.evaluate("document.querySelector('#messages').scrollTop = 60");
  await page.waitForSelector("#to-latest >> text=Jump to latest");
  await page.waitForSelector(".entry >> text=line 1.", { state: "attached" });
  const seen = await page.evaluate(rowInSight);
  const rows = () => page.locator(".entry").count();
  for (let at = 61; at < 3600; at += 300) await say(at, at + 299);
  await page.waitForSelector("#to-latest >> text=/^3,600 new messages/");
  assertEquals(await page.evaluate(rowInSight), seen);
  assert(await rows() <= 300, "rows after the flood");
  // The gap is loaded from the server, while rows at the top leave.
  await page.evaluate("document.querySelector('#messages').focus()");
  for (let steps = 0; steps < 2000; steps++) {
    if (await page.locator(".entry >> text=/line 400[.]/").count() > 0) break;
    await page.evaluate("document.querySelector('#messages').scrollTop += 600");
  }
  assert(await rows() <= 300, "rows after scrolling down");
  assertEquals(await page.locator(".entry >> text=/line 1[.]/").count(), 0);
  await page.click("#to-latest");
  await page.waitForSelector(".entry >> text=line 3660.");
  assert(await page.isHidden("#to-latest"));
  assert(await rows() <= 100, "rows at the end");
  await jumpFar(page);
}

/** A found message 3,600 messages ago: one request finds it, and the way back is short. */
async function jumpFar(page: Page): Promise<void> {
  await page.click("#search");
  await page.fill("dialog input", "samovar cupboard");
  await page.press("dialog input", "Enter");
  await page.click(".results button");
  await page.waitForSelector(".entry.highlighted >> text=the samovar");
  await page.evaluate(toTop);
  await page.waitForSelector(".entry >> text=/line 1[.]/");
  await page.keyboard.press("End");
  await page.waitForSelector(".entry:focus >> text=line 3660.");
}

async function longMessage(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann8", "#folded");
  await write(ann, Array.from({ length: 90 }, (_, at) => `line ${at + 1}.`).join("\n"));
  const { page } = ann;
  const height = async () => (await page.locator(".entry.message").boundingBox())?.height ?? 0;
  await page.waitForSelector(".entry.message .unfold");
  assert(await height() < 500);
  await page.click(".unfold");
  assert(await height() > 1500);
  assertEquals(await page.textContent(".unfold"), "Show less");
}
