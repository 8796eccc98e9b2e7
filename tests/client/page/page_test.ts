/** The page in a real browser, as people use it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { enterAs, write } from "../../support/browser.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("the page in Chromium", {
  "an empty name is refused, Enter joins, the controls lock": join,
  "a name that is taken is told, and the controls open again": taken,
  "it talks with another app, in a room and in private": talk,
  "who types is shown, and told": typing,
  "reactions come and go": reactions,
  "a reply quotes, and a click on the quote goes there": reply,
  "a message is taken back": redact,
  "a message full of HTML and script runs nothing": harmless,
  "what was said is there after a reload": reload,
  "the rooms one was in are entered again after a reload": again,
  "older messages come on scrolling up": older,
  "what was not seen is counted, and marked": unread,
  "search finds a message and goes there": search,
  "several lines are one message": lines,
});

async function join(stage: Stage): Promise<void> {
  const ann = await stage.visit("#join");
  const { page } = ann;
  assertEquals(await page.textContent("#join-button"), "Join #join");
  await page.press("#name", "Enter");
  assertMatch(await page.textContent(".toast.error") ?? "", /^Enter a username first/);
  assert(await page.isDisabled("#box"));
  await enterAs(ann, "ann1");
  for (const id of ["name", "password", "join-button"]) assert(await page.isDisabled(`#${id}`), id);
  assertEquals(await page.textContent("#buffer-title"), "#join");
  assertEquals(await page.textContent("#member-list"), "@ann1");
  await page.click(".toast.error button");
  await page.press("#box", "Enter");
  assertEquals(await page.locator(".toast, .entry.message").count(), 0);
}

async function taken(stage: Stage): Promise<void> {
  await using _bob = await stage.peer("bob2", "#taken");
  const { page } = await stage.visit("#taken");
  await page.fill("#name", "bob2");
  await page.press("#name", "Enter");
  await page.waitForSelector(".toast.error");
  assert(await page.isEnabled("#name"));
  await page.fill("#name", "ann2");
  await page.press("#name", "Enter");
  await page.waitForSelector("#box:not([disabled])");
}

async function talk(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob3", "#talk");
  const ann = await stage.enter("ann3", "#talk");
  const { page } = ann;
  await write(ann, "good morning");
  assertMatch(await bob.next(/good morning/), /:ann3!\S+ PRIVMSG #talk :good morning$/);
  bob.send("PRIVMSG #talk :morning, ann3", "PRIVMSG ann3 :psst");
  await page.waitForSelector(".entry.mention >> text=morning,");
  await page.waitForSelector("#conversation-list .count.mention");
  await page.click("#conversation-list button");
  await page.waitForSelector(".entry .text >> text=psst");
  assertEquals(await page.locator("#conversation-list .count").count(), 0);
  await write(ann, "what is it?");
  assertMatch(await bob.next(/what is it/), / PRIVMSG bob3 :what is it\?$/);
}

async function typing(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob4", "#typing");
  const { page } = await stage.enter("ann4", "#typing");
  bob.send("@+typing=active TAGMSG #typing");
  await page.waitForSelector("#typing >> text=bob4 is typing…");
  bob.send("@+typing=done TAGMSG #typing");
  await page.waitForSelector("#typing:empty", { state: "attached" });
  await page.type("#box", "h");
  assertMatch(await bob.next(/typing=active.*ann4/), / TAGMSG #typing$/);
  await page.fill("#box", "");
  assertMatch(await bob.next(/typing=done.*ann4/), / TAGMSG #typing$/);
}

const idOf = (line: string) => /msgid=([^;\s]+)/.exec(line)?.[1] ?? "";

async function reactions(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob5", "#react");
  const ann = await stage.enter("ann5", "#react");
  const { page } = ann;
  await write(ann, "cake?");
  const id = idOf(await bob.next(/cake/));
  bob.send(`@+draft/react=🎂;+draft/reply=${id} TAGMSG #react`);
  await page.waitForSelector(".reactions button >> text=🎂 1");
  await page.click(".reactions button");
  await page.waitForSelector(".reactions button[aria-pressed=true] >> text=🎂 2");
  assertMatch(await bob.next(/draft\/react=🎂.*ann5/), / TAGMSG #react$/);
  await page.click(".reactions button");
  await page.waitForSelector(".reactions button[aria-pressed=false] >> text=🎂 1");
  await page.hover(".entry.message");
  await page.click(".message-tools [aria-label='React with another emoji']");
  await page.fill(".picker input", "teapot");
  await page.press(".picker input", "Enter");
  await page.waitForSelector(".reactions button >> text=🫖 1");
}

async function reply(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob6", "#reply");
  const ann = await stage.enter("ann6", "#reply");
  const { page } = ann;
  bob.send("PRIVMSG #reply :who has the key?");
  const id = idOf(await bob.next(/who has the key/));
  await page.waitForSelector(".entry.message");
  // By keyboard: ↑ to the message, Tab into what can be done with it.
  await page.focus("#messages");
  await page.keyboard.press("ArrowUp");
  await page.focus(".message-tools [aria-label=Reply]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#replying >> text=bob6: who has the key?");
  await write(ann, "I have");
  const line = await bob.next(/:I have/);
  assert(line.includes(`+draft/reply=${id}`), line);
  assert(await page.isHidden("#replying"));
  await page.click(".quote");
  await page.waitForSelector(".entry.highlighted >> text=who has the key?");
}

async function redact(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob7", "#redact");
  const ann = await stage.enter("ann7", "#redact");
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

async function harmless(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob8", "#html");
  const { page, complaints } = await stage.enter("ann8", "#html");
  const attacks = [
    "<script>document.title = 'ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "<a href=\"javascript:document.title='ran'\">x</a> javascript:document.title='ran'",
    "</span></div><iframe src=//evil.example>",
    "\x02<b>\x0f \x034,5<style>*{display:none}</style>",
  ];
  for (const attack of attacks) bob.send(`PRIVMSG #html :${attack}`);
  bob.send("PRIVMSG #html :the end");
  await page.waitForSelector(".entry >> text=the end");
  const shown = await page.textContent("#messages") ?? "";
  for (const part of ["<script>", "<img src=x", "javascript:", "<iframe", "<style>"]) {
    assert(shown.includes(part), part);
  }
  assertEquals(await page.locator("#messages :is(script, iframe, style, img, b)").count(), 0);
  assertEquals(await page.locator("#messages a:not([href^=http])").count(), 0);
  // Even a script that got in would not run.
  const refused = await page.evaluate(`(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'ran'";
    document.body.append(script);
    return document.title;
  })()`);
  assert(refused !== "ran");
  assertEquals(complaints.splice(0).every((one) => one.includes("Content Security Policy")), true);
}

async function reload(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob9", "#reload");
  const ann = await stage.enter("ann9", "#reload");
  const { page } = ann;
  bob.send("PRIVMSG #reload :before the reload");
  await page.waitForSelector(".entry >> text=before the reload");
  await page.reload();
  assertEquals(await page.inputValue("#name"), "ann9");
  await bob.next(/ QUIT /);
  await page.press("#name", "Enter");
  await page.waitForSelector(".entry.message >> text=before the reload");
  await write(ann, "after");
  assertMatch(await bob.next(/:after/), /:ann9!/);
}

async function again(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann14", "#again");
  const { page } = ann;
  await write(ann, "/join #other14");
  await page.waitForSelector("#buffer-title >> text=#other14");
  await page.reload();
  await enterAs(ann, "ann14");
  await page.waitForSelector("#channel-list >> text=#other14");
  assertEquals(await page.locator("#channel-list button").allTextContents(), ["#again", "#other14"]);
}

async function older(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob10", "#older");
  for (let at = 1; at <= 130; at++) bob.send(`PRIVMSG #older :line ${at}.`);
  await bob.lines();
  const { page } = await stage.enter("ann10", "#older");
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

async function unread(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob11", "#unread");
  const ann = await stage.enter("ann11", "#unread");
  const { page } = ann;
  await write(ann, "/join #other11");
  await page.waitForSelector("#buffer-title >> text=#other11");
  bob.send("PRIVMSG #unread :one", "PRIVMSG #unread :two, ann11");
  await page.waitForSelector("#channel-list .count.mention >> text=2");
  assertMatch(await page.title(), /^\(1\) /);
  await page.click("#channel-list button:has-text('#unread')");
  await page.waitForSelector(".separator.new + .entry >> text=one");
  assertEquals(await page.locator("#channel-list .count").count(), 0);
}

async function search(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob12", "#search");
  bob.send("PRIVMSG #search :the samovar is on the shelf");
  for (let at = 1; at <= 60; at++) bob.send(`PRIVMSG #search :then ${at}`);
  await bob.lines();
  const { page } = await stage.enter("ann12", "#search");
  await page.waitForSelector(".entry >> text=then 60");
  await page.click("#search");
  await page.fill("dialog input", "samovar");
  await page.press("dialog input", "Enter");
  await page.click(".results button");
  await page.waitForSelector(".entry.highlighted >> text=the samovar is on the shelf");
}

async function lines(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob13", "#lines");
  const { page } = await stage.enter("ann13", "#lines");
  await page.fill("#box", "one");
  await page.press("#box", "Shift+Enter");
  await page.type("#box", "two");
  await page.press("#box", "Enter");
  await page.waitForSelector(".entry.message .text");
  assertEquals(await page.textContent(".entry.message .text"), "one\ntwo");
  assertEquals(await page.locator(".entry.message").count(), 1);
  await bob.next(/:two/);
}
