/** The targets of Parley for speed and size as one table, and the comparison of a run with them. */

import { formatTable } from "./figures.ts";
import { figure, ratio, type Report } from "./report.ts";
import type { ServerName } from "./servers.ts";

interface Target {
  readonly what: string;
  readonly bound: "at least" | "at most";
  readonly limit: number;
  /** NaN or undefined when the run did not measure it. */
  readonly measured: (report: Report) => number | undefined;
}

const targets: readonly Target[] = [
  perCpuSecond("relay", 0.7),
  perCpuSecond("inspircd", 1.5),
  perCpuSecond("ngircd", 4),
  {
    what: "per CPU second, W=64: N=1000 ÷ N=100",
    bound: "at least",
    limit: 0.7,
    measured: (report) => perCpuAt(report, 1000) / perCpuAt(report, 100),
  },
  {
    what: "one stops reading: the others' p99 ÷ before",
    bound: "at most",
    limit: 1.5,
    measured: ({ stuck }) => of(stuck, ({ ratio }) => ratio),
  },
  {
    what: "one stops reading: cut off within seconds",
    bound: "at most",
    limit: 10,
    measured: ({ stuck }) => of(stuck, ({ cutOffMs }) => cutOffMs / 1000),
  },
  {
    what: "KiB per idle connection, 5000 at rest",
    bound: "at most",
    limit: 12,
    measured: ({ idle }) => of(idle, ({ connections, restedKib }) => connections < 5000 ? NaN : restedKib),
  },
  {
    what: "ms from start to listening",
    bound: "at most",
    limit: 200,
    measured: ({ starts }) => of(starts, (ms) => ms),
  },
];

/** A line for each target that this run has measured. */
export function formatTargets(report: Report): string {
  const rows = targets.flatMap(({ what, bound, limit, measured }) => {
    const value = measured(report) ?? NaN;
    if (Number.isNaN(value)) return [];
    const kept = bound === "at least" ? value >= limit : value <= limit;
    return [[what, `${bound} ${limit}`, value.toFixed(2), kept ? "kept" : "MISSED"]];
  });
  return rows.length === 0 ? "" : `Promises\n${formatTable(["", "promised", "measured", ""], rows)}`;
}

function perCpuSecond(other: ServerName, limit: number): Target {
  return {
    what: `per CPU second, N=100 W=64: parley ÷ ${other}`,
    bound: "at least",
    limit,
    measured: (report) => {
      const row = rowOf(report, 100);
      return row && ratio(row, "parley", other, "perCpuSecond");
    },
  };
}

function perCpuAt(report: Report, clients: number): number {
  const row = rowOf(report, clients);
  return row ? figure(row, "parley", "perCpuSecond") : NaN;
}

function rowOf({ throughput }: Report, clients: number): Report["throughput"][number] | undefined {
  return throughput.find((row) => row.clients === clients && row.inFlight === 64);
}

function of<T>(figures: ReadonlyMap<ServerName, T>, read: (figure: T) => number): number | undefined {
  const found = figures.get("parley");
  return found === undefined ? undefined : read(found);
}
