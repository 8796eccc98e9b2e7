/**
 * The page with many lines, in Chromium: the longest key press of a person who has scrolled up while 30,000 lines arrive,
 * and the memory of a page that is in 100 channels with 1,000 messages each. "MB" is the JavaScript heap after a collection;
 * "MB private" is the memory footprint of its process, as Chromium defines it: all memory that is no part of a file. Pages of
 * the browser's own file (50 MB) belong to one process only while no other browser runs, so they are not counted.
 */
import type { CDPSession } from "playwright-core";
import { type BrowserVisitor, enterAs, isTrue, startBrowser } from "../support/browser.ts";
import { pause } from "../support/deadline.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { LoadClient } from "./load_client.ts";
import type { Report } from "./report.ts";

/** The names of the rows. */
export const missedLines = "30,000 missed lines";
export const manyChannels = "100 channels × 1,000";

const linesBefore = 300;
const missed = 30_000;
const channels = 100;
const messagesEach = 1_000;
const perBurst = 50;
const giveUpMs = 120_000;
const keyEveryMs = 50;

export async function measurePageFlood(report: Pick<Report, "add">): Promise<void> {
  await using server = await startServer(["--flood", "0", "--tls", "off", "--channels-per-user", "200"]);
  await using browser = await startBrowser();
  for (const [nick, measure] of [["ann", measureMissed], ["eve", measureMemory]] as const) {
    const visitor = await browser.visit(`http://127.0.0.1:${server.webPort}/`);
    await enterAs(visitor, nick);
    const session = await visitor.context.newCDPSession(visitor.page);
    await session.send("Performance.enable");
    await measure({ server, visitor, session, report });
    await visitor.context.close();
  }
}

/** A page that has entered, and its server. */
interface OpenPage {
  readonly server: RunningServer;
  readonly visitor: BrowserVisitor;
  /** Reads the counters of the page. */
  readonly session: CDPSession;
  readonly report: Pick<Report, "add">;
}

async function measureMissed({ server, visitor, session, report }: OpenPage): Promise<void> {
  const { page } = visitor;
  const bob = await enter(server, "bob", ["#lobby"]);
  await bob.ask(`${lines("#lobby", linesBefore)}PING sent`, " PONG ");
  await isTrue(
    visitor,
    `document.querySelector("#messages").textContent.includes("line ${linesBefore - 1}.")`,
  );
  await page.evaluate(`document.querySelector("#messages").scrollTop = 100`);
  await isTrue(visitor, `document.querySelector("#to-latest").textContent.startsWith("Jump")`);
  await page.evaluate(watchKeys);
  const startedAt = performance.now();
  bob.say(lines("#lobby", missed));
  const isThere = `document.querySelector("#to-latest").textContent.startsWith("${
    missed.toLocaleString("en")
  } new")`;
  await page.focus("#box");
  while (!await page.evaluate(isThere)) {
    if (performance.now() - startedAt > giveUpMs) {
      throw new Error("Cannot go on: the page does not get the lines");
    }
    await page.keyboard.press("a");
    await pause(keyEveryMs);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  bob.close();
  const keys = await page.evaluate("window.keyMs") as number[];
  const paints = await page.evaluate("window.paintMs") as number[];
  report.add({ part: "page", what: missedLines, server: "page" }, {
    seconds: [seconds],
    "key ms": [Math.max(...keys)],
    "paint ms": [Math.max(shortestMs, ...paints)],
    nodes: [(await metrics(session)).get("Nodes") ?? NaN],
  });
}

/** A browser tells about no shorter ones, and rounds to 8 ms. */
const shortestMs = 16;
/** The time from each key to the end of its handlers, and to the picture with its letter. */
const watchKeys = `(() => {
  window.keyMs = [];
  window.paintMs = [];
  new PerformanceObserver((list) => window.paintMs.push(
    ...list.getEntries().filter(({ name }) => name === "keydown").map(({ duration }) => duration)
  )).observe({ type: "event", durationThreshold: ${shortestMs} });
  addEventListener("keydown", ({ timeStamp }) => {
    queueMicrotask(() => window.keyMs.push(performance.now() - timeStamp));
  }, true);
})()`;

async function measureMemory({ server, visitor, session, report }: OpenPage): Promise<void> {
  const { page } = visitor;
  const names = Array.from({ length: channels }, (_, at) => `#chan${at}`);
  const bob = await enter(server, "bea", names);
  for (let at = 0; at < channels; at += 20) {
    await page.fill("#box", `/join ${names.slice(at, at + 20).join(",")}`);
    await page.press("#box", "Enter");
    await isTrue(visitor, `document.querySelectorAll("#channel-list li").length > ${at + 20}`);
  }
  for (let sent = 0; sent < messagesEach; sent += perBurst) {
    const burst = names.map((name) => lines(name, perBurst, sent)).join("");
    await bob.ask(`${burst}PING sent`, " PONG ");
    // One channel is shown, and has no counter. A page that is too far behind would be disconnected.
    await isTrue(
      visitor,
      `[...document.querySelectorAll("#channel-list .count")].map(({ textContent }) => textContent)
        .filter((text) => Number(text.replaceAll(/\\D/g, "")) >= ${sent + perBurst}).length >= ${
        channels - 1
      }`,
    );
  }
  bob.close();
  for (let round = 0; round < 3; round++) {
    await session.send("HeapProfiler.collectGarbage");
    await pause(300);
  }
  const found = await metrics(session);
  report.add({ part: "page", what: manyChannels, server: "page" }, {
    nodes: [found.get("Nodes") ?? NaN],
    MB: [(found.get("JSHeapUsedSize") ?? NaN) / 1e6],
    "MB private": [await privateMb(visitor)],
  });
}

async function enter({ port }: RunningServer, nick: string, names: readonly string[]): Promise<LoadClient> {
  const client = await LoadClient.connect(
    port,
    `NICK ${nick}\r\nUSER ${nick} 0 * :${nick}`,
    " 376 ",
    " 422 ",
  );
  for (let at = 0; at < names.length; at += 20) {
    await client.ask(`JOIN ${names.slice(at, at + 20).join(",")}\r\nPING in`, " PONG ");
  }
  return client;
}

function lines(target: string, count: number, from = 0): string {
  const all = Array.from(
    { length: count },
    (_, at) => `PRIVMSG ${target} :line ${from + at}. some words of a usual length, as people write them\r\n`,
  );
  return all.join("");
}

async function metrics(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** The footprint of the largest process that shows a page, in MB; NaN where the system does not say. */
async function privateMb({ context }: BrowserVisitor): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession();
  const found = await session?.send("SystemInfo.getProcessInfo");
  const pages = found?.processInfo.filter(({ type }) => type === "renderer") ?? [];
  return Math.max(...pages.map(({ id }) => {
    const text = Deno.readTextFileSync(`/proc/${id}/status`);
    const kib = [...text.matchAll(/^(?:RssAnon|VmSwap):\s+(\d+) kB$/gm)].reduce(
      (sum, [, size]) => sum + Number(size),
      0,
    );
    return kib / 1000;
  }));
}
