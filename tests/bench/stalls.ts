/**
 * How long one client lets another one wait: a watcher sends PING every two milliseconds, and this program prints its
 * worst and median wait while somebody else does what costs the server most. On a folder of large_data.ts:
 *
 *     deno run -A tests/bench/stalls.ts FOLDER [PATTERN OF NAMES]
 *
 * It works on a copy beside the folder, and removes the copy. Columns: median and worst wait, the CPU time of the
 * server's main thread during the worst wait, and how long the work took.
 */
// deno-lint-ignore-file no-console
import { startServer } from "../support/server.ts";
import { pause } from "../support/deadline.ts";
import { type Job, jobs, runJob } from "./stall_jobs.ts";
import type { Asker } from "./asker.ts";
import { type Waits, Watcher } from "./watcher.ts";

const [folder, pattern = ""] = Deno.args;
if (folder === undefined) throw new Error("Name a folder that large_data.ts wrote");

const copy = `${folder}.run`;
const groups = Map.groupBy(
  jobs.filter(({ name }) => new RegExp(pattern, "i").test(name)),
  ({ flags = [] }) => flags.join(" "),
);
console.log(`${"".padEnd(46)}   median    worst   its CPU     took`);
for (const [flags, group] of groups) await measureAll(flags === "" ? [] : flags.split(" "), group);

async function measureAll(flags: readonly string[], group: readonly Job[]): Promise<void> {
  await copyFolder();
  try {
    const startedMs = performance.now();
    await using server = await startServer([
      "--data",
      copy,
      "--limit",
      "12000",
      "--per-address",
      "12000",
      ...flags,
    ]);
    console.log(
      `(the start with ${flags.join(" ") || "usual settings"} took ${
        (performance.now() - startedMs).toFixed(0)
      } ms)`,
    );
    using watcher = await Watcher.start(server);
    for (const job of group) {
      try {
        await measure(job, server, watcher);
      } catch (error) {
        console.log(`${job.name.padEnd(46)} failed: ${error}`);
      }
    }
    if (server.stderr() !== "") {
      console.log(
        `(log of the server: ${
          server.stderr().split("\n").filter((l) => !/ info /.test(l)).slice(0, 40).join(" / ")
        })`,
      );
    }
  } finally {
    Deno.removeSync(copy, { recursive: true });
  }
}

async function measure(job: Job, server: { readonly port: number }, watcher: Watcher): Promise<void> {
  const { prepare = () => Promise.resolve([]) } = job;
  const askers: Asker[] = await prepare(server.port);
  await pause(300);
  await watcher.take();
  const startedMs = performance.now();
  const words = await runJob(job, askers, server);
  const tookMs = performance.now() - startedMs;
  if (tookMs < 50) await pause(50 - tookMs);
  print(job.name, await watcher.take(), tookMs, words ?? "");
  for (const asker of askers) asker.close();
}

function print(name: string, { medianMs, worstMs, worstCpuMs }: Waits, tookMs: number, words: string): void {
  const cell = (ms: number) => ms.toFixed(1).padStart(8);
  console.log(
    `${name.padEnd(46)} ${cell(medianMs)} ${cell(worstMs)}  ${cell(worstCpuMs)} ${cell(tookMs)}  ${words}`,
  );
}

/** The content of shared files is empty and never changed, so links are enough. */
async function copyFolder(): Promise<void> {
  await Deno.remove(copy, { recursive: true }).catch(() => {});
  Deno.mkdirSync(copy, { recursive: true });
  Deno.copyFileSync(`${folder}/parley.db`, `${copy}/parley.db`);
  const { success } = await new Deno.Command("cp", { args: ["-al", `${folder}/files`, `${copy}/files`] })
    .output();
  if (!success) throw new Error(`Cannot copy the files of ${folder}`);
}
