/** The benchmark keeps what it has measured when a part of it fails. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fitDescriptors } from "./descriptor_needs.ts";
import { Drain, stillMs } from "./drain.ts";
import { emptyReport, formatReport } from "./report.ts";
import type { ServerName } from "./servers.ts";
import type { ServerWithCrowd } from "./side_by_side.ts";
import { measureThroughput } from "./throughput.ts";

Deno.test("a server that fails under load is left out, and the figures of the others stay", async () => {
  const names: ServerName[] = ["parley", "relay"];
  const report = emptyReport(names);
  let pairs = names.map((name) => ({ server: { name }, crowd: {} })) as unknown as ServerWithCrowd[];
  const dropped: ServerName[] = [];
  let calls = 0;
  await measureThroughput(names, { clients: [10], inFlight: [1, 2], rounds: 2, windowMs: 1 }, {
    rows: report.throughput,
    onFailure: (server, error) => report.failures.push(`${server}: ${(error as Error).message}`),
    open: () =>
      Promise.resolve({
        get pairs() {
          return pairs;
        },
        drop(pair) {
          dropped.push(pair.server.name);
          pairs = pairs.filter((one) => one !== pair);
          return Promise.resolve();
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    measure: ({ name }) => {
      if (name === "relay" && ++calls === 2) return Promise.reject(new Error("3 of 10 connections ended"));
      return Promise.resolve({ perWallSecond: 1000, perCpuSecond: 2000 });
    },
  });
  assertEquals(dropped, ["relay"]);
  assertEquals(report.failures, ["relay: N=10 W=2: 3 of 10 connections ended"]);
  const text = formatReport(report);
  assertMatch(text, /N=10 W=1 +2\.0 k +2\.0 k +1\.00/);
  assertMatch(text, /N=10 W=2 +2\.0 k +failed +-/);
  assertMatch(text, /Not measured\n {2}relay: N=10 W=2: 3 of 10 connections ended$/);
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
  assertEquals(fitDescriptors(size, 65_536), { ...size, notes: [] });
  const { clients, idle, notes } = fitDescriptors(size, 1024);
  assertEquals([clients, idle], [[100], 206]);
  assertMatch(
    notes.join("\n"),
    /^Left out 1000 clients: the system allows 1024 open files, .*ulimit -n.*\nMeasuring 206 idle/,
  );
});
