/**
 * Three machines, one of them in a network namespace of its own whose cable to NATS is cut as a real one: nothing is
 * closed, packets are lost. Nobody on the two others is thrown out, and all are told. It needs root on Linux; elsewhere
 * it is ignored, and cut_off.ts shows the same with a proxy. Only `deno task chaos` runs it.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { pause } from "../support/deadline.ts";
import { type CutKind, NetworkNamespace } from "../support/network_namespace.ts";
import type { Peer } from "../support/peer.ts";
import { print } from "../support/print.ts";
import { hasProgram } from "../support/programs.ts";

const rounds = Number(Deno.env.get("PARLEY_CUT_ROUNDS") ?? 1);
const leaseMs = Number(Deno.env.get("PARLEY_CUT_LEASE_MS") ?? 2000);
const namespace = hasProgram("nats-server") && hasProgram("ip") ? NetworkNamespace.open() : undefined;
const cuts: readonly (readonly [CutKind, leases: number])[] = [
  ["both ways", 1.67],
  ["both ways", 5],
  ["cannot hear", 2.5],
  ["cannot send", 2.5],
];

Deno.test({
  name: "a machine whose cable is cut throws out nobody on the others",
  ignore: namespace === undefined,
  async fn() {
    if (namespace === undefined) return;
    using network = namespace;
    await using cluster = await Cluster.startOn(network.hostAddress);
    const lease = ["--lease", `${leaseMs}ms`];
    await cluster.add("east", lease);
    await cluster.add("west", lease);
    const inside = [...lease, "--host", network.peopleAddress];
    await cluster.add("north", inside, { through: network.through, hostname: network.peopleAddress });
    for (let round = 0; round < rounds; round++) {
      for (const [kind, leases] of cuts) await endure(cluster, network, kind, leases * leaseMs);
    }
  },
});

async function endure(cluster: Cluster, network: NetworkNamespace, kind: CutKind, ms: number): Promise<void> {
  const [ann, bob, cat] = await enter(cluster);
  await pause(Math.random() * leaseMs / 6);
  const began = performance.now();
  network.cut(kind);
  const quit = ann.until(/:cat!\S+ QUIT /).then(() => performance.now() - began, () => undefined);
  await pause(ms);
  network.heal();
  const healed = performance.now();
  const told = (await cat.closed()).at(-1) ?? "";
  const toldMs = performance.now() - healed;
  const quitMs = await quit;
  // Packets that were held back have arrived; a lease later everybody would know.
  await pause(1.5 * leaseMs);
  ann.send("PRIVMSG #tea :after");
  const seen = [...await ann.lines(), ...await bob.until("after")];
  assertEquals(seen.filter((line) => / QUIT /.test(line) && !line.includes(":cat!")), []);
  assertMatch(told, /ERROR :Closing link: This server was cut off from the others; connect again/);
  const times = `the others read the quit after ${Math.round(quitMs ?? -1)} ms, its people are told ${
    Math.round(toldMs)
  } ms after its end`;
  print(`${kind}, cut for ${ms} ms: nobody else is thrown out; ${times}`);
  for (const peer of [ann, bob]) peer.send("QUIT");
  for (const peer of [ann, bob]) await peer.closed();
}

/** One person on each machine, all in #tea. */
async function enter(cluster: Cluster): Promise<[Peer, Peer, Peer]> {
  for (let tries = 0;; tries++) {
    try {
      const [ann, bob, cat] = await cluster.join("#tea", "ann", "bob", "cat");
      if (ann === undefined || bob === undefined || cat === undefined) throw new Error("A person is missing");
      return [ann, bob, cat];
    } catch (error) {
      if (tries > 20) throw error;
      await pause(500);
    }
  }
}
