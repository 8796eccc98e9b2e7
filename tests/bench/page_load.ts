/**
 * How long a person waits for the page: `measurePageLoad()` for the benchmark, and
 * `deno run -A tests/bench/page_load.ts [--json] [--rounds 3]` alone. Chromium plays a network of 100 ms and 4 Mbit/s. A load
 * lasts from the navigation until the channel is joined and the person can type; a reload uses the browser's cache.
 */
// deno-lint-ignore-file no-console
import type { CDPSession, Page } from "playwright-core";
import { helpText, type OptionTable, parseOptions } from "../../lib/options.ts";
import { hasBrowser, startBrowser, untilPageIsJoined } from "../support/browser.ts";
import { startServer } from "../support/server.ts";
import { formatTable, median } from "./figures.ts";

/** One load of the page. */
export interface PageLoad {
  /** Until the channel is joined. */
  readonly ms: number;
  /** All bytes of the answers, with their headers. */
  readonly bytes: number;
  readonly requests: number;
}

/** The medians of several rounds; each round has a server that ran before, and an empty browser. */
export interface PageLoads {
  readonly first: PageLoad;
  readonly reload: PageLoad;
}

/** The names of the rows of the benchmark. */
export const firstLoad = "first load, slow network";
export const secondLoad = "reload, slow network";

/** A slow network: the time until an answer begins, and what fits through in a second. */
const network = { latency: 100, bytesPerSecond: 4_000_000 / 8 };
const rows = {
  rounds: { kind: "number", default: 3, min: 1, max: 99, help: "rounds; the median is printed" },
  json: { kind: "flag", help: "print JSON in place of a table" },
  help: { kind: "flag", short: "h", help: "show this and stop" },
} as const satisfies OptionTable;

/** Whether this machine has a browser for it. */
export { hasBrowser as canMeasurePageLoad };

/** Starts a server with its data in memory, and a browser. */
export async function measurePageLoad(rounds: number): Promise<PageLoads> {
  await using server = await startServer(["--flood", "0", "--http-rate", "0"]);
  const url = `http://127.0.0.1:${server.webPort}/`;
  await untilPageIsJoined(url);
  await using browser = await startBrowser();
  const loads: PageLoads[] = [];
  for (let round = 0; round < rounds; round++) {
    const { page, context } = await browser.visit("about:blank");
    const meter = await LoadMeter.start(await context.newCDPSession(page));
    const first = await meter.measure(() => load(page, () => page.goto(url), `ann${round}`));
    // The browser stores compiled scripts a moment after the load.
    await page.waitForTimeout(1_000);
    const reload = await meter.measure(() => load(page, () => page.reload(), `ann${round}`));
    loads.push({ first, reload });
    await context.close();
  }
  return {
    first: medians(loads.map(({ first }) => first)),
    reload: medians(loads.map(({ reload }) => reload)),
  };
}

/** Goes there, joins as a person does, and waits until the channel is shown and one can type. */
async function load(page: Page, go: () => Promise<unknown>, nick: string): Promise<void> {
  await go();
  await page.fill("#name", nick);
  await page.press("#name", "Enter");
  await page.waitForSelector("#box:not([disabled])");
  await page.waitForSelector("#channel-list [aria-current]");
}

/** Counts what the page of one CDP session receives over the network. */
class LoadMeter {
  readonly #session: CDPSession;
  #bytes = 0;
  readonly #requests = new Set<string>();

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async start(session: CDPSession): Promise<LoadMeter> {
    const meter = new LoadMeter(session);
    session.on("Network.requestWillBeSent", ({ requestId }) => void meter.#requests.add(requestId));
    session.on("Network.requestServedFromCache", ({ requestId }) => void meter.#requests.delete(requestId));
    session.on("Network.responseReceived", ({ requestId, response }) => {
      if (response.fromDiskCache === true) meter.#requests.delete(requestId);
    });
    session.on("Network.webSocketCreated", ({ requestId }) => void meter.#requests.add(requestId));
    session.on("Network.webSocketFrameReceived", ({ response }) => {
      meter.#bytes += response.payloadData.length;
    });
    session.on("Network.loadingFinished", ({ encodedDataLength }) => {
      meter.#bytes += encodedDataLength;
    });
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: network.latency,
      downloadThroughput: network.bytesPerSecond,
      uploadThroughput: network.bytesPerSecond,
    });
    return meter;
  }

  async measure(act: () => Promise<void>): Promise<PageLoad> {
    this.#bytes = 0;
    this.#requests.clear();
    const startedMs = performance.now();
    await act();
    return { ms: performance.now() - startedMs, bytes: this.#bytes, requests: this.#requests.size };
  }
}

function medians(loads: readonly PageLoad[]): PageLoad {
  const of = (key: keyof PageLoad) => median(loads.map((one) => one[key]));
  return { ms: of("ms"), bytes: of("bytes"), requests: of("requests") };
}

/** The rows of a table. */
function formatPageLoads({ first, reload }: PageLoads): string {
  const row = (name: string, { ms, bytes, requests }: PageLoad) => [
    name,
    `${(ms / 1000).toFixed(2)} s`,
    `${(bytes / 1000).toFixed(0)} KB`,
    String(requests),
  ];
  return formatTable(["page", "joined after", "received", "requests"], [
    row("first load", first),
    row("reload", reload),
  ]);
}

async function main(): Promise<number> {
  const parsed = parseOptions(rows, Deno.args, {});
  if ("fault" in parsed) {
    console.error(parsed.fault);
    return 2;
  }
  const { help, json, rounds } = parsed.values;
  if (help) {
    const usage = "Measures how long a person waits for the page";
    console.log(helpText({ usage, examples: [], rows }));
    return 0;
  }
  if (!hasBrowser) {
    console.error("Cannot measure: Chromium is not installed");
    return 1;
  }
  const loads = await measurePageLoad(rounds);
  console.log(json ? JSON.stringify(loads, null, 2) : formatPageLoads(loads));
  return 0;
}

if (import.meta.main) Deno.exit(await main());
