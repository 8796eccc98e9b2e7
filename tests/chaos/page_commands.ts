/**
 * Slash commands at the page in a real browser: those that a page runs in its own way. Only `deno task chaos` runs them,
 * because they take long; tests/client/slash/ has the commands themselves.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { type BrowserVisitor, enterAs, write } from "../support/browser.ts";
import { pageStories, type Stage } from "../client/page/page_stories.ts";

pageStories("slash commands at the page in Chromium", {
  "/register, /passwd and /login ask for passwords in a dialog": passwords,
  "/history shows older messages above the others": history,
  "/clear empties the message area, and /history fills it again": clear,
  "/search lists messages, and a click on one goes there": search,
  "/send opens a file chooser, /get saves the last shared file": files,
  "/typing off hides from others that the person is typing": typing,
  "/quiet on hides joins and leaves, after a reload too": quiet,
  "/reply @bob quotes the last message of bob": reply,
  "/join den shows the channel": joinChannel,
  "/help keeps its columns, and fits a phone": help,
  "/quit leaves, and Enter joins again": quit,
});

async function answer({ page }: BrowserVisitor, question: string, password: string): Promise<void> {
  await page.fill(`dialog[aria-label="${question}"] input`, password);
  await page.press("dialog input", "Enter");
}

async function passwords(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann1", "#passwords");
  await write(ann, "/register");
  await answer(ann, "Password for ann1", "short");
  await ann.page.waitForSelector("dialog output >> text=The password must have at least 8 characters");
  await answer(ann, "Password for ann1", "two-sugars-please");
  await answer(ann, "Repeat the password", "two-sugars-please");
  await ann.page.waitForSelector(".entry.note >> text=The name ann1 is registered");
  await write(ann, "/passwd");
  await answer(ann, "Old password", "two-sugars-please");
  await answer(ann, "New password", "no sugar at all");
  await answer(ann, "Repeat the password", "no sugar at all");
  await ann.page.waitForSelector("dialog", { state: "detached" });
  const other = await stage.enter("bob1", "#passwords");
  await write(other, "/login ann1");
  await answer(other, "Password of ann1", "no sugar at all");
  await other.page.waitForSelector(".toast >> text=logged in as ann1");
}

async function history(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob2", "#history");
  for (let at = 1; at <= 90; at++) bob.send(`PRIVMSG #history :line ${at}.`);
  await bob.lines();
  const ann = await stage.enter("ann2", "#history");
  await ann.page.waitForSelector(".entry.message >> nth=49");
  await write(ann, "/history 30");
  await ann.page.waitForSelector(".entry.message >> nth=79");
  assert(await ann.page.isVisible(".entry.message >> text=line 40."));
  await write(ann, "/history");
  // The rows far above are made when she scrolls there.
  await ann.page.evaluate("document.querySelector('#messages').scrollTop = 0");
  await ann.page.waitForSelector(".entry.message >> text=/^line 1\\.$/");
  await write(ann, "/history");
  await ann.page.waitForSelector(".entry.note >> text=There are no earlier messages in #history");
}

async function clear(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann3", "#clear");
  await write(ann, "one lump");
  await ann.page.waitForSelector(".entry.message >> text=one lump");
  await write(ann, "/clear");
  await ann.page.waitForSelector(".entry", { state: "detached" });
  await write(ann, "/history");
  await ann.page.waitForSelector(".entry.message >> text=one lump");
}

async function search(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann4", "#search");
  await write(ann, "the samovar hums");
  await ann.page.waitForSelector(".entry.message");
  await write(ann, "/search samovar");
  await ann.page.click("dialog[aria-label='1 found for samovar'] .results button");
  await ann.page.waitForSelector(".entry.highlighted >> text=the samovar hums");
  await write(ann, "/search coffee");
  await ann.page.waitForSelector(".entry.note >> text=No message found for coffee");
}

async function files(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann5", "#files");
  const bob = await stage.enter("bob5", "#files");
  const choosing = ann.page.waitForEvent("filechooser");
  await write(ann, "/send");
  await (await choosing).setFiles({ name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("tea\n") });
  await ann.page.waitForSelector(".attachment");
  await ann.page.keyboard.press("Enter");
  await bob.page.waitForSelector(".entry.message a >> text=list.txt");
  const saving = bob.page.waitForEvent("download");
  await write(bob, "/get");
  assertEquals((await saving).suggestedFilename(), "list.txt");
}

async function typing(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob6", "#typing");
  const ann = await stage.enter("ann6", "#typing");
  await write(ann, "/typing off");
  await ann.page.waitForSelector(".entry.note >> text=Others do not see that you are typing");
  await ann.page.type("#box", "hello");
  await ann.page.press("#box", "Enter");
  const lines = await bob.until(/ PRIVMSG #typing :hello/);
  assertEquals(lines.filter((line) => /TAGMSG/.test(line)), []);
}

async function quiet(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann11", "#quiet");
  await write(ann, "/quiet on");
  await ann.page.waitForSelector(".entry.note");
  await ann.page.reload();
  await enterAs(ann, "ann12");
  await using bob = await stage.peer("bob11", "#quiet");
  bob.send("PRIVMSG #quiet :here I am");
  await ann.page.waitForSelector(".entry.message >> text=here I am");
  assertEquals(await ann.page.locator(".entry.presence >> text=bob11").count(), 0);
}

async function reply(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob7", "#reply");
  const ann = await stage.enter("ann7", "#reply");
  bob.send("PRIVMSG #reply :milk or lemon?");
  await ann.page.waitForSelector(".entry.message");
  await write(ann, "/reply @bob7 lemon");
  await ann.page.waitForSelector(".entry.message:has(.quote) >> text=milk or lemon?");
}

async function joinChannel(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann8", "#join");
  await write(ann, "/join den8");
  await ann.page.waitForSelector("#buffer-title >> text=#den8");
}

async function help(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann9", "#help", 360);
  await write(ann, "/help");
  await ann.page.waitForSelector(".entry.note .mono >> text=/kick NICK");
  assertEquals(await ann.page.evaluate("document.documentElement.scrollWidth"), 360);
  await ann.page.setViewportSize({ width: 1100, height: 700 });
  const places = await ann.page.locator(".entry.note .mono").evaluateAll((rows) =>
    rows.map((row) => row.textContent?.search(/(?<=\S {2,})\S/))
  );
  assertEquals(new Set(places).size, 1);
  const indent = await ann.page.evaluate(`(() => {
    const { paddingInlineStart, font } = getComputedStyle(document.querySelector(".entry.note .mono").parentElement);
    const context = document.createElement("canvas").getContext("2d");
    context.font = font;
    return Math.round(parseFloat(paddingInlineStart) / context.measureText("0").width);
  })()`);
  assertEquals(indent, places[0], "a long line continues under its own column");
  assertEquals(await ann.page.locator(".entry.note time:visible").count(), 1);
}

async function quit(stage: Stage): Promise<void> {
  const ann = await stage.enter("ann10", "#quit");
  await write(ann, "/quit bye");
  await ann.page.waitForSelector("#status >> text=You left the chat");
  assertEquals(await ann.page.locator("#member-list li").count(), 0);
  assertMatch(await ann.page.textContent("#join-button") ?? "", /^Join/);
  await ann.page.press("#name", "Enter");
  await ann.page.waitForSelector("#box:not([disabled])");
  assert(await ann.page.isHidden("#status"));
}
