/** Flood control on connections: nothing that a client sends is free. How much each line costs: line_cost_test.ts. */
import { assert, assertEquals } from "@std/assert";
import type { Settings } from "../../../lib/server/settings/settings.ts";
import { parseOptions } from "../../../lib/options.ts";
import { RequestRates } from "../../../lib/server/start/request_rates.ts";
import { settingRows } from "../../../lib/server/settings/settings.ts";
import type { SessionState } from "../../../lib/server/chat/session.ts";
import { FloodControl } from "../../../lib/server/hub/flood.ts";
import type { ChatOptions } from "../../support/chat.ts";
import { until } from "../../support/deadline.ts";
import { sendText } from "../../support/listening.ts";
import { visit } from "../../support/memory_connection.ts";
import { siteStory } from "../../support/site.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

/** The options of a chat whose clock moves only when a session has to wait. */
function flooded(settings: Partial<Settings> = {}): ChatOptions & { readonly waits: number[] } {
  let now = Date.UTC(2026, 10, 23);
  const waits: number[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    now += ms;
    return Promise.resolve();
  };
  return { settings: { flood: 5, ...settings }, now: () => now, sleep, waits };
}

const seconds = (waits: readonly number[]) => waits.reduce((all, one) => all + one, 0) / 1000;

const multiline = flooded({ plainLines: 0 });
story(
  "a plain reader gets no more lines a second from messages of several lines",
  multiline,
  async (chat) => {
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { caps: ["batch", "draft/multiline"] });
    await using bob = await visit(chat.hub, "10.1.2.4", "bob");
    for (let count = 0; count < 5; count++) {
      const lines = Array.from({ length: 40 }, (_, at) => `@batch=b PRIVMSG bob :${at}`);
      await ask(ann, "BATCH +b draft/multiline bob", ...lines, "BATCH -b");
    }
    const received = (await bob.lines()).length;
    assertEquals(received, 200);
    assert(received / (seconds(multiline.waits) + 10) < 5.5, `${seconds(multiline.waits)} s`);
  },
);

const departing = flooded({ flood: 1 });
story("a client that leaves while its line has to wait is gone soon", {
  ...departing,
  sleep: async (ms) => {
    departing.waits.push(ms);
    await new Promise((resolve) => setTimeout(resolve, 2));
  },
}, async (chat) => {
  const ann = await chat.peer("ann");
  // Each name that is no channel costs a line: 15 minutes, in 90 steps.
  ann.send(`JOIN ${Array.from({ length: 1000 }, (_, at) => at)}`);
  await until(() => departing.waits.length > 0);
  await ann[Symbol.asyncDispose]();
  await until(() => chat.hub.chat.find("ann") === undefined);
  assert(departing.waits.length < 60, `${departing.waits.length} steps`);
});

const blank = flooded();
story("blank lines and lines in tiny pieces make their sender wait", blank, async (chat) => {
  const ann = await chat.peer("ann");
  ann.send(new TextEncoder().encode("\r\n".repeat(4_000)));
  await ann.lines();
  assert(seconds(blank.waits) > 25, `${seconds(blank.waits)} s`);
});

/** Frames of a client with an empty mask. */
const frames = {
  ping: "\x89\x80\0\0\0\0",
  pong: "\x8a\x80\0\0\0\0",
  "empty text": "\x81\x80\0\0\0\0",
  "fragments without bytes": "\x01\x80\0\0\0\0" + "\0\x80\0\0\0\0".repeat(9) + "\x80\x80\0\0\0\0",
};
const upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

for (const [name, frame] of Object.entries(frames)) {
  const framed = flooded();
  siteStory(`WebSocket frames make their sender wait: ${name}`, { chat: framed }, async (site) => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
    await sendText(socket, upgrade);
    const all = Array.from(
      frame.repeat(Math.ceil(4_000 * 6 / frame.length)),
      (letter) => letter.charCodeAt(0),
    );
    const line = Array.from("PING end", (letter) => letter.charCodeAt(0));
    const bytes = Uint8Array.from([...all, 0x81, 0x80 + line.length, 0, 0, 0, 0, ...line]);
    const decoder = new TextDecoder();
    const read = (async () => {
      const space = new Uint8Array(65_536);
      for (let text = ""; !text.includes("PONG");) {
        text = text.slice(-100) + decoder.decode(space.subarray(0, await socket.read(space) ?? 0));
      }
    })();
    for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
    await read;
    assert(seconds(framed.waits) > 25, `${seconds(framed.waits)} s`);
  });
}

const arriving = flooded({ perAddress: 20 });
story("somebody who connects again and again waits before the first line is read", arriving, async (chat) => {
  for (let count = 0; count < 25; count++) {
    await using peer = await visit(chat.hub, "10.1.2.3", "ann", { register: false });
    await peer.lines();
  }
  assertEquals(arriving.waits, Array(5).fill(1000));
  await using other = await visit(chat.hub, "10.9.9.9", "bob");
  await other.lines();
  for (let count = 0; count < 30; count++) {
    await using peer = await visit(chat.hub, "127.0.0.1", "ann", { register: false });
    await peer.lines();
  }
  assertEquals(arriving.waits.length, 5);
});

Deno.test("a long answer costs its length, but messages that were asked for by number are paid for", () => {
  const session = { answeredBytes: 0, chat: { settings: { channelsPerUser: 100 } } };
  // Flood control reads nothing else of a session.
  const waitFor = (line: string, answer = 5) => {
    session.answeredBytes = 0;
    const control = new FloodControl(session as unknown as SessionState, 1, 0);
    for (let count = 0; count < 5; count++) control.waitMs(line, 0);
    session.answeredBytes += answer * 131_072;
    return control.waitMs("PING", 0);
  };
  assertEquals([waitFor("WHO *"), waitFor("CHATHISTORY LATEST #tea * 500"), waitFor("LIST")], [
    1000,
    0,
    1000,
  ]);
  // A page of one message can have a thousand deletions.
  assert(waitFor("CHATHISTORY LATEST #tea * 1", 10) > 1000);
});

Deno.test("an address has a rate of requests, and programs on this machine have ten times as much", () => {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  let now = 0;
  const rates = new RequestRates({ ...parsed.values, httpRate: 1 }, () => now);
  const admitted = (address: string, isLocal: boolean) => {
    let count = 0;
    while (rates.admit({ address, isLocal, secure: false, isProxied: false })) count++;
    return count;
  };
  assertEquals([admitted("10.1.2.3", false), admitted("127.0.0.1", true), admitted("127.0.0.1", false)], [
    50,
    500,
    50,
  ]);
  now += 3_000;
  assertEquals(admitted("10.1.2.3", false), 3);
  const free = new RequestRates({ ...parsed.values, httpRate: 0 }, () => now);
  for (let count = 0; count < 10_000; count++) {
    assert(free.admit({ address: "10.1.2.3", isLocal: false, secure: false, isProxied: false }));
  }
});

let left = 2;
siteStory("a request that comes too soon is told when to come again", {
  web: {
    admitRequest: () => left-- > 0,
    routes: [(_request, response) => Promise.resolve(void response.end("ok"))],
  },
}, async ({ origin }) => {
  const statuses = [];
  for (let count = 0; count < 3; count++) {
    const response = await fetch(`${origin}/`);
    await response.text();
    statuses.push([response.status, response.headers.get("retry-after")]);
  }
  assertEquals(statuses, [[200, null], [200, null], [429, "1"]]);
});
