/**
 * All figures of one run. A row is printed when it is measured, and the file of the run is written again, so that
 * an end at any moment loses none. The promises are in targets.ts, the comparison with an older run in compare.ts.
 */
import { formatCount, median } from "./figures.ts";
import { type FigureOf, type PartName, parts } from "./parts.ts";
import type { ServerName } from "./servers.ts";

/** The subject of a row: a server, or something that has no rival, such as the page. */
export type Measured = ServerName | "page" | "machines";

/** The name of a row. `what` is the load, such as "N=100 W=64". */
export interface RowName<P extends PartName = PartName> {
  readonly part: P;
  readonly what: string;
  readonly server: Measured;
}

export interface Row extends RowName {
  /** The value of each round, for each figure of the part; a name has its unit. */
  readonly rounds: Readonly<Record<string, readonly number[]>>;
}

/** Facts about the whole run, for its file. */
export interface RunFacts {
  readonly date: string;
  readonly command: readonly string[];
  readonly cores: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** A run as it is in its file. */
export interface SavedRun {
  readonly facts: RunFacts;
  readonly rows: readonly Row[];
  readonly failures: readonly string[];
}

export interface ReportOutput {
  readonly print: (text: string) => void;
  /** Called with the whole run at its start and after each change. @default {nothing happens} */
  readonly save?: (run: SavedRun) => void;
}

export class Report implements SavedRun {
  readonly facts: RunFacts;
  readonly rows: Row[] = [];
  /** Sentences about what could not be measured. */
  readonly failures: string[] = [];
  readonly #output: ReportOutput;
  #part: PartName | undefined;

  constructor(facts: RunFacts, output: ReportOutput) {
    this.facts = facts;
    this.#output = output;
    this.#save();
  }

  /** Prints and keeps a row; each figure has one value per round. */
  add<P extends PartName>(
    name: RowName<P>,
    rounds: Readonly<Partial<Record<FigureOf<P>, readonly number[]>>>,
  ): void {
    const row: Row = { ...name, rounds: rounds as Row["rounds"] };
    this.rows.push(row);
    if (this.#part !== name.part) this.#output.print(`\n${heading(name.part)}`);
    this.#part = name.part;
    this.#output.print(formatRow(row));
    this.#save();
  }

  /** Prints and keeps a sentence about what is not measured. */
  fail(sentence: string): void {
    this.failures.push(sentence);
    this.#output.print(`  ${sentence}`);
    this.#save();
  }

  #save(): void {
    this.#output.save?.({ facts: this.facts, rows: this.rows, failures: this.failures });
  }
}

/** The median of a figure over the rounds; NaN where it was not measured. */
export function figure<P extends PartName>(run: SavedRun, name: RowName<P>, figure: FigureOf<P>): number {
  return median(rounds(run, name, figure));
}

/** The median over the rounds of the ratio of two rows in the same round; NaN where one was not measured. */
export function ratio<P extends PartName>(
  run: SavedRun,
  [one, other]: readonly [RowName<P>, RowName<P>],
  figure: FigureOf<P>,
): number {
  const [above, below] = [rounds(run, one, figure), rounds(run, other, figure)];
  if (above.length !== below.length) return median(above) / median(below);
  return median(above.map((value, round) => value / (below[round] ?? NaN)));
}

function rounds(run: SavedRun, { part, what, server }: RowName, figure: string): readonly number[] {
  const row = run.rows.find((one) => one.part === part && one.what === what && one.server === server);
  return row?.rounds[figure] ?? [];
}

const [whatWidth, serverWidth, figureWidth] = [27, 12, 8];

function heading(part: PartName): string {
  const { title, figures } = parts[part];
  const head = figures.map((name) => name.padStart(Math.max(figureWidth, name.length)));
  return `${title}\n  ${"".padEnd(whatWidth)}${"".padEnd(serverWidth)}${head.join("   ")}`;
}

function formatRow({ part, what, server, rounds }: Row): string {
  const cells = parts[part].figures.map((name) => {
    const values = rounds[name];
    return (values === undefined ? "" : formatCount(median(values))).padStart(
      Math.max(figureWidth, name.length),
    );
  });
  return `  ${what.padEnd(whatWidth)}${server.padEnd(serverWidth)}${cells.join("   ")}`.trimEnd();
}
