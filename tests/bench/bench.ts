/**
 * The benchmark: `deno task bench`. Starts the real server and, where they are installed, ngIRCd and InspIRCd without
 * their flood limits, and a bare relay; puts the same load on each and prints figures, ratios and a comparison with
 * the targets of Parley. Linux only. Compare only figures of one run, on a machine without other work.
 */

import { helpText, type OptionTable, type OptionValues, parseOptions } from "../../lib/options.ts";
import { measureIdle } from "./idle.ts";
import { measureLatency } from "./latency.ts";
import { descriptorLimit } from "../../lib/net/descriptors.ts";
import { fitDescriptors } from "./descriptor_needs.ts";
import { emptyReport, formatReport } from "./report.ts";
import type { OnFailure } from "./side_by_side.ts";
import { isInstalled, serverNames, stopAll } from "./servers.ts";
import { measureStart } from "./startup.ts";
import { measureStuck } from "./stuck.ts";
import { formatTargets } from "./targets.ts";
import { measureThroughput } from "./throughput.ts";

const rows = {
  only: {
    kind: "text",
    default: "parley,relay,inspircd,ngircd",
    metavar: "NAMES",
    help: "servers, parley-disk too",
  },
  clients: { kind: "text", default: "100,1000", metavar: "COUNTS", help: "clients in the channel" },
  inFlight: { kind: "text", default: "1,64", metavar: "COUNTS", help: "messages in flight" },
  seconds: { kind: "number", default: 1, min: 1, max: 60, help: "length of each measured window" },
  rounds: { kind: "number", default: 3, min: 1, max: 99, help: "windows per figure; the median is printed" },
  rate: { kind: "number", default: 200, min: 0, max: 5000, help: "messages a second for latency; 0: none" },
  idle: { kind: "number", default: 5000, min: 0, max: 6000, help: "idle connections; 0: none" },
  starts: { kind: "number", default: 5, min: 0, max: 99, help: "starts of each server; 0: none" },
  stuck: { kind: "flag", default: true, help: "a client that stops reading" },
  json: { kind: "flag", help: "print JSON in place of tables" },
  help: { kind: "flag", short: "h", help: "show this and stop" },
} as const satisfies OptionTable;

/** The limit of a run, in case something hangs. */
const giveUpMs = 15 * 60_000;
const stuckRate = 200;

async function main(): Promise<number> {
  const parsed = parseOptions(rows, Deno.args, {});
  if ("fault" in parsed) return complain(parsed.fault);
  const { values } = parsed;
  if (values.help) return say(help());
  const stranger = values.only.split(",").find((name) => !serverNames.some((known) => known === name));
  if (stranger !== undefined) {
    return complain(`Cannot measure "${stranger}": it is none of ${serverNames.join(", ")}`);
  }
  const [clients, inFlight] = [counts(values.clients), counts(values.inFlight)];
  if (!clients || !inFlight) return complain("Cannot read the counts: write numbers as in 100,1000");
  isJson = values.json;
  await measure({ ...values, clients, inFlight });
  return report.failures.length === 0 ? 0 : 1;
}

/** The figures so far; every end of the benchmark prints them. */
let report = emptyReport([]);
let isJson = false;

function printReport(): void {
  if (report.servers.length === 0) return;
  say(
    isJson
      ? `${JSON.stringify(report, mapsAsObjects, 2)}\n`
      : `\n${formatReport(report)}\n\n${formatTargets(report)}\n`,
  );
  report = emptyReport([]);
}

/** Runs one part; the others are measured also if it fails. */
async function attempt(what: string, act: (onFailure: OnFailure) => Promise<void>): Promise<void> {
  progress(what);
  const onFailure: OnFailure = (server, error) => fail(`${what}, ${server}`, error);
  await act(onFailure).catch((error) => fail(what, error));
}

function fail(what: string, error: unknown): void {
  const sentence = `${what} failed: ${error instanceof Error ? error.message : String(error)}`;
  progress(sentence);
  report.failures.push(sentence);
}

type Values = Omit<OptionValues<typeof rows>, "clients" | "inFlight">;
type Counts = Readonly<Record<"clients" | "inFlight", readonly number[]>>;

async function measure(values: Values & Counts): Promise<void> {
  const { seconds, rounds, rate, inFlight } = values;
  const windowMs = seconds * 1000;
  const wanted = serverNames.filter((name) => values.only.split(",").includes(name));
  const servers = wanted.filter(isInstalled);
  for (const name of wanted) {
    if (!servers.includes(name)) progress(`Left out, as it is not installed: ${name}`);
  }
  const ircServers = servers.filter((name) => name !== "relay");
  report = emptyReport(servers);
  const size = { servers: servers.length, clients: values.clients, idle: values.idle };
  const { clients, idle, notes } = fitDescriptors(size, descriptorLimit() ?? Infinity);
  for (const note of notes) progress(note);
  report.failures.push(...notes);
  progress(`Measuring ${servers.join(", ")}`);
  await attempt("throughput", (onFailure) => {
    const options = { clients, inFlight, rounds, windowMs };
    return measureThroughput(servers, options, { rows: report.throughput, onFailure });
  });
  if (rate > 0) {
    await attempt("latency", async (onFailure) => {
      report.latency = await measureLatency(servers, { rate, rounds, windowMs }, onFailure);
    });
  }
  if (idle > 0) {
    await attempt("idle connections", async (onFailure) => {
      report.idle = await measureIdle(ircServers, idle, onFailure);
    });
  }
  for (const name of values.stuck ? ircServers : []) {
    await attempt(`a client that stops reading, ${name}`, async () => {
      report.stuck.set(name, await measureStuck(name, { rate: stuckRate, rounds }));
    });
  }
  for (const name of values.starts > 0 ? servers : []) {
    await attempt(`starts, ${name}`, async () => {
      report.starts.set(name, await measureStart(name, values.starts));
    });
  }
}

/** undefined unless `text` is a list of numbers from 1 on. */
function counts(text: string): number[] | undefined {
  const found = text.split(",").map(Number);
  return found.every((count) => Number.isInteger(count) && count > 0) ? found : undefined;
}

function help(): string {
  return helpText({
    usage: "Measures Parley beside a bare relay, InspIRCd and ngIRCd",
    examples: [
      ["deno task bench", "everything"],
      ["deno task bench --only parley,relay --idle 0 --starts 0 --no-stuck", "the send path alone"],
    ],
    rows,
  });
}

function mapsAsObjects(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function say(text: string): number {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
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
  printReport();
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
