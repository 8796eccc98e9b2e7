/** A stage for the stories of the page: one server, one browser, and the people who take part. */
import { assertEquals } from "@std/assert";
import {
  type BrowserVisitor,
  enterAs,
  hasBrowser,
  startBrowser,
  type TestBrowser,
  untilPageIsJoined,
} from "../../support/browser.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { Peer } from "../../support/peer.ts";
import { type RunningServer, startServer } from "../../support/server.ts";

/** One story. */
export type PageStory = (stage: Stage) => Promise<void>;

const peerCaps = ["message-tags", "server-time", "echo-message", "batch", "labeled-response"];

/** Each story has its own channels and names, so that no story disturbs another. */
export class Stage {
  readonly server: RunningServer;
  readonly browser: TestBrowser;

  constructor(server: RunningServer, browser: TestBrowser) {
    this.server = server;
    this.browser = browser;
  }

  /** A person at the page, in a channel. */
  async enter(nick: string, channel: string, width?: number): Promise<BrowserVisitor> {
    const visitor = await this.visit(channel, width);
    await enterAs(visitor, nick);
    return visitor;
  }

  /** A person who has opened the page by an invite link and has not joined yet. */
  visit(channel: string, width?: number, host = "127.0.0.1"): Promise<BrowserVisitor> {
    return this.browser.visit(
      `http://${host}:${this.server.webPort}/join${channel}`,
      width ? { width } : {},
    );
  }

  /** A person with another app, in a channel. */
  async peer(nick: string, channel: string): Promise<Peer> {
    const peer = await Peer.connect(this.server.port, nick, { caps: peerCaps });
    await peer.join(channel);
    return peer;
  }
}

/** How the server and the browser of the stories differ from the usual ones. */
export interface PageOptions {
  /** Flags of the server; the folder is deleted after the stories. */
  readonly flags?: (folder: string) => readonly string[];
  /** A browser with windows and notifications, which the headless shell does not have. @default {false} */
  readonly whole?: boolean;
}

/** Stories that are played at the same time: a story mostly waits for the browser. */
const storiesAtOnce = 2;

/** Registers a test that plays the stories, in this order but not alone; an error in the console of a page fails its story. */
export function pageStories(
  name: string,
  stories: Readonly<Record<string, PageStory>>,
  options: PageOptions = {},
): void {
  Deno.test({
    name,
    ignore: !hasBrowser,
    // The driver keeps resources from one story to the next.
    sanitizeOps: false,
    sanitizeResources: false,
    sanitizeExit: false,
    fn: (test) => play(test, stories, options),
  });
}

async function play(
  test: Deno.TestContext,
  stories: Readonly<Record<string, PageStory>>,
  { flags = () => [], whole = false }: PageOptions,
): Promise<void> {
  using place = temporaryFolder();
  await using server = await startServer(flags(place.folder));
  await using browser = await startBrowser({ whole });
  await untilPageIsJoined(`http://127.0.0.1:${server.webPort}/`);
  const waiting = Object.entries(stories);
  const playNext = async (): Promise<void> => {
    const [name, story] = waiting.shift() ?? [];
    if (name === undefined || story === undefined) return;
    const sanitizers = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
    const fn = async () => {
      const visited: BrowserVisitor[] = [];
      const stage = new Stage(server, {
        ...browser,
        async visit(...args) {
          const visitor = await browser.visit(...args);
          visited.push(visitor);
          return visitor;
        },
      });
      try {
        await story(stage);
        assertEquals(visited.flatMap((visitor) => visitor.complaints), []);
      } finally {
        for (const { context } of visited) await context.close();
      }
    };
    await test.step({ name, fn, ...sanitizers });
    await playNext();
  };
  // Only one page of a browser with windows can be in front.
  await Promise.all(Array.from({ length: whole ? 1 : storiesAtOnce }, playNext));
}
