/** How many deliveries a server makes: every number of clients, every number of messages in flight (see load.ts). */

import { warmMs } from "./figures.ts";
import { measureLoad, type Throughput } from "./load.ts";
import type { ServerName } from "./servers.ts";
import { type OnFailure, SideBySide } from "./side_by_side.ts";

export interface ThroughputOptions {
  readonly clients: readonly number[];
  readonly inFlight: readonly number[];
  /** The number of measurements of each server, in turn with the others, because machines are noisy. */
  readonly rounds: number;
  readonly windowMs: number;
}

/** The place for the figures and the failures. */
export interface ThroughputReport {
  readonly rows: ThroughputRow[];
  readonly onFailure: OnFailure;
  /** @default {SideBySide.open} */
  readonly open?: (
    ...args: Parameters<typeof SideBySide.open>
  ) => Promise<Pick<SideBySide, "pairs" | "drop"> & AsyncDisposable>;
  /** @default {measureLoad} */
  readonly measure?: typeof measureLoad;
}

export interface ThroughputRow {
  readonly clients: number;
  readonly inFlight: number;
  /** One figure per round and server. */
  readonly rounds: readonly (ReadonlyMap<ServerName, Throughput>)[];
}

/** Adds a row for each number of clients and of messages in flight; what was measured before a failure stays. */
export async function measureThroughput(
  names: readonly ServerName[],
  { clients, inFlight, rounds, windowMs }: ThroughputOptions,
  { rows, onFailure, open = SideBySide.open, measure = measureLoad }: ThroughputReport,
): Promise<void> {
  for (const count of clients) {
    await using servers = await open(names, count, onFailure);
    const fresh = inFlight.map((each) => ({
      clients: count,
      inFlight: each,
      rounds: [] as Map<ServerName, Throughput>[],
    }));
    rows.push(...fresh);
    for (let round = 0; round < rounds; round++) {
      for (const row of fresh) {
        const figures = new Map<ServerName, Throughput>();
        row.rounds.push(figures);
        for (const pair of servers.pairs) {
          const { server, crowd } = pair;
          try {
            const options = { inFlight: row.inFlight, warmMs, windowMs };
            figures.set(server.name, await measure(server, crowd, options));
          } catch (error) {
            onFailure(server.name, new Error(`N=${count} W=${row.inFlight}: ${(error as Error).message}`));
            await servers.drop(pair);
          }
        }
      }
    }
  }
}
