/** Channels at the page in a real browser: topic, invite link, being kicked, being in none. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { write } from "../../support/browser.ts";
import { drawConversations, drawMembers, drawMessage, drawSpans } from "./large_amounts.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("channels at the page in Chromium", {
  "the links of a topic work": topic,
  "the invite link is copied, over plain HTTP too": invite,
  "a private conversation has no invite link, and follows a person to another nick": conversation,
  "a kicked person sees why, keeps the history, and can rejoin": kicked,
  "a kicked person sees another channel": kickedAway,
  "a person who leaves the last channel sees what to do": noChannel,
  "ten thousand members, hundreds of conversations and reactions stay few elements": largeAmounts,
});

async function topic(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#topic");
  const { page } = await stage.enter("ann1", "#topic");
  bob.send("TOPIC #topic :tea at https://tea.example/menu, <b>daily</b>");
  await page.waitForSelector("#topic a[href='https://tea.example/menu'][rel~=noopener]");
  assertEquals(await page.textContent("#topic"), "tea at https://tea.example/menu, <b>daily</b>");
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

async function conversation(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob3", "#inviteless");
  const ann = await stage.enter("ann3", "#inviteless");
  assert(await ann.page.isVisible("#invite"));
  bob.send("NOTICE ann3 :tea is ready");
  await ann.page.waitForSelector(".entry.note >> text=bob3 → you: tea is ready");
  assertMatch(await ann.page.title(), /^#inviteless/);
  const [, id] = /msgid=([^;\s]+)/.exec(await bob.next(/tea is ready/)) ?? [];
  bob.send(`REDACT ann3 ${id}`);
  await ann.page.waitForSelector(".entry.note >> text=Message deleted");
  await write(ann, "/query bob3");
  await ann.page.waitForSelector("#buffer-title >> text=bob3");
  assert(await ann.page.isHidden("#invite"));
  const { page } = ann;
  bob.send("PRIVMSG ann3 :psst");
  await page.waitForSelector(".entry.message >> text=psst");
  await page.hover(".entry.message");
  await page.click(".message-tools [aria-label=Reply]");
  await page.fill("#box", "to the same person");
  bob.send("NICK robert3");
  await page.waitForSelector("#buffer-title >> text=robert3");
  assertEquals(await page.locator("#conversation-list li").allTextContents(), ["robert3"]);
  assertEquals(await page.getAttribute("#box", "placeholder"), "Message robert3");
  await page.press("#box", "Enter");
  assertMatch(await bob.next(/:to the same/), /draft\/reply=.* PRIVMSG robert3 :to the same person$/);
  await page.waitForSelector(".entry.message >> text=to the same person");
  assertEquals(await page.locator(".entry.message").count(), 2);
  // A result from before the change of nick leads to the conversation as it is called now.
  await page.click("#search");
  await page.fill("dialog input", "psst");
  await page.press("dialog input", "Enter");
  await page.waitForSelector(".results [data-id]");
  bob.send("NICK rob3");
  await page.waitForSelector("#buffer-title >> text=rob3");
  await page.click(".results [data-id]");
  await page.waitForSelector(".entry.highlighted");
  assertEquals(await page.locator("#conversation-list li").allTextContents(), ["rob3"]);
}

async function kicked(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob4", "#kicked");
  const ann = await stage.enter("ann4", "#kicked");
  const { page } = ann;
  await write(ann, "is there tea?");
  await bob.next(/is there tea/);
  bob.send("KICK #kicked ann4 :out");
  await page.waitForSelector(".toast >> text=You were kicked from #kicked by bob4: out");
  await page.waitForSelector("#not-joined >> text=You are not in #kicked");
  assert(await page.isVisible("#messages.not-joined .entry >> text=is there tea?"));
  assertEquals(await page.getAttribute("#box", "placeholder"), "You are not in #kicked");
  await page.click("#rejoin");
  await page.waitForSelector("#not-joined", { state: "hidden" });
  await page.waitForSelector("#member-list >> text=ann4");
  assertEquals(await page.locator(".entry >> text=is there tea?").count(), 1);
  await write(ann, "back");
  await bob.next(/ PRIVMSG #kicked :back/);
}

async function kickedAway(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob5", "#away");
  const ann = await stage.enter("ann5", "#away");
  const { page } = ann;
  await write(ann, "/join #other2");
  await page.waitForSelector("#buffer-title >> text=#other2");
  await page.click("#channel-list button:has-text('#away')");
  await page.waitForSelector("#buffer-title >> text=#away");
  await page.fill("#box", "half a sentence");
  bob.send("KICK #away ann5");
  await page.waitForSelector("#not-joined >> text=You are not in #away");
  assertEquals(await page.inputValue("#box"), "half a sentence");
  await page.fill("#box", "");
  await page.click("#rejoin");
  await page.waitForSelector("#not-joined", { state: "hidden" });
  bob.send("KICK #away ann5");
  await page.waitForSelector("#buffer-title >> text=#other2");
  await page.click("#channel-list button.not-joined:has-text('#away')");
  await page.click("#not-joined >> text=Close");
  await page.waitForSelector("#buffer-title >> text=#other2");
  assertEquals(await page.locator("#channel-list button").allTextContents(), ["#other2"]);
}

async function noChannel(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann6", "#last");
  const { page } = ann;
  const leaveTab = "document.dispatchEvent(new Event('visibilitychange'))";
  await page.evaluate(leaveTab);
  assertEquals(await page.evaluate("localStorage.getItem('rooms')"), "#last");
  await write(ann, "/part");
  await page.waitForSelector("#not-joined >> text=You are not in any channel");
  await page.evaluate(leaveTab);
  assertEquals(await page.evaluate("localStorage.getItem('rooms')"), null);
  assertEquals(await page.getAttribute("#box", "placeholder"), "Write /join #channel");
  await write(ann, "/join #next3");
  await page.waitForSelector("#buffer-title >> text=#next3");
  assert(await page.isHidden("#not-joined"));
}

async function largeAmounts(stage: Stage): Promise<void> {
  const { page } = await stage.visit("#large");
  const members = await drawMembers(page, 10_000);
  assertEquals(members.elements, 200);
  assertMatch(members.text, /^MEMBERS 10,000[^]*\n@person9999\n[^]*\nand 9,800 more\s*$/i);
  const found = await drawMembers(page, 10_000, "person777");
  assertEquals(found.elements, 11);
  assertMatch((await drawMembers(page, 10_000, "nobody")).text, /No member has this name\s*$/);
  const conversations = await drawConversations(page, 300);
  assertEquals([conversations.elements, conversations.text], [300, "true"]);
  const message = await drawMessage(page, 500);
  assert(message.elements < 200, `${message.elements} elements`);
  assertMatch(message.text, /^500 500 \d{3} true$/);
  assertEquals(await drawSpans(page, 30), [20, 2_001]);
  for (const { againMs } of [members, conversations]) assert(againMs < 16, `${againMs} ms`);
}
