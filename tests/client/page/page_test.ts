/** The page in a real browser: joining, talking, reloading, and a lost connection. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { enterAs, isTrue, write } from "../../support/browser.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startServer } from "../../support/server.ts";
import { startTlsProxy } from "../../support/tls_proxy.ts";
import { faultStories } from "./fault_stories.ts";
import { pageStories, type Stage } from "./page_stories.ts";

pageStories("the page in Chromium", {
  "refuses an empty username and one with a space, joins on Enter, locks the form": join,
  "shows that a name is taken or has other letters, and unlocks the form": refusedName,
  "talks with another app, in a channel and in private": talk,
  "shows who is typing, and tells others": typing,
  "sends several lines as one message": multiline,
  "runs nothing of a message full of HTML and script": harmless,
  "shows the messages again after a reload": reload,
  "joins the same channels after a reload, with their keys, and what was said meanwhile is unread": rejoin,
  "a guest whose page was lost is back without a key press, in the same conversation": back,
  "connects again when the server is back": restart,
  "loses nothing when the connection breaks: neither missed messages nor written ones": lostConnection,
  ...faultStories,
});

async function join(stage: Stage): Promise<void> {
  const ann = await stage.visit("#join");
  const { page } = ann;
  await page.waitForSelector("#join-button >> text=/^Join #join$/");
  await page.press("#name", "Enter");
  assertMatch(await page.textContent(".toast.error") ?? "", /^Enter a username first/);
  assert(await page.isDisabled("#box"));
  await page.fill("#name", "ann one");
  await page.press("#name", "Enter");
  await page.waitForSelector(".toast.error >> text=A username cannot contain spaces");
  await enterAs(ann, "ann1");
  for (const id of ["name", "password", "join-button"]) assert(await page.isDisabled(`#${id}`), id);
  assertEquals(await page.textContent("#buffer-title"), "#join");
  await page.waitForSelector("#member-list >> text=/^@ann1$/");
  for (const _ of "12") await page.click(".toast.error button");
  await page.press("#box", "Enter");
  assertEquals(await page.locator(".toast, .entry.message").count(), 0);
}

async function refusedName(stage: Stage): Promise<void> {
  await using _bob = await stage.peer("bob2", "#taken");
  // The link of the channel "#" ends in "#,".
  const { page } = await stage.visit("#,#taken");
  await page.waitForSelector("#join-button >> text=/^Join # #taken$/");
  await page.fill("#name", "bob2");
  await page.press("#name", "Enter");
  await page.waitForSelector(".toast.error");
  assert(await page.isEnabled("#name"));
  // The server allows only ASCII letters, so the page joins with these and says so.
  await page.fill("#name", "änn2");
  await page.press("#name", "Enter");
  await page.waitForSelector(".toast >> text=does not allow the name änn2, so you are ann2 here");
  await page.waitForSelector("#box:not([disabled])");
  await page.waitForSelector("#member-list >> text=ann2");
  await page.waitForSelector("#channel-list li:nth-child(2)");
  assertEquals(await page.locator("#channel-list li").allTextContents(), ["#", "#taken"]);
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

async function multiline(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob5", "#lines");
  const { page } = await stage.enter("ann5", "#lines");
  await page.fill("#box", "one");
  await page.press("#box", "Shift+Enter");
  await page.type("#box", "two");
  await page.press("#box", "Enter");
  await page.waitForSelector(".entry.message .text");
  assertEquals(await page.textContent(".entry.message .text"), "one\ntwo");
  assertEquals(await page.locator(".entry.message").count(), 1);
  await bob.next(/:two/);
}

async function harmless(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob6", "#html");
  const { page, complaints } = await stage.enter("ann6", "#html");
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
  await using bob = await stage.peer("bob7", "#reload");
  const ann = await stage.enter("ann7", "#reload");
  const { page } = ann;
  bob.send("PRIVMSG #reload :before the reload");
  await page.waitForSelector(".entry >> text=before the reload");
  await page.fill("#box", "half a thought");
  await page.reload();
  assertEquals(await page.inputValue("#name"), "ann7");
  await bob.next(/ QUIT /);
  // More than the page loads at first.
  for (let at = 1; at <= 160; at++) bob.send(`PRIVMSG #reload :missed ${at}.`);
  await bob.lines();
  await page.press("#name", "Enter");
  await page.click("#to-unread");
  await page.waitForSelector(".separator.new + .entry:focus >> text=missed 1.");
  await page.waitForSelector(".entry.message >> text=before the reload");
  assertEquals(await page.inputValue("#box"), "half a thought");
  await write(ann, "after");
  assertMatch(await bob.next(/:after/), /:ann7!/);
}

async function rejoin(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob8", "#other14");
  bob.send("MODE #other14 +k green", "PRIVMSG #other14 :ann8, earlier");
  // The server gives this person the nick ann8.
  const ann = await stage.enter("ànn8", "#again");
  const { page } = ann;
  await write(ann, "/join #other14 green");
  await page.waitForSelector("#buffer-title >> text=#other14");
  const early = page.waitForEvent("websocket");
  await page.reload();
  // Before Enter, because the handshake takes as long as the answers behind it.
  const socket = await early;
  const sent: string[] = [];
  socket.on("framesent", ({ payload }) => sent.push(String(payload)));
  bob.send("PRIVMSG #other14 :ann8: later");
  await enterAs(ann, "ànn8");
  await page.waitForSelector("#channel-list >> text=#other14");
  await page.waitForSelector("#channel-list .count.mention");
  assertEquals(await page.locator("#channel-list button").allTextContents(), ["#again", "#other141"]);
  assertMatch(await page.title(), /^\(1\) #again/);
  assertEquals(sent.filter((line) => line.includes("LATEST #again ")).length, 1);
}

async function back(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob15", "#back");
  const ann = await stage.enter("ann15", "#back");
  const { page, complaints } = ann;
  bob.send("PRIVMSG ann15 :psst");
  await page.click("#conversation-list button");
  await page.waitForSelector(".entry.message >> text=psst");
  await write(ann, "what?");
  await bob.next(/:what\?/);
  await page.type("#box", "half a thought");
  const texts = async () => {
    await page.waitForSelector("#box:not([disabled])");
    await page.waitForSelector("#buffer-title >> text=bob15");
    await bob.next(/ JOIN /);
    return [...await page.locator(".entry.message .text").allTextContents(), await page.inputValue("#box")];
  };
  // The shell keeps no page that was left.
  await page.goto("about:blank");
  await page.goBack();
  assertEquals(await texts(), ["psst", "what?", "half a thought"]);
  bob.send("PRIVMSG ann15 :later");
  await isTrue(ann, "sessionStorage.getItem('conversations').includes('later')");
  // After a crash the page has not been told that it ends.
  await page.evaluate("addEventListener('pagehide', () => sessionStorage.removeItem('left'))");
  await page.reload();
  assertEquals(await texts(), ["psst", "what?", "later", "half a thought"]);
  await page.fill("#box", "");
  await write(ann, "/quit");
  // A person who left the chat does not come back by a crash.
  await isTrue(ann, "!document.querySelector('#name').disabled && sessionStorage.getItem('visit') === null");
  assertEquals(complaints, []);
}

async function restart(stage: Stage): Promise<void> {
  using data = temporaryFolder();
  const flags = ["--data", data.folder];
  const first = await startServer(flags);
  const port = String(first.webPort);
  const ann = await stage.browser.visit(`http://127.0.0.1:${port}/`);
  const { page, complaints } = ann;
  await enterAs(ann, "ann9");
  await write(ann, "before");
  await page.waitForSelector(".entry.message >> text=before");
  await first.stop();
  await page.waitForSelector("#status >> text=/Trying again/");
  await write(ann, "meanwhile");
  await using _second = await startServer([...flags, "--web-port", port]);
  await page.waitForSelector(".entry.message >> text=meanwhile");
  assert(await page.isHidden("#status"));
  assertEquals(await page.locator(".entry.message").count(), 2);
  complaints.splice(0); // The browser reports each failed attempt.
  await page.close();
}

const lostBefore = "the connection was lost before it arrived";

async function lostConnection(stage: Stage): Promise<void> {
  await using proxy = await startTlsProxy("laptop.local");
  proxy.lead(stage.server.webPort ?? 0);
  await using bob = await stage.peer("bob10", "#missed");
  const ann = await stage.browser.visit(`https://laptop.local:${proxy.port}/join#missed`);
  const { page, complaints } = ann;
  await enterAs(ann, "ann10");
  bob.send("PRIVMSG #missed :one");
  await page.waitForSelector(".entry.message >> text=one");
  await page.evaluate(`const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (line) {
      if (!line.includes("the void")) send.call(this, line);
    };`);
  await write(ann, "into the void");
  await page.waitForSelector(".entry.sending >> text=into the void");
  proxy.cut();
  await page.waitForSelector("#status:not([hidden])");
  await page.waitForSelector(".entry.checking >> text=into the void");
  await write(ann, "from afar");
  await page.type("#box", "half a thou");
  bob.send("PRIVMSG #missed :two", "PRIVMSG #missed :three");
  await bob.lines();
  proxy.lead(stage.server.webPort ?? 0);
  await page.evaluate("dispatchEvent(new Event('online'))");
  await page.waitForSelector(".entry.message >> text=from afar");
  await page.waitForSelector(".entry.unsent >> text=into the void");
  assertEquals(await page.textContent(".outgoing .delivery"), `Not sent: ${lostBefore} RetryCopyDelete`);
  await page.click(".outgoing button >> text=Delete");
  await page.waitForSelector(".outgoing", { state: "detached" });
  assertEquals(await page.locator(".entry.message .text").allTextContents(), [
    "one",
    "two",
    "three",
    "from afar",
  ]);
  await page.type("#box", "ght");
  assertEquals(await page.inputValue("#box"), "half a thought");
  assert(await page.isHidden("#status"));
  complaints.splice(0); // The browser reports each failed attempt.
}
