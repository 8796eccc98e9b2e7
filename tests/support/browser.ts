/**
 * A real Chromium for tests of the page, driven by playwright-core; one for a whole file, because its start is slow.
 * Each visitor has its own cookies and storage. Errors of the page are collected for the test.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { findProgram } from "./programs.ts";

const chromium = findProgram("chromium");
/** The same engine without windows and notifications: a page in it costs half the CPU time. */
const shell = findProgram("chromium-headless-shell", "chromium");
/** Whether tests in a browser can run here. */
export const hasBrowser = chromium !== undefined;

/** The limit of every wait. It is long, because a busy machine is not an error. */
export const longestWaitMs = 15_000;
/** The sandbox needs rights that a container does not have. The browser sends no requests of its own. */
const flags = [
  // For a browser these names are other machines, so it does not trust them without TLS.
  "--host-resolver-rules=MAP laptop.local 127.0.0.1, MAP chat.test 127.0.0.1",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A visitor with an own page. */
export interface BrowserVisitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors that the page reported so far. */
  readonly complaints: string[];
}

/** A running browser. */
export interface TestBrowser extends AsyncDisposable {
  visit(
    url: string,
    options?: { readonly width?: number; readonly height?: number; readonly before?: string },
  ): Promise<BrowserVisitor>;
}

/** Starts it, `whole` or as a shell. The driver is loaded here, not above: without permissions a test file must still load. */
export async function startBrowser({ whole = false } = {}): Promise<TestBrowser> {
  const driver = await import("playwright-core");
  const executablePath = (whole ? chromium : shell) ?? "";
  const browser: Browser = await driver.chromium.launch({
    executablePath,
    args: flags,
    // The driver turns off the cache of left pages, which people have; the shell has none.
    ...(whole && { ignoreDefaultArgs: ["--disable-back-forward-cache"] }),
  });
  return {
    async visit(url, { width = 1100, height = 700, before = "" } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        locale: "en-GB",
        ignoreHTTPSErrors: true,
      });
      context.setDefaultTimeout(longestWaitMs);
      await context.addInitScript(before);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !isOfPlainHttp(message.text())) complaints.push(message.text());
      });
      await page.goto(url);
      return { page, context, complaints };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** The server sends this header always, though it only works over TLS. */
function isOfPlainHttp(complaint: string): boolean {
  return complaint.startsWith("The Cross-Origin-Opener-Policy header has been ignored");
}

/** The first join of a version takes seconds, and minutes on a busy machine. */
const joinLimitMs = 120_000;

/** Resolves once the server at the address sends the joined page: until then it sends every module by itself. */
export async function untilPageIsJoined(url: string): Promise<void> {
  const deadline = performance.now() + joinLimitMs;
  while (!(await (await fetch(url)).text()).includes("joined.js")) {
    if (performance.now() > deadline) throw new Error(`${url} is not joined`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Types a name and presses Enter. */
export async function enterAs({ page }: BrowserVisitor, nick: string): Promise<void> {
  await page.fill("#name", nick);
  await page.press("#name", "Enter");
  await page.waitForSelector("#box:not([disabled])");
  await page.waitForSelector("#channel-list [aria-current]", { state: "attached" });
}

/** Types a message and presses Enter. */
export async function write({ page }: BrowserVisitor, text: string): Promise<void> {
  await page.fill("#box", text);
  await page.press("#box", "Enter");
}

/** Resolves once an expression is true in the page. Its own waitForFunction() is against the policy of our page. */
export async function isTrue({ page }: BrowserVisitor, expression: string): Promise<void> {
  const deadline = performance.now() + longestWaitMs;
  while (!await page.evaluate(expression)) {
    if (performance.now() > deadline) throw new Error(`Never true: ${expression}`);
    await page.waitForTimeout(10);
  }
}
