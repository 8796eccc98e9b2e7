/**
 * Many machines: the time of a message between two people on a single server, on one of three machines, and on two
 * machines; and the messages per second that three machines order together. Needs nats-server. All processes run on one
 * machine: real machines have a network between them, and more CPU.
 */
import { Cluster } from "../support/cluster.ts";
import { startServer } from "../support/server.ts";
import { channel, nickOf } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import { percentile, warmMs } from "./figures.ts";
import { benchLine, senderAt, sequenceAt } from "./line.ts";
import { LoadClient } from "./load_client.ts";
import type { Report } from "./report.ts";

const windowMs = 2_000;
/** Messages a second while latency is measured. */
const rate = 200;
/** Senders on each machine, and the lines that each has in flight. */
const talkers = 16;
const inFlight = 4;
/** The server waits until each line of one person is ordered. "--flood 0" turns off the other wait. */
const flags = ["--flood", "0", "--tls", "off", "--web", "off"];

/** The names of the rows. */
export const onAServerAlone = "on a server alone";
export const onOneOfThree = "on one of three";
export const threeTogether = "three together";

type Delay = readonly [p50Ms: number, p99Ms: number];
let people = 0;

export async function measureMachines(rounds: number, report: Pick<Report, "add">): Promise<void> {
  const alone = await startServer(flags);
  const cluster = await Cluster.start();
  try {
    const ports = [];
    for (const name of ["east", "west", "north"]) ports.push((await cluster.add(name, flags)).port);
    const [east = 0, west = 0] = ports;
    const paths = [
      [onAServerAlone, alone.port, alone.port],
      [onOneOfThree, east, east],
      ["from one to another", east, west],
    ] as const;
    const delays = paths.map((): Delay[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [at, [, from, to]] of paths.entries()) delays[at]?.push(await delay(from, to));
    }
    for (const [at, [what]] of paths.entries()) {
      const found = delays[at] ?? [];
      report.add({ part: "machines", what, server: "machines" }, {
        "p50 ms": found.map(([p50]) => p50),
        "p99 ms": found.map(([, p99]) => p99),
      });
    }
    const found = await together(ports, rounds);
    report.add({ part: "machines", what: threeTogether, server: "machines" }, {
      "messages per second": found,
    });
  } finally {
    await cluster[Symbol.asyncDispose]();
    await alone.kill();
  }
}

async function delay(from: number, to: number): Promise<Delay> {
  const [sender, reader] = [await enter(from), await enter(to)];
  const sentAt: number[] = [];
  const delays: number[] = [];
  reader.onDelivery = (buffer, end) => {
    delays.push(performance.now() - (sentAt[sequenceAt(buffer, end)] ?? NaN));
  };
  const startedAt = performance.now();
  while (sentAt.length < rate * windowMs / 1000) {
    const dueMs = startedAt + sentAt.length * 1000 / rate - performance.now();
    if (dueMs > 0) await pause(dueMs);
    sentAt.push(performance.now());
    sender.send(benchLine(channel, 0, sentAt.length - 1));
  }
  await sender.ask("PING settled", "settled");
  await pause(warmMs);
  for (const peer of [sender, reader]) peer.close();
  const sorted = delays.sort((one, other) => one - other);
  return [percentile(sorted, 0.5), percentile(sorted, 0.99)];
}

async function together(ports: readonly number[], rounds: number): Promise<number[]> {
  const peers: LoadClient[] = [];
  for (const port of ports) {
    for (let at = 0; at < talkers; at++) peers.push(await enter(port, { hearsItself: true }));
  }
  for (const [at, peer] of peers.entries()) {
    const line = benchLine(`#own${at}`, 0);
    await peer.ask(`JOIN #own${at}`, " 366 ");
    // A line that it receives from its own channel is its own line, in its place in the order.
    peer.onDelivery = (buffer, end) => {
      if (senderAt(buffer, end) === 0) peer.send(line);
    };
    for (let count = 0; count < inFlight; count++) peer.send(line);
  }
  const delivered = () => peers.reduce((sum, peer) => sum + peer.delivered, 0);
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await pause(warmMs);
    const [before, startedAt] = [delivered(), performance.now()];
    await pause(windowMs);
    figures.push((delivered() - before) / (performance.now() - startedAt) * 1000);
  }
  for (const peer of peers) peer.close();
  return figures;
}

async function enter(port: number, { hearsItself = false } = {}): Promise<LoadClient> {
  const peer = await LoadClient.connect(port, "CAP LS 302", " LS ");
  const wish = hearsItself ? "CAP REQ :echo-message\r\n" : "";
  await peer.ask(`${wish}NICK ${nickOf(people++)}\r\nUSER ann 0 * :Ann\r\nCAP END`, " 376 ", " 422 ");
  if (!hearsItself) await peer.ask(`JOIN ${channel}`, " 366 ");
  return peer;
}
