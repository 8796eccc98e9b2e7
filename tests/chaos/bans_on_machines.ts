/** Bans on several machines with a real NATS: the past stays closed on each, also on one that joins during the ban. */
import { assertEquals } from "@std/assert";
import { type Cluster, clusterStory } from "../support/cluster.ts";
import type { Peer } from "../support/peer.ts";
import { ask } from "../support/transcript.ts";

/** The last words of the messages in an answer. */
async function words(peer: Peer, ...lines: string[]): Promise<string[]> {
  const answer = await ask(peer, ...lines);
  return answer.filter((line) => line.includes(" PRIVMSG ")).map((line) => line.split(" ").at(-1) ?? "");
}

const read = ["JOIN #tea", "CHATHISTORY LATEST #tea * 20", "SEARCH secret"];

async function banned(cluster: Cluster): Promise<void> {
  const [ann, bob] = await cluster.join("#tea", "ann", "bob");
  if (ann === undefined || bob === undefined) throw new Error("ann and bob are in #tea");
  await ask(ann, "PRIVMSG #tea before");
  await bob.next(/ :before$/);
  await ask(ann, "MODE #tea +b bob", "KICK #tea bob", "PRIVMSG #tea secret1");
  await bob.next(/ KICK /);
  const north = await cluster.add("north");
  const cat = await cluster.peer(north, "cat");
  await cat.join("#tea");
  await ask(ann, "PRIVMSG #tea secret2");
  const msgid = /msgid=([^; ]+)/.exec(await cat.next(/ :secret2$/))?.[1] ?? "";
  await ask(ann, "PART #tea");
  await cat.next(/^\S+ :ann!\S+ PART /);
  await ask(cat, "PART #tea");
  while ((await ask(bob, "NAMES #tea")).some((line) => line.includes(" 353 "))) await bob.lines();
  assertEquals(await words(bob, ...read), ["before"]);
  assertEquals((await ask(bob, `REDACT #tea ${msgid} :mine`)).map((line) => line.split(" ")[3]), [
    "UNKNOWN_MSGID",
  ]);
  let last = bob;
  for (const [server, witness] of [[north, cat], [0, ann]] as const) {
    last.send("QUIT");
    await last.closed();
    while ((await ask(witness, "WHOIS bob")).some((line) => line.includes(" 311 "))) await witness.lines();
    last = await cluster.peer(server, "bob");
    assertEquals(await words(last, ...read), ["before"]);
  }
}

clusterStory("what was said during a ban stays closed on every machine", ["east", "west"], banned);
