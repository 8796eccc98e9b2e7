/** A chat with its web side on a free port, for tests of HTTP and WebSockets. */
import { startWeb, type WebListener, type WebOptions } from "../../lib/server/web/web.ts";
import { failureLog } from "../../lib/server/web/request_log.ts";
import { type Chat, type ChatOptions, startChat } from "./chat.ts";
import { until } from "./deadline.ts";
import type { Wire } from "./peer.ts";
import { granted } from "./permissions.ts";

/** A chat and its web side; closing it closes both. */
export interface Site extends AsyncDisposable {
  readonly chat: Chat;
  readonly web: WebListener;
  /** "http://127.0.0.1:PORT" */
  readonly origin: string;
}

/** The steps of a test with its site. */
export type SiteStory = (site: Site) => Promise<void> | void;

/** How the site of a test differs from the usual one. */
export interface SiteStoryOptions {
  readonly chat?: ChatOptions;
  readonly web?: Partial<WebOptions>;
}

/** Registers a test that gets a site, which is closed after it. */
export function siteStory(name: string, act: SiteStory): void;
export function siteStory(name: string, options: SiteStoryOptions, act: SiteStory): void;
export function siteStory(name: string, ...rest: [SiteStory] | [SiteStoryOptions, SiteStory]): void {
  const [{ chat, web }, act] = rest.length === 1 ? [{} as SiteStoryOptions, rest[0]] : rest;
  Deno.test({
    name,
    ignore: !granted("net", "read", "env"),
    async fn() {
      await using site = startSite(chat, web);
      await act(site);
    },
  });
}

/** Starts both. */
export function startSite(options: ChatOptions = {}, web: Partial<WebOptions> = {}): Site {
  const chat = startChat(options);
  const attached: Promise<void>[] = [];
  const listener = startWeb({
    hostname: "127.0.0.1",
    port: 0,
    maxPerPeer: 0,
    stream: chat.stream,
    origins: [],
    basePath: "/",
    names: [],
    onConnection: (connection) => void attached.push(chat.hub.attach(connection)),
    routes: [],
    onError: (error) => {
      throw error;
    },
    onAnswered: failureLog(chat.state),
    ...web,
  });
  return {
    chat,
    web: listener,
    origin: `http://127.0.0.1:${listener.port}`,
    async [Symbol.asyncDispose]() {
      chat.hub.close("The test is over");
      await Promise.all(attached);
      await listener.close();
      await until(() => listener.connections === 0);
      await chat[Symbol.asyncDispose]();
    },
  };
}

/** A wire for Peer.over: the runtime's own WebSocket. */
export async function overWebSocket(
  url: string,
  protocols: string[] = ["text.ircv3.net"],
  headers: Record<string, string> = {},
): Promise<Wire> {
  // Only Deno has this form; the types of browsers know only a list of protocols.
  const options: unknown = { protocols, headers };
  const socket = new WebSocket(url, options as string[]);
  socket.binaryType = "arraybuffer";
  const queue: string[] = [];
  let wake: (() => void) | undefined;
  let over = false;
  const decoder = new TextDecoder();
  socket.onmessage = ({ data }) => {
    const text = typeof data === "string" ? data : decoder.decode(data);
    if (socket.protocol === "lines.parley") queue.push(...text.split("\r\n").slice(0, -1));
    else queue.push(text);
    wake?.();
  };
  const closed = new Promise<void>((resolve) => {
    socket.onclose = () => {
      over = true;
      wake?.();
      resolve();
    };
  });
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`Cannot open ${url}`));
  });
  socket.onerror = null;
  return {
    lines: (async function* () {
      for (;;) {
        const line = queue.shift();
        if (line !== undefined) yield line;
        else if (over) return void await closed;
        else await new Promise<void>((resolve) => wake = resolve);
      }
    })(),
    send: (line) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(line as string);
    },
    close: () => socket.close(),
  };
}
