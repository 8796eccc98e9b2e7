/** The whole text of a long message, by the address that clients without draft/multiline get. */
import { assertEquals, assertMatch } from "@std/assert";
import { messageRoute } from "../../../lib/server/web/message_route.ts";
import type { Route } from "../../../lib/server/web/web.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { type Site, siteStory } from "../../support/site.ts";
import { ask, plain, receive } from "../../support/transcript.ts";

const lines = Array.from({ length: 20 }, (_, at) => `line \x02${at + 1}`);
const whole = `${Array.from({ length: 20 }, (_, at) => `line ${at + 1}`).join("\n")}\n`;

/** The site of the running test; its address and its chat are known only when it has started. */
const running: { site?: Site } = {};
const options = {
  chat: { webUrl: () => running.site && `${running.site.origin}/` },
  web: {
    routes: [(...args: Parameters<Route>) => {
      const { site } = running;
      return site && messageRoute(site.chat.hub.chat)(...args);
    }],
  },
};

siteStory("the last line of a long message has the address of the whole text", options, live);
siteStory("history has the same address, and a deleted message has none", options, deleted);
siteStory("the address of a private message works for both, and for accounts", options, privately);
siteStory("a changed address finds nothing, and only GET works", options, forged);

/** Ann sends 20 lines to a target. */
async function sendLong(ann: Peer, target: string): Promise<void> {
  ann.send(
    `BATCH +1 draft/multiline ${target}`,
    ...lines.map((line) => `@batch=1 PRIVMSG ${target} :${line}`),
  );
  await ask(ann, "BATCH -1");
}

async function two(site: Site): Promise<readonly [Peer, Peer]> {
  running.site = site;
  const { chat } = site;
  const ann = await chat.peer("ann", { caps: ["batch", "draft/multiline"] });
  const bob = await chat.peer("bob", { caps: ["message-tags"] });
  for (const peer of [ann, bob]) await peer.join("#tea");
  await ann.lines();
  return [ann, bob];
}

function address(received: readonly string[]): string {
  const [, found = ""] = /… 15 more lines: (http\S+)$/.exec(received.at(-1) ?? "") ?? [];
  assertMatch(found, /^http:\/\/127\.0\.0\.1:\d+\/text\/[\w-]+\.[0-9a-z]+\.[\w-]{22}$/);
  return found;
}

async function get(url: string, method = "GET"): Promise<[number, string]> {
  const response = await fetch(url, { method });
  return [response.status, await response.text()];
}

async function live(site: Site): Promise<void> {
  const [ann, bob] = await two(site);
  await sendLong(ann, "#tea");
  const received = await receive(bob);
  assertEquals(received.slice(0, 5), lines.slice(0, 5).map((line) => `:ann PRIVMSG #tea :${line}`));
  assertEquals(received.length, 6);
  const response = await fetch(address(received));
  assertEquals([response.status, await response.text()], [200, whole]);
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(response.headers.get("cache-control"), "no-store");
  await sendLong(ann, "@#tea");
  assertEquals(await receive(bob), []);
}

async function deleted(site: Site): Promise<void> {
  const [ann, bob] = await two(site);
  await sendLong(ann, "#tea");
  const [first = "", ...more] = await bob.lines();
  const url = address(plain(more));
  assertEquals(address(await ask(bob, "CHATHISTORY LATEST #tea * 1")), url);
  const id = /msgid=(\w+)/.exec(first)?.[1];
  await ask(ann, `REDACT #tea ${id}`);
  assertEquals(await get(url), [404, "This message does not exist, is deleted or has expired\n"]);
}

async function privately(site: Site): Promise<void> {
  const [ann, bob] = await two(site);
  await sendLong(ann, "bob");
  const url = address(await receive(bob));
  assertEquals(await get(url), [200, whole]);
  assertEquals(address(await ask(bob, "CHATHISTORY LATEST ann * 1")), url);
  await ask(bob, "CAP REQ :batch server-time", "NICK robert", `REGISTER * * ${password}`);
  bob.send("CHATHISTORY LATEST ann * 1");
  const replayed = plain(await bob.until(/ BATCH -/));
  assertEquals(address(replayed.filter((line) => line.includes("PRIVMSG"))), url);
  assertEquals(await get(url), [200, whole]);
  await between(site.chat, ann);
}

/** The conversation has the names of the accounts. */
async function between(chat: Chat, ann: Peer): Promise<void> {
  const cat = await registered(chat, "cat");
  await sendLong(ann, "cat");
  const url = address(await receive(cat));
  await ask(cat, "NICK dan");
  assertEquals(address(await ask(cat, "CHATHISTORY LATEST ann * 1")), url);
  assertEquals(await get(url), [200, whole]);
}

async function forged(site: Site): Promise<void> {
  const [ann, bob] = await two(site);
  await sendLong(ann, "#tea");
  const url = address(await receive(bob));
  const [, name, id, signature = ""] = /text\/([^.]+)\.([^.]+)\.(.+)$/.exec(url) ?? [];
  const other = btoa("#den").replace(/=+$/, "");
  for (
    const part of [
      `${name}.${id}`,
      `${other}.${id}.${signature}`,
      `${name}.1.${signature}`,
      `${name}.${id}.${"A".repeat(22)}`,
      "x",

      `${name}.${id}.${signature}.`,
    ]
  ) {
    const [status] = await get(`${site.origin}/text/${part}`);
    assertEquals([part, status], [part, 404]);
  }
  assertEquals((await get(url, "POST"))[0], 405);
  assertEquals(await get(url, "HEAD"), [200, ""]);
}
