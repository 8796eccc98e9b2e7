/** The benchmark keeps what it has measured when a part of it fails. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { formatComparison } from "./compare.ts";
import type { Crowd } from "./crowd.ts";
import { fitDescriptors } from "./descriptor_needs.ts";
import { Drain, stillMs } from "./drain.ts";
import { Report, type SavedRun } from "./report.ts";
import type { ServerName } from "./servers.ts";
import type { ServerWithClients } from "./side_by_side.ts";
import { formatTargets } from "./targets.ts";
import { measureThroughput } from "./throughput.ts";

const facts = { date: "2026-11-28", command: [], cores: 2, versions: {} };

/** A report, and what it has printed and saved last. */
function keptReport() {
  const printed: string[] = [];
  let saved: SavedRun | undefined;
  const report = new Report(facts, {
    print: (text) => void printed.push(text),
    save: (run) => saved = JSON.parse(JSON.stringify(run)),
  });
  return { report, text: () => printed.join("\n"), saved: () => saved };
}

Deno.test("a server that fails under load is left out, and the figures of the others stay", async () => {
  const { report, text, saved } = keptReport();
  const names: ServerName[] = ["parley", "relay"];
  let pairs = names.map((name) => ({ server: { name }, clients: {} })) as unknown as ServerWithClients<
    Crowd
  >[];
  let calls = 0;
  await measureThroughput(
    names,
    { kind: "plain", clients: [10], inFlight: [1, 2], rounds: 2, windowMs: 1 },
    report,
    (server, error) => report.fail(`${server}: ${(error as Error).message}`),
    {
      open: () =>
        Promise.resolve({
          get pairs() {
            return pairs;
          },
          drop(pair) {
            pairs = pairs.filter((one) => one !== pair);
            return Promise.resolve();
          },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
      measure: ({ name }) => {
        if (name === "relay" && ++calls === 4) return Promise.reject(new Error("3 of 10 connections ended"));
        return Promise.resolve({ perWallSecond: 1000, perCpuSecond: 20_000 });
      },
    },
  );
  assertEquals(pairs.map(({ server }) => server.name), ["parley"]);
  assertEquals(report.failures, ["relay: N=10 W=2: 3 of 10 connections ended"]);
  assertMatch(text(), /N=10 W=1 +relay +20\.0 k +1000\n/);
  assertMatch(text(), /N=10 W=2 +parley +20\.0 k +1000$/);
  assertEquals(saved()?.rows.map(({ what, server }) => `${what} ${server}`), [
    "N=10 W=1 parley",
    "N=10 W=1 relay",
    "N=10 W=2 parley",
  ]);
});

Deno.test("a missed promise is printed with the figures of the run that say why", () => {
  const { report } = keptReport();
  for (const [server, cpu] of [["inspircd", 20], ["relay", 26], ["parley-disk", 33]] as const) {
    report.add({ part: "paced", what: "plain", server }, { "p99 ms": [1, 2, 3], "CPU %": [cpu] });
  }
  const text = formatTargets(report);
  assertMatch(text, /plain, p99 ms: parley-disk ÷ inspircd +at most 1\.2 +1\.00 +kept\n/);
  assertMatch(text, /plain, CPU %: parley-disk ÷ inspircd +at most 1\.2 +1\.65 +MISSED\n/);
  assertMatch(
    text,
    /CPU %.*: parley-disk \(plain\) 33 CPU %, inspircd \(plain\) 20 CPU %, relay \(plain\) 26 CPU %$/,
  );
});

Deno.test("two runs are compared in the figures that both have", () => {
  const [older, newer] = [keptReport().report, keptReport().report];
  older.add({ part: "start", what: "empty", server: "parley" }, { ms: [300, 100, 200] });
  newer.add({ part: "start", what: "empty", server: "parley" }, { ms: [100] });
  newer.add({ part: "start", what: "empty", server: "ergo" }, { ms: [50] });
  const text = formatComparison(older, newer);
  assertMatch(text, /^Compared with 2026-11-28\n.*\n +start, empty, parley, ms +200 +100 +2\.00$/);
});

Deno.test("a reader that is behind gets its time as long as something arrives", () => {
  const drain = new Drain();
  assertEquals(drain.isDone({ deliveries: 9 }, 0), false);
  assertEquals(drain.isDone({ deliveries: 8 }, stillMs - 1), false);
  assertEquals(drain.isDone({ deliveries: 8 }, 2 * stillMs - 2), false);
  assertThrows(() => drain.isDone({ deliveries: 8 }, 2 * stillMs), Error, "8 deliveries are missing");
  assertThrows(() => drain.isDone({ deliveries: 8, loss: "1 of 3 connections ended" }, 0), Error, "1 of 3");
  assertThrows(() => drain.isDone({ deliveries: -1 }, 0), Error, "1 too many");
  assert(drain.isDone({ deliveries: 0, loss: "the end" }, 0));
});

Deno.test("a run fits into the descriptors that the system allows, and says what it leaves out", () => {
  const size = { servers: 4, clients: [100, 1000], idle: 5000 };
  assertEquals(fitDescriptors(size, 65_536), { ...size, descriptors: 65_336, notes: [] });
  const { clients, idle, notes } = fitDescriptors(size, 1024);
  assertEquals([clients, idle], [[100], 824]);
  assertMatch(
    notes.join("\n"),
    /^Left out 1000 clients: the system allows 1024 open files, .*ulimit -n.*\nMeasuring 824 idle/,
  );
});
