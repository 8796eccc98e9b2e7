/**
 * The benchmark: `deno task bench`. Starts the real server and, where they are installed, InspIRCd, Ergo and ngIRCd
 * without their flood limits, and bare relays; puts the same load on each and prints figures, ratios and a comparison
 * with the promises of Parley. Linux only. Compare only figures of one run, on a machine without other work.
 */

import { existsSync } from "node:fs";
import { descriptorLimit } from "../../lib/net/descriptors.ts";
import { helpText, type OptionTable, type OptionValues, parseOptions } from "../../lib/options.ts";
import { print } from "../support/print.ts";
import { formatComparison, readRun } from "./compare.ts";
import { fitDescriptors } from "./descriptor_needs.ts";
import { type PartName, partNames } from "./parts.ts";
import { planOf, type Sizes, type Step } from "./plan.ts";
import { Report, type SavedRun } from "./report.ts";
import {
  isInstalled,
  preparePage,
  type ServerName,
  serverNames,
  stopAll,
  useErgo,
  versionOf,
} from "./servers.ts";
import { formatTargets } from "./targets.ts";

const rows = {
  quick: { kind: "flag", help: "the figures that matter, in about a minute" },
  parts: { kind: "text", metavar: "NAMES", help: `only these: ${partNames.join(", ")}` },
  only: { kind: "text", metavar: "NAMES", help: `only these servers: ${serverNames.join(", ")}` },
  ergo: { kind: "text", metavar: "FILE", help: "the program of Ergo, where it is not in PATH" },
  clients: { kind: "text", default: "100,1000", metavar: "COUNTS", help: "clients of the fan-out" },
  inFlight: { kind: "text", default: "1,64", metavar: "COUNTS", help: "messages in flight of the fan-out" },
  seconds: { kind: "number", default: 1, min: 1, max: 60, help: "length of each window of the fan-out" },
  rounds: { kind: "number", default: 3, min: 1, max: 99, help: "rounds per figure; the median is printed" },
  rate: { kind: "number", default: 500, min: 1, max: 5000, help: "messages a second at the steady rate" },
  idle: { kind: "number", default: 5000, min: 1, max: 20_000, help: "idle connections" },
  large: { kind: "text", metavar: "FOLDER", help: "a copy of a folder of large_data.ts, for its start" },
  json: { kind: "text", metavar: "FILE", help: "keep the figures there while the run goes on" },
  compare: { kind: "text", metavar: "FILE", help: "print the ratios to an older run, kept with --json" },
  help: { kind: "flag", short: "h", help: "show this and stop" },
} as const satisfies OptionTable;

type Values = OptionValues<typeof rows>;

/** The limit of a run, in case something hangs. */
const giveUpMs = 40 * 60_000;
/** The parts, servers and sizes of a quick run. */
const quickParts: readonly PartName[] = ["paced", "fan-out", "storm", "idle", "start"];
const quickServers: readonly ServerName[] = ["parley", "parley-disk", "relay", "inspircd", "ergo"];
const quickSizes = { clients: "100", inFlight: "64", rounds: 1 } as const;

async function main(): Promise<number> {
  const parsed = parseOptions(rows, Deno.args, {});
  if ("fault" in parsed) return complain(parsed.fault);
  const values = parsed.values.quick ? quickened(parsed.values, parsed.given) : parsed.values;
  if (values.help) return say(help());
  const servers = namesOf(values.only, serverNames, parsed.values.quick ? quickServers : serverNames);
  const chosen = namesOf(values.parts, partNames, parsed.values.quick ? quickParts : partNames);
  const [clients, inFlight] = [counts(values.clients), counts(values.inFlight)];
  if (!clients || !inFlight) return complain("Cannot read the counts: write numbers as in 100,1000");
  if (typeof servers === "string") return complain(servers);
  if (typeof chosen === "string") return complain(chosen);
  const missing = [values.ergo, values.large, values.compare].find((path) => path && !existsSync(path));
  if (missing !== undefined) return complain(`Cannot find "${missing}": name a path that exists`);
  if (values.ergo !== undefined) useErgo(values.ergo);
  const older = values.compare === undefined ? undefined : readRun(values.compare);
  await measure(servers, chosen, { ...values, clients, inFlight }, older);
  return report?.failures.length === 0 ? 0 : 1;
}

/** The values of a quick run, but for those that were given. */
function quickened(values: Values, given: ReadonlySet<string>): Values {
  const changed = Object.entries(quickSizes).filter(([name]) => !given.has(name));
  return { ...values, ...Object.fromEntries(changed) };
}

/** The figures so far; every end of the benchmark prints the promises. */
let report: Report | undefined;
let compared: SavedRun | undefined;

function printEnd(): void {
  if (report === undefined) return;
  const { failures } = report;
  const parts = [
    failures.length === 0 ? "" : ["Not measured", ...failures.map((one) => `  ${one}`)].join("\n"),
    compared === undefined ? "" : formatComparison(compared, report),
    formatTargets(report),
  ];
  for (const part of parts.filter((part) => part !== "")) print(`\n${part}`);
  report = undefined;
}

type Measuring = Omit<Values, "clients" | "inFlight"> & Pick<Sizes, "clients" | "inFlight">;

async function measure(
  wanted: readonly ServerName[],
  chosen: readonly PartName[],
  values: Measuring,
  older: SavedRun | undefined,
): Promise<void> {
  const servers = wanted.filter(isInstalled);
  const { json, quick } = values;
  const current = report = new Report({
    date: new Date().toISOString(),
    command: Deno.args,
    cores: navigator.hardwareConcurrency,
    versions: Object.fromEntries(servers.map((name) => [name, versionOf(name)])),
  }, {
    print,
    ...(json !== undefined && { save: (run) => Deno.writeTextFileSync(json, JSON.stringify(run, null, 2)) }),
  });
  compared = older;
  for (const name of wanted) {
    if (!servers.includes(name)) progress(`Left out, as it is not installed: ${name}`);
  }
  const { clients, idle, descriptors, notes } = fitDescriptors(
    { servers: servers.length, clients: values.clients, idle: values.idle },
    descriptorLimit() ?? Infinity,
  );
  for (const note of notes) current.fail(note);
  const sizes: Sizes = {
    clients,
    inFlight: values.inFlight,
    rate: values.rate,
    rounds: values.rounds,
    windowMs: values.seconds * 1000,
    pacedMs: quick ? 3_000 : 5_000,
    idle,
    idleTls: 10_000,
    restMs: quick ? 0 : 40_000,
    large: values.large,
    descriptors,
  };
  const steps = planOf(servers, sizes, !quick).filter(({ part }) => chosen.includes(part));
  await preparePage();
  for (const step of steps) await attempt(step, current);
}

/** Runs one step; the others run also if it fails. */
async function attempt({ what, run }: Step, report: Report): Promise<void> {
  progress(`Measuring ${what}`);
  const sentence = (error: unknown) => error instanceof Error ? error.message : String(error);
  try {
    await run(report, (server, error) => report.fail(`${what}, ${server}: ${sentence(error)}`));
  } catch (error) {
    report.fail(`${what}: ${sentence(error)}`);
  }
}

/** The names in the order of `known`, or `standard` when none are given, or a sentence about a name that is unknown. */
function namesOf<T extends string>(
  text: string | undefined,
  known: readonly T[],
  standard: readonly T[],
): readonly T[] | string {
  if (text === undefined) return standard;
  const given = text.split(",");
  const stranger = given.find((name) => !known.some((one) => one === name));
  if (stranger !== undefined) return `Cannot measure "${stranger}": it is none of ${known.join(", ")}`;
  return known.filter((name) => given.includes(name));
}

/** undefined unless `text` is a list of numbers from 1 on. */
function counts(text: string): number[] | undefined {
  const found = text.split(",").map(Number);
  return found.every((count) => Number.isInteger(count) && count > 0) ? found : undefined;
}

function help(): string {
  return helpText({
    usage: "Measures Parley beside InspIRCd, Ergo, ngIRCd and bare relays",
    examples: [
      ["deno task bench", "everything, in about a quarter of an hour"],
      ["deno task bench --quick --ergo ~/ergo/ergo", "the figures that matter, in about a minute"],
      ["deno task bench --parts paced --only parley-disk,inspircd", "one part, two servers"],
      ["deno task bench --quick --json new.json --compare old.json", "beside an older run"],
    ],
    rows,
  });
}

function say(text: string): number {
  print(text.trimEnd());
  return 0;
}

function progress(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

function complain(sentence: string): number {
  progress(sentence);
  return 2;
}

async function leave(code: number): Promise<never> {
  printEnd();
  await stopAll();
  Deno.exit(code);
}

Deno.addSignalListener("SIGINT", () => leave(130));
Deno.addSignalListener("SIGTERM", () => leave(143));
setTimeout(() => leave(1), giveUpMs);
try {
  await leave(await main());
} catch (error) {
  progress(error instanceof Error ? error.stack ?? error.message : String(error));
  await leave(1);
}
