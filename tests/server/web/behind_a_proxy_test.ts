/**
 * A proxy on this machine that the server was not told of: its visitors have none of the rights of this machine, and the
 * limits of one address hold for all of them together.
 */
import { assertEquals } from "@std/assert";
import { SocketLimits } from "../../../lib/net/socket_limits.ts";
import type { Route } from "../../../lib/server/web/web.ts";
import { Peer } from "../../support/peer.ts";
import { overWebSocket, type Site, siteStory } from "../../support/site.ts";

const forwarded = { "x-forwarded-for": "203.0.113.9" };
const advice: string[] = [];
const waiting: (() => void)[] = [];

/** Answers when the test says so. */
const hold: Route = (_request, response) => {
  waiting.push(() => response.end("done"));
  return Promise.resolve();
};

async function join(site: Site, headers: Record<string, string>): Promise<Peer> {
  const wire = await overWebSocket(`${site.origin.replace("http", "ws")}/`, undefined, headers);
  return await Peer.over(wire, "ann", { register: false });
}

async function mechanisms(site: Site, headers: Record<string, string>): Promise<string> {
  await using peer = await join(site, headers);
  peer.send("CAP LS 302");
  return /\bsasl=(\S+)/.exec(await peer.next(/ LS /))?.[1] ?? "none";
}

siteStory("visitors of a proxy that nobody named have no rights of this machine", {
  web: { onUntrustedProxy: (address, sign) => advice.push(`${address} ${sign}`) },
}, async (site) => {
  assertEquals(await mechanisms(site, {}), "PLAIN,SCRAM-SHA-256");
  assertEquals(await mechanisms(site, forwarded), "SCRAM-SHA-256");
  assertEquals(await mechanisms(site, { via: "1.1 attic" }), "SCRAM-SHA-256");
  assertEquals(advice, ["127.0.0.1 the header x-forwarded-for", "127.0.0.1 the header via"]);
  await using peer = await join(site, forwarded);
  peer.send("NICK ann", "USER ann 0 * :Ann", "WHOIS ann", "OPER a b");
  assertEquals((await peer.next(/ 311 /)).split(" ").slice(4, 6), ["~ann", "ann.proxy"]);
  assertEquals((await peer.next(/ 491 /)).includes("encrypted"), true);
});

siteStory("all visitors of a proxy that nobody named share the limits of one address", {
  web: { maxPerPeer: 2, limits: new SocketLimits({ maxPerPeer: 1 }), routes: [hold] },
}, async (site) => {
  const ask = (headers: Record<string, string>) => fetch(`${site.origin}/held`, { headers });
  await using chatting = await join(site, forwarded);
  chatting.send("CAP LS 302");
  await chatting.next(/ LS /);
  await using refused = await join(site, { forwarded: "for=198.51.100.7" });
  await refused.next(/ERROR :Closing link: Too many connections from your address/);
  const local = [ask({}), ask({}), ask({})];
  const first = ask(forwarded);
  while (waiting.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  const second = await ask({ via: "1.1 attic" });
  assertEquals([second.status, await second.text()], [429, "Too many requests from your address at once\n"]);
  for (const answer of waiting.splice(0)) answer();
  for (const answer of [...local, first]) assertEquals(await (await answer).text(), "done");
});
