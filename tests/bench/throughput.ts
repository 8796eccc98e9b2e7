/** How many deliveries a server makes: every number of clients, every number of messages in flight (see load.ts). */

import { warmMs } from "./figures.ts";
import { measureLoad, type Throughput } from "./load.ts";
import type { ServerName } from "./servers.ts";
import { SideBySide } from "./side_by_side.ts";

export interface ThroughputOptions {
  readonly clients: readonly number[];
  readonly inFlight: readonly number[];
  /** The number of measurements of each server, in turn with the others, because machines are noisy. */
  readonly rounds: number;
  readonly windowMs: number;
}

export interface ThroughputRow {
  readonly clients: number;
  readonly inFlight: number;
  /** One figure per round and server. */
  readonly rounds: readonly (ReadonlyMap<ServerName, Throughput>)[];
}

export async function measureThroughput(
  names: readonly ServerName[],
  { clients, inFlight, rounds, windowMs }: ThroughputOptions,
): Promise<ThroughputRow[]> {
  const rows: ThroughputRow[] = [];
  for (const count of clients) {
    await using servers = await SideBySide.open(names, count);
    const fresh = inFlight.map((each) => ({
      clients: count,
      inFlight: each,
      rounds: [] as Map<ServerName, Throughput>[],
    }));
    for (let round = 0; round < rounds; round++) {
      for (const row of fresh) {
        const figures = new Map<ServerName, Throughput>();
        for (const { server, crowd } of servers.pairs) {
          const options = { inFlight: row.inFlight, warmMs, windowMs };
          figures.set(server.name, await measureLoad(server, crowd, options));
        }
        row.rounds.push(figures);
      }
    }
    rows.push(...fresh);
  }
  return rows;
}
