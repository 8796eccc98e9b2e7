/** All figures of one run, and their tables. The targets are in targets.ts. */

import { formatCount, formatTable, median } from "./figures.ts";
import type { Idle } from "./idle.ts";
import type { Throughput } from "./load.ts";
import type { Latency } from "./pulse.ts";
import type { ServerName } from "./servers.ts";
import type { Stuck } from "./stuck.ts";
import type { ThroughputRow } from "./throughput.ts";

/** Empty where nothing was measured. */
export interface Report {
  readonly servers: readonly ServerName[];
  readonly throughput: ThroughputRow[];
  latency: ReadonlyMap<ServerName, Latency>;
  idle: ReadonlyMap<ServerName, Idle>;
  readonly stuck: Map<ServerName, Stuck>;
  /** Milliseconds. */
  readonly starts: Map<ServerName, number>;
  /** Sentences about what could not be measured. */
  readonly failures: string[];
}

export function emptyReport(servers: readonly ServerName[]): Report {
  const [latency, idle, stuck, starts] = [new Map(), new Map(), new Map(), new Map()];
  return { servers, throughput: [], latency, idle, stuck, starts, failures: [] };
}

type Measure = keyof Throughput;

/** The median of a figure over the rounds; NaN where it was not measured. */
export function figure(row: ThroughputRow, server: ServerName, measure: Measure): number {
  return median(row.rounds.flatMap((round) => round.get(server)?.[measure] ?? []));
}

/** The median over the rounds of the ratio of two servers in the same round. */
export function ratio(row: ThroughputRow, one: ServerName, other: ServerName, measure: Measure): number {
  return median(
    row.rounds.map((round) => (round.get(one)?.[measure] ?? NaN) / (round.get(other)?.[measure] ?? NaN))
      .filter((quotient) => !Number.isNaN(quotient)),
  );
}

/** Every table of the measurements, each with a heading. */
export function formatReport(report: Report): string {
  const parts = [
    throughputTable(report, "perCpuSecond", "Deliveries per server CPU second"),
    throughputTable(report, "perWallSecond", "Deliveries per wall second"),
    serverTable(
      "Latency at a fixed rate, 100 clients",
      ["p50 ms", "p99 ms", "deliveries"],
      report.latency,
      (row) => [
        row.p50Ms.toFixed(2),
        row.p99Ms.toFixed(2),
        formatCount(row.deliveries),
      ],
    ),
    serverTable(
      "Memory of idle connections",
      ["connections", "KiB without", "KiB each on arrival", "at rest"],
      report.idle,
      (row) => [
        String(row.connections),
        String(row.withoutKib),
        row.arrivedKib.toFixed(1),
        row.restedKib.toFixed(1),
      ],
    ),
    serverTable(
      "One client stops reading",
      ["others' p99 ms before", "and then", "ratio", "cut off after ms"],
      report.stuck,
      ({ readingP99Ms, stuckP99Ms, ratio, cutOffMs }) => [
        readingP99Ms.toFixed(2),
        stuckP99Ms.toFixed(2),
        ratio.toFixed(2),
        cutOffMs === Infinity ? "never" : cutOffMs.toFixed(0),
      ],
    ),
    serverTable("From start to listening", ["ms"], report.starts, (ms) => [ms.toFixed(0)]),
  ];
  if (report.failures.length > 0) {
    parts.push(["Not measured", ...report.failures.map((one) => `  ${one}`)].join("\n"));
  }
  return parts.filter((part) => part !== "").join("\n\n");
}

/** A column for each server, then the ratio of the first to each of the others. */
function throughputTable({ servers, throughput }: Report, measure: Measure, heading: string): string {
  const [first, ...others] = servers;
  if (first === undefined || throughput.length === 0) return "";
  const head = ["N clients, W in flight", ...servers, ...others.map((other) => `${first}÷${other}`)];
  const body = throughput.map((row) => [
    `N=${row.clients} W=${row.inFlight}`,
    ...servers.map((server) => formatCount(figure(row, server, measure))),
    ...others.map((other) => ratio(row, first, other, measure).toFixed(2).replace("NaN", "-")),
  ]);
  return `${heading}\n${formatTable(head, body)}`;
}

function serverTable<T>(
  heading: string,
  columns: readonly string[],
  figures: ReadonlyMap<ServerName, T>,
  cells: (figure: T) => readonly string[],
): string {
  if (figures.size === 0) return "";
  const body = [...figures].map(([name, figure]) => [name, ...cells(figure)]);
  return `${heading}\n${formatTable(["server", ...columns], body)}`;
}
