/**
 * 30,000 lines reach a person at the page who reads older messages: first while connected, then while the connection is
 * lost. The page keeps its place, has few elements, answers keys, and counts each line.
 */
import { assert, assertEquals } from "@std/assert";
import { type BrowserVisitor, enterAs } from "../support/browser.ts";
import type { Peer } from "../support/peer.ts";
import { startTlsProxy } from "../support/tls_proxy.ts";
import { pageStories, type Stage } from "../client/page/page_stories.ts";

const lines = 30_000;
/** A slow machine shared with other programs needs some of this. */
const takenMs = 60_000;
const maxElements = 4_000;
/** A person feels a longer delay of a key. */
const maxKeyMs = 100;

pageStories("the page in a flood", {
  "30,000 lines arrive while the person reads older messages": live,
  "30,000 lines were missed without a connection": missed,
}, { flags: (folder) => ["--data", folder] });

async function live(stage: Stage): Promise<void> {
  await using bob = await stage.peer("bob1", "#live");
  await say(bob, "#live", 1, 300);
  const ann = await stage.enter("ann1", "#live");
  const seen = await readOlder(ann);
  const flood = say(bob, "#live", 301, 300 + lines);
  const keyMs = await typeUntil(ann, flood.then(() => allCounted(ann)));
  await requireCalm(ann, seen, keyMs);
}

async function missed(stage: Stage): Promise<void> {
  await using proxy = await startTlsProxy("laptop.local");
  proxy.lead(stage.server.webPort ?? 0);
  await using bob = await stage.peer("bob2", "#missed");
  await say(bob, "#missed", 1, 300);
  const ann = await stage.browser.visit(`https://laptop.local:${proxy.port}/join#missed`);
  await enterAs(ann, "ann2");
  const seen = await readOlder(ann);
  proxy.cut();
  await ann.page.waitForSelector("#status:not([hidden])");
  await say(bob, "#missed", 301, 300 + lines);
  proxy.lead(stage.server.webPort ?? 0);
  await requireCalm(ann, seen, await typeUntil(ann, allCounted(ann)));
  ann.complaints.splice(0); // The browser reports each failed attempt.
}

async function say(bob: Peer, channel: string, from: number, to: number): Promise<void> {
  for (let at = from; at <= to; at++) {
    bob.send(`PRIVMSG ${channel} :line ${at}. some words of a usual length`);
    if (at % 500 === 0) await bob.lines();
  }
  await bob.lines();
}

/** The first row in sight, and its place. */
const rowInSight = `(() => {
  const area = document.querySelector("#messages");
  const { top } = area.getBoundingClientRect();
  const row = [...area.querySelectorAll(".entry")].find((one) => one.getBoundingClientRect().top >= top);
  return row.textContent + " " + Math.round(row.getBoundingClientRect().top - top);
})()`;

async function readOlder({ page }: BrowserVisitor): Promise<unknown> {
  await page.waitForSelector(".entry >> text=line 300.");
  await page.evaluate("document.querySelector('#messages').scrollTop = 100");
  await page.waitForSelector("#to-latest >> text=Jump to latest");
  await page.waitForSelector(".entry >> text=line 220.", { state: "attached" });
  await page.evaluate(`(() => {
    window.keyMs = [];
    addEventListener("keydown", (event) => window.keyMs.push(performance.now() - event.timeStamp), true);
  })()`);
  return await page.evaluate(rowInSight);
}

async function allCounted({ page }: BrowserVisitor): Promise<void> {
  const count = lines.toLocaleString("en");
  await page.waitForSelector(`#to-latest >> text=/^${count} new messages/`, { timeout: takenMs });
}

/** Types until the end; returns the delay that nine of ten keys keep to. */
async function typeUntil({ page }: BrowserVisitor, end: Promise<void>): Promise<number> {
  let isOver = false;
  const ended = end.finally(() => isOver = true);
  await page.focus("#box");
  while (!isOver) {
    await page.keyboard.press("a");
    await Promise.race([ended, page.waitForTimeout(50)]);
  }
  await ended;
  const delays = await page.evaluate("window.keyMs.sort((a, b) => a - b)") as number[];
  return delays[Math.floor(delays.length * 0.9)] ?? 0;
}

async function requireCalm({ page }: BrowserVisitor, seen: unknown, keyMs: number): Promise<void> {
  assertEquals(await page.evaluate(rowInSight), seen);
  const elements = Number(await page.evaluate("document.querySelectorAll('*').length"));
  assert(elements < maxElements, `${elements} elements`);
  assert(keyMs < maxKeyMs, `${keyMs} ms`);
  await page.click("#to-latest");
  await page.waitForSelector(`.entry >> text=line ${300 + lines}.`);
}
