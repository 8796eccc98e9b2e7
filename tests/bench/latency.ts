/** How long a delivery takes when people talk at a steady rate, in a channel of a hundred. */

import { type Latency, Pulse } from "./pulse.ts";
import type { ServerName } from "./servers.ts";
import { type OnFailure, type ServerWithCrowd, SideBySide } from "./side_by_side.ts";
import { pause } from "../support/deadline.ts";
import { median, warmMs } from "./figures.ts";

export interface LatencyOptions {
  /** Messages per second. */
  readonly rate: number;
  readonly rounds: number;
  readonly windowMs: number;
}

const clients = 100;

async function fail(servers: SideBySide, pair: ServerWithCrowd, onFailure: OnFailure): Promise<void> {
  onFailure(pair.server.name, new Error(pair.crowd.lossSentence));
  await servers.drop(pair);
}

/** The median of the rounds. */
export async function measureLatency(
  names: readonly ServerName[],
  { rate, rounds, windowMs }: LatencyOptions,
  onFailure: OnFailure,
): Promise<Map<ServerName, Latency>> {
  await using servers = await SideBySide.open(names, clients, onFailure);
  const found = new Map<ServerName, Latency[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { server, crowd } of servers.pairs) {
      const pulse = new Pulse(crowd, { rate });
      await pause(warmMs);
      pulse.take();
      await pause(windowMs);
      found.get(server.name)?.push(pulse.take());
      pulse.stop();
      await pause(warmMs);
      if (!crowd.isWhole) await fail(servers, { server, crowd }, onFailure);
    }
  }
  return new Map(
    [...found].filter(([, list]) => list.length > 0).map(([name, list]) => [name, {
      p50Ms: median(list.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(list.map(({ p99Ms }) => p99Ms)),
      deliveries: list.reduce((sum, { deliveries }) => sum + deliveries, 0),
    }]),
  );
}
