/** How many deliveries a server makes: every number of clients, every number of messages in flight (see load.ts). */

import { Crowd } from "./crowd.ts";
import { warmMs } from "./figures.ts";
import { measureLoad } from "./load.ts";
import type { Report } from "./report.ts";
import type { Kind, ServerName } from "./servers.ts";
import { inRounds, type OnFailure, type Rivals, SideBySide } from "./side_by_side.ts";

export interface ThroughputOptions {
  readonly kind: Kind;
  readonly clients: readonly number[];
  readonly inFlight: readonly number[];
  /** The number of measurements of each server. */
  readonly rounds: number;
  readonly windowMs: number;
}

/** Parts that a test replaces. */
export interface ThroughputParts {
  /** @default {servers of their own} */
  readonly open?: (count: number) => Promise<Rivals<Crowd> & AsyncDisposable>;
  /** @default {measureLoad} */
  readonly measure?: typeof measureLoad;
}

/** The name of a row. */
export function loadName(clients: number, inFlight: number, kind: Kind = "plain"): string {
  return `N=${clients} W=${inFlight}${kind === "plain" ? "" : ` ${kind}`}`;
}

/** Adds a row for each number of clients, of messages in flight, and server. */
export async function measureThroughput(
  names: readonly ServerName[],
  { kind, clients, inFlight, rounds, windowMs }: ThroughputOptions,
  report: Pick<Report, "add">,
  onFailure: OnFailure,
  { open, measure = measureLoad }: ThroughputParts = {},
): Promise<void> {
  const gather = open ??
    ((count) => SideBySide.open(names, (server) => Crowd.gather(server, { count, kind }), onFailure));
  for (const count of clients) {
    await using servers = await gather(count);
    for (const [at, each] of inFlight.entries()) {
      const what = loadName(count, each, kind);
      // The first load of a server that compiles while it runs is not counted.
      const cold = at === 0 ? 1 : 0;
      const found = await inRounds(
        servers,
        rounds + cold,
        ({ server, clients }) => measure(server, clients, { inFlight: each, warmMs, windowMs }),
        (name, error) => onFailure(name, new Error(`${what}: ${(error as Error).message}`)),
      );
      for (const [server, all] of found) {
        const figures = all.slice(cold);
        if (figures.length === 0) continue;
        report.add({ part: "fan-out", what, server }, {
          "per CPU second": figures.map(({ perCpuSecond }) => perCpuSecond),
          "per wall second": figures.map(({ perWallSecond }) => perWallSecond),
        });
      }
    }
  }
}
