/** Two runs of the benchmark beside each other. Their figures can be compared only when the machine was the same and had no other work. */
import { formatCount, formatTable, median } from "./figures.ts";
import type { Row, SavedRun } from "./report.ts";

/** Reads the file of a run; throws with a sentence when it is none. */
export function readRun(path: string): SavedRun {
  const run = JSON.parse(Deno.readTextFileSync(path)) as Partial<SavedRun>;
  if (run.facts === undefined || run.rows === undefined) {
    throw new Error(`Cannot compare with ${path}: it is no run`);
  }
  return { facts: run.facts, rows: run.rows, failures: run.failures ?? [] };
}

/** Every figure that both runs have: the older value, the newer one, and older ÷ newer. */
export function formatComparison(older: SavedRun, newer: SavedRun): string {
  const rows = newer.rows.flatMap((row) => {
    const before = older.rows.find((one) => keyOf(one) === keyOf(row));
    return Object.entries(row.rounds).flatMap(([figure, values]) => {
      const earlier = before?.rounds[figure];
      if (earlier === undefined) return [];
      const [was, is] = [median(earlier), median(values)];
      return [[`${keyOf(row)}, ${figure}`, formatCount(was), formatCount(is), (was / is).toFixed(2)]];
    });
  });
  if (rows.length === 0) return "";
  return `Compared with ${older.facts.date}\n${formatTable(["", "older", "newer", "older ÷ newer"], rows)}`;
}

function keyOf({ part, what, server }: Row): string {
  return `${part}, ${what}, ${server}`;
}
